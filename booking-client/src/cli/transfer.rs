//! `booking-client import` and `export`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::manual;
use crate::moment::Bound;

/// A log to take in.
#[derive(Debug, Args)]
#[command(after_long_help = manual::IMPORT)]
pub struct ImportArgs {
    /// The log: CSV with a header; - for stdin
    pub file: PathBuf,
    /// The zone whose clocks the log was written by, such as America/New_York; never guessed
    #[arg(long, value_name = "ZONE")]
    pub time_zone: String,
    /// Names of columns and forms of dates where they differ from the usual: see below
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// A name for the log; part of what makes a row the same row. The file's own name unless told
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Refuse a row whose plan overlaps one taken before it, instead of importing and flagging it
    #[arg(long)]
    pub strict: bool,
    /// Say what would happen, change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Rows sent in one call
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=1000), hide_short_help = true)]
    pub batch: u16,
}

/// What a file of cases may look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A table; safe to open in a spreadsheet.
    Csv,
    /// A FHIR R4 Bundle of Appointments, as JSON.
    Fhir,
    /// A calendar, without names or numbers of patients.
    Ical,
}

/// A file of cases.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Its form
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "csv")]
    pub format: ExportFormat,
    /// From when
    #[arg(
        long,
        value_name = "DAY|TIME",
        default_value = "today",
        allow_hyphen_values = true
    )]
    pub from: Bound,
    /// Until when
    #[arg(
        long,
        value_name = "DAY|TIME",
        default_value = "+6",
        allow_hyphen_values = true
    )]
    pub to: Bound,
    /// Only this theatre; repeat it for several
    #[arg(long)]
    pub theatre: Vec<String>,
    /// Only with this member of staff, in any role
    #[arg(long, value_name = "ID")]
    pub staff: Option<String>,
    /// Where to; stdout unless told. Written whole or not at all
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}
