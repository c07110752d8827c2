//! Logs: lines on standard error, for people or for machines.
//!
//! The message is a sentence and the same every time; what varies is in fields. Their names:
//!
//! | field | meaning |
//! |---|---|
//! | `allowed` | the service accounts that may call |
//! | `address` | where the server listens |
//! | `peer` | the verified service account of a caller; `none` without ALTS |
//! | `method` | the gRPC method, `/package.Service/method` |
//! | `code` | how a call ended, by gRPC's names |
//! | `duration_us` | how long it took, microseconds |
//! | `reason` | what a refused caller was told |
//! | `left_out` | how many lines of the same kind were not written since the last |
//! | `error` | what went wrong, for the operator |
//!
//! `peer` and `method` are fields of the span `call`, around every line of that call.
//!
//! Never in a log: patients' numbers, names or conditions (a pseudonym stands for a number, see
//! [`crate::pseudonym`]), keys, the text of requests.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object per line: `timestamp`, `level`, `target`, the message and its fields in
    /// `fields`, the call it belongs to in `span`.
    Json,
}

/// Sends the logs of this process to standard error, from now on. Call once.
pub fn init(format: LogFormat, filter: EnvFilter) {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Complaining about a closed standard error on standard error is a panic.
        .log_internal_errors(false)
        .with_writer(io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).init(),
        LogFormat::Json => lines.json().init(),
    }
}
