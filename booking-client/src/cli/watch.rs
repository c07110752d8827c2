//! `booking-client watch`

use clap::Args;

use super::manual;
use crate::moment::Bound;

/// What to watch.
#[derive(Debug, Args)]
#[command(after_help = manual::WATCH)]
pub struct WatchArgs {
    /// Only this theatre; repeat it for several
    #[arg(long)]
    pub theatre: Vec<String>,
    /// Only what is planned from then on
    #[arg(
        long,
        value_name = "DAY|TIME",
        requires = "to",
        allow_hyphen_values = true
    )]
    pub from: Option<Bound>,
    /// Only what is planned until then
    #[arg(
        long,
        value_name = "DAY|TIME",
        requires = "from",
        allow_hyphen_values = true
    )]
    pub to: Option<Bound>,
    /// Go on from a token that was printed before, without telling again what is there
    #[arg(long, value_name = "TOKEN")]
    pub resume: Option<String>,
    /// Stop when what is there has been told
    #[arg(long, conflicts_with = "resume")]
    pub snapshot_only: bool,
}
