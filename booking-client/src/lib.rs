//! The command line of the OT booking suite, as a library so that every step can be tested.
//!
//! ```text
//!   argv ──► cli ──► a family: typed ──► meant ──► done ──► shown ──► stdout
//!                       │                            │
//!                    reading                     connection ──► failure ──► exit ──► stderr, exit code
//! ```
//!
//! [`cli`] is the whole command line and the only file that names every family of commands. A family
//! ([`families`]) has in one file, or one folder, what clap takes, the message of the contract that it
//! makes, the call, and what is printed of the answer. What families share lies below them:
//! [`reading`] makes sense of what is typed (times, days, names, filters), [`connection`] speaks gRPC
//! over ALTS, [`printing`] writes tables, lines and JSON. The crate [`theatre_log`] reads logs of past
//! cases. [`failure`] puts a cause and a remedy on everything that can go wrong, [`exit`] is the table of
//! exit codes, [`printable`] keeps text from the network from steering a terminal and [`telemetry`] sets
//! up the log.

pub mod cli;
pub mod connection;
pub mod exit;
pub mod failure;
pub mod families;
pub mod printable;
pub mod printing;
pub mod reading;
pub mod telemetry;
