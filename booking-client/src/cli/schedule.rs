//! `booking-client schedule`, `conflicts` and `slots`

use clap::Args;

use super::cases::CaseFields;
use crate::moment::{Bound, Day};

/// Which day to show.
#[derive(Debug, Args)]
pub struct ScheduleArgs {
    /// Which day; today unless told
    #[arg(
        value_name = "DAY",
        default_value = "today",
        allow_hyphen_values = true
    )]
    pub day: Day,
    /// Only this theatre; repeat it for several
    #[arg(long)]
    pub theatre: Vec<String>,
    /// Leave out who the patients are
    #[arg(long)]
    pub no_patients: bool,
}

/// Where to look for conflicts.
#[derive(Debug, Args)]
pub struct ConflictsArgs {
    /// From when
    #[arg(
        long,
        value_name = "DAY|TIME",
        default_value = "today",
        allow_hyphen_values = true
    )]
    pub from: Bound,
    /// Until when, at most 62 days later
    #[arg(
        long,
        value_name = "DAY|TIME",
        default_value = "+28",
        allow_hyphen_values = true
    )]
    pub to: Bound,
}

/// What to find a place for, and where.
#[derive(Debug, Args)]
pub struct SlotsArgs {
    /// A case that is entered; without one, describe it: --duration, --surgeon, …
    pub case: Option<String>,
    /// Describing one that is not: the patient
    #[arg(long, value_name = "ID", conflicts_with = "case")]
    pub patient: Option<String>,
    /// Describing one that is not: the rest
    #[command(flatten)]
    pub draft: CaseFields,
    /// Only in this theatre; repeat it for several
    #[arg(long)]
    pub theatre: Vec<String>,
    /// Not before
    #[arg(
        long,
        value_name = "DAY|TIME",
        default_value = "now",
        allow_hyphen_values = true
    )]
    pub earliest: Bound,
    /// Not after, at most 62 days later
    #[arg(
        long,
        value_name = "DAY|TIME",
        default_value = "+14",
        allow_hyphen_values = true
    )]
    pub latest: Bound,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(i32).range(1..=100))]
    pub max: i32,
    /// Also places that break a rule, with the rules
    #[arg(long)]
    pub near_misses: bool,
}
