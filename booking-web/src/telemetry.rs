//! The log: on stderr, for people or for machines.
//!
//! Fields keep their names everywhere: `address`, `route`, `status`, `duration_ms`, `backend`,
//! `kind`, `code`, `cause`. Patient data is in none of them.

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

/// Starts logging to stderr at INFO, or as `RUST_LOG` says.
///
/// A second call does nothing: the first subscriber stays.
pub fn init(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
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

/// Colours go to terminals only, and not to people who asked for none (<https://no-color.org>).
fn colours_wanted() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
