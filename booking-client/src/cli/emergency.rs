//! `booking-client emergency …`

use clap::Subcommand;

use super::{common::WriteArgs, manual};

/// What can be done about an emergency.
#[derive(Debug, Subcommand)]
#[command(after_help = manual::EMERGENCY)]
pub enum Emergency {
    /// What could be done now, shortest wait first, and what it would do to others; changes nothing
    Plan {
        /// A waiting case that is immediate or urgent
        case: String,
        /// Only in this theatre; repeat it for several
        #[arg(long)]
        theatre: Vec<String>,
    },
    /// Do what an option said, all of it or nothing
    Apply {
        /// The option, as 'emergency plan' printed it
        option: String,
        /// Dry run, request id.
        #[command(flatten)]
        write: WriteArgs,
    },
}
