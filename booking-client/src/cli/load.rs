//! `booking-client load`

use std::time::Duration;

use clap::Args;

use super::{common::parse_duration, manual};
use crate::moment::Day;

/// How much to book, where, and how fast.
#[derive(Debug, Args)]
#[command(after_help = manual::LOAD)]
pub struct LoadArgs {
    /// Over how many theatres, LOAD-1 to LOAD-N, each with a surgeon of the same name
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub theatres: u16,
    /// First make those theatres and surgeons where they are not there; needs the admin's right
    #[arg(long)]
    pub prepare: bool,
    /// How many bookings
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub count: u32,
    /// How many at a time
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub concurrency: u16,
    /// Over how many connections
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub connections: u16,
    /// Stop after this long even if not all is booked
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = parse_duration)]
    pub duration: Duration,
    /// The first day to book
    #[arg(
        long,
        value_name = "DAY",
        default_value = "+1",
        allow_hyphen_values = true
    )]
    pub first: Day,
    /// Length of each case and distance to the next, in minutes
    #[arg(long, value_name = "MIN", default_value_t = 15, value_parser = clap::value_parser!(u16).range(5..=1440))]
    pub slot: u16,
    /// A rule to set aside for every case, as in R8='a test of load'; repeat it for several
    #[arg(long = "override", value_name = "RULE=WHY")]
    pub overrides: Vec<super::OverrideArg>,
    /// A word in the identifiers, so that two runs do not meet; random unless told
    #[arg(long, value_name = "WORD")]
    pub run: Option<String>,
}
