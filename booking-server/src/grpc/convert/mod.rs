//! Protobuf to domain and back: the only files that know both, one for each family of things.
//!
//! Fields are called by their names in the contract, because that is what the reader of an error
//! has in front of them; a field inside a message has the message's before it, as in
//! `case.team[2].staff`.

pub(super) mod audit;
pub(super) mod booking;
pub(super) mod case;
pub(super) mod hospital;
pub(super) mod item;
pub(super) mod schedule;
pub(super) mod session;
pub(super) mod values;
pub(super) mod words;
