//! The hospital's bench: durable bookings a second, and the day board after a million cases.
//!
//! ```text
//!   bookings   booking-client load ──ALTS──▶ booking-server ──▶ SQLite | PostgreSQL, fsync on
//!   history    examples/scale fills a database; then the board and a year's report, asked over ALTS
//! ```
//!
//! Unlike the ALTS bench this one judges figures and not ratios: what was promised of the hospital
//! is so many bookings a second on a machine of two cores, client, handshakers and database
//! included. Whether the board grows with the history is a ratio of one run.
//!
//! | file | for |
//! |---|---|
//! | `bookings.rs` | writing |
//! | `history.rs` | reading |
//! | `bound.rs` | what bounds the bookings: pure |
//! | `cost.rs` | who used the processors |
//! | `judge.rs` | figures, bounds, verdicts: pure |

mod bookings;
mod bound;
mod cost;
mod history;
mod judge;

use std::process::ExitCode;

use ::tests::hospital::Database;
use anyhow::Result;
use clap::Parser;

use crate::judge::Findings;

/// A bound was missed.
const MISSED: u8 = 1;
/// There are no figures; usage errors have clap's 2.
const NOTHING_MEASURED: u8 = 3;

/// Measures bookings and boards of whole hospitals: real programs, real databases, over ALTS
#[derive(Debug, Parser)]
#[command(
    name = "hospital-bench",
    after_help = "From the top of the repository: scripts/bench hospital [--quick]"
)]
struct Cli {
    /// Book for a shorter time, and keep the history in SQLite alone: for continuous integration.
    /// Same bounds
    #[arg(long)]
    quick: bool,

    /// How many cases the long history has
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    cases: u32,

    /// Only these databases
    #[arg(long, value_name = "DATABASE", value_enum)]
    only: Option<Kind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    fn database(self) -> Database {
        match self {
            Self::Sqlite => Database::Sqlite,
            Self::Postgres => Database::Postgres,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match measure(&Cli::parse()).await {
        Ok(findings) => {
            print!("{findings}");
            if findings.all_hold() {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(MISSED)
            }
        }
        Err(error) => {
            eprintln!("hospital-bench: {error:#}");
            ExitCode::from(NOTHING_MEASURED)
        }
    }
}

async fn measure(cli: &Cli) -> Result<Findings> {
    let mut findings = Findings::default();
    let kinds = Kind::ALL
        .into_iter()
        .filter(|kind| cli.only.is_none_or(|only| only == *kind));
    for kind in kinds {
        eprintln!("hospital-bench: booking on {} ...", kind.name());
        bookings::run(kind, cli.quick, &mut findings).await?;
        if cli.quick && kind == Kind::Postgres && cli.only.is_none() {
            continue;
        }
        eprintln!(
            "hospital-bench: asking {} about its history ...",
            kind.name()
        );
        history::run(kind, cli.cases, &mut findings).await?;
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
