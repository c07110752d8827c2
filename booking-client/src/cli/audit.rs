//! `booking-client audit …`

use clap::{Args, Subcommand};

use crate::moment::Bound;

/// What can be done with the record of who did what.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// The newest first
    List(AuditFilter),
    /// Compute the chain of hashes again; exit code 1 when it does not hold
    Verify,
}

/// Which events.
#[derive(Debug, Args)]
pub struct AuditFilter {
    /// About this resource, by full name, such as cases/0190b5c4
    #[arg(long, value_name = "NAME")]
    pub resource: Option<String>,
    /// From this service account
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// On behalf of this person
    #[arg(long)]
    pub person: Option<String>,
    /// Of this method, such as ot.v1.CaseService/ScheduleCase
    #[arg(long)]
    pub method: Option<String>,
    /// Only calls that were not allowed
    #[arg(long)]
    pub denied: bool,
    /// From when
    #[arg(long, value_name = "DAY|TIME", allow_hyphen_values = true)]
    pub from: Option<Bound>,
    /// Until when
    #[arg(long, value_name = "DAY|TIME", allow_hyphen_values = true)]
    pub to: Option<Bound>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
}
