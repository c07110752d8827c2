//! Logs of past cases on their way into the backend: uploaded, looked at, tried, taken in.
//!
//! ```text
//!   POST /import ──► Imports ──► Log ◄── settings ──► run: rows ──► ImportCases, 500 at a time
//!                    (memory)     │                         first validate_only, then in earnest
//!                                 └──► Tally ──► the page
//! ```
//!
//! A log is kept in memory while its rows are sent and for an hour after somebody last looked at it or
//! they were sent, and nowhere else. Losing one costs nothing: a row is known by the log's name and its
//! encounter, so the same log is simply uploaded again and goes on where it was.

mod run;
mod store;
mod tally;

pub(crate) use self::{
    run::run,
    store::{Import, Imports, MAX_LOG_BYTES, MAX_LOG_MIB, Progress, RunMode, Settings, Stage, Why},
    tally::Tally,
};

#[cfg(test)]
mod tests;
