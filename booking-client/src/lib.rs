//! The command line of the OT booking suite, as a library so that every step can be tested.
//!
//! Data flows one way; each step knows only its neighbours, and has a file for each family of
//! commands:
//!
//! ```text
//!   argv ──► cli ──► request ──► command ──► output ──► stdout
//!          typed     meant       done         shown
//!                                  │
//!                                  └──► failure ──► exit ──► stderr, exit code
//! ```
//!
//! [`cli`] is what was typed and holds the manual, [`request`] what it means in the contract's words,
//! [`command`] speaks gRPC over ALTS, [`output`] is what is printed. [`moment`] and [`week`] read
//! civil times as people type them, the crate [`theatre_log`] reads logs of past cases. [`failure`] puts a cause
//! and a remedy on everything that can go wrong, [`exit`] is the table of exit codes, [`printable`]
//! keeps text from the network from steering a terminal and [`telemetry`] sets up the log.

pub mod cli;
pub mod command;
pub mod exit;
pub mod failure;
pub mod moment;
pub mod output;
pub mod printable;
pub mod request;
pub mod stamp;
pub mod telemetry;
pub mod week;
