//! The log: on stderr, quiet unless asked, never mixed into the answer on stdout.

use std::io::{self, IsTerminal as _};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object per line, for machines.
    Json,
}

/// Starts logging to stderr. `verbosity` counts the `-v` flags; `RUST_LOG` wins over it.
///
/// A second call does nothing: the first subscriber stays.
pub fn init(format: LogFormat, verbosity: u8) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level(verbosity)));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        // A closed stderr must not end the program.
        .log_internal_errors(false);
    let started = match format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder.with_ansi(colours_wanted()).try_init(),
    };
    // Only possible when a subscriber is already installed, and then logging works.
    drop(started);
}

/// The level for a number of `-v` flags. Warnings always show: a handshaker that nobody vouches
/// for must not pass unnoticed.
fn level(verbosity: u8) -> &'static str {
    match verbosity {
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    }
}

/// Colours go to terminals only, and not to people who asked for none (<https://no-color.org>).
fn colours_wanted() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
