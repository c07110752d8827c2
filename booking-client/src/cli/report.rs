//! `booking-client report …`

use clap::{Args, Subcommand};

use super::manual;
use crate::{moment::Day, week::Hours};

/// Which figures.
#[derive(Debug, Subcommand)]
#[command(after_help = manual::REPORT)]
pub enum Report {
    /// How much of their open time theatres were used
    Utilisation(ReportArgs),
    /// Whether first cases began on time
    OnTimeStarts(ReportArgs),
    /// From one patient out to the next in
    Turnover(ReportArgs),
    /// What was cancelled, and why
    Cancellations(ReportArgs),
    /// How long cases took against what was booked
    DurationAccuracy(ReportArgs),
    /// Who waits, and for how long
    Waiting(ReportArgs),
}

/// Which days and theatres.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The first day
    #[arg(
        long,
        value_name = "DAY",
        default_value = "-28",
        allow_hyphen_values = true
    )]
    pub from: Day,
    /// The last day
    #[arg(
        long,
        value_name = "DAY",
        default_value = "yesterday",
        allow_hyphen_values = true
    )]
    pub to: Day,
    /// Only this theatre; repeat it for several
    #[arg(long)]
    pub theatre: Vec<String>,
    /// The same civil hours for every day instead of the theatres' opening hours, as in 08:00-17:00
    #[arg(long, value_name = "HOURS")]
    pub window: Option<Hours>,
    /// Gaps above this many minutes are idle time, not turnover; 90 unless told
    #[arg(long, value_name = "MIN")]
    pub idle_gap: Option<u16>,
}
