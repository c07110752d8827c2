//! The command line of the OT booking suite, as a library so that every step can be tested.
//!
//! Data flows one way; each step is one file and knows only its neighbours:
//!
//! ```text
//!   argv ──► cli ──► request ──► command ──► output ──► stdout
//!          typed     meant       done         shown
//!                                  │
//!                                  └──► failure ──► exit ──► stderr, exit code
//! ```
//!
//! [`cli`] is what was typed and holds the manual, [`request`] what it means, [`command`] the one
//! file that speaks gRPC over ALTS, [`output`] what is printed. [`failure`] puts a cause and a
//! remedy on everything that can go wrong, [`exit`] is the table of exit codes, [`printable`] keeps
//! text from the network from steering a terminal and [`telemetry`] sets up the log.

pub mod cli;
pub mod command;
pub mod exit;
pub mod failure;
pub mod output;
pub mod printable;
pub mod request;
pub mod telemetry;
