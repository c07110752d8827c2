//! The families of commands, each in the order typed → meant → done → shown: what clap takes, the
//! message that it makes, the call, and what is printed of the answer. Every `run` ends with a
//! [`Failure`](crate::failure::Failure) that names cause and remedy when it is not done.

pub mod audit;
pub mod booking;
pub mod cases;
pub mod catalogue;
pub mod conflicts;
pub mod emergency;
pub mod equipment;
pub mod export;
pub mod import;
pub mod load;
pub mod procedures;
pub mod reasons;
pub mod report;
pub mod schedule;
pub mod sessions;
pub mod sites;
pub mod slots;
pub mod staff;
pub mod theatres;
pub mod unavailability;
pub mod watch;
