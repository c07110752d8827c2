//! `booking-client conflicts`: what stands in the schedule against the rules.

use booking_proto::ot::v1::{BrokenRule, Conflict, ListConflictsRequest};
use clap::Args;
use theatre_log::stamp;

use crate::{
    connection::Service,
    failure::Failure,
    printing::{Column, Printer, when},
    reading::{Bound, SiteTime, UsageError, id_of},
};

/// Where to look for conflicts.
#[derive(Debug, Args)]
pub struct ConflictsArgs {
    /// From when
    #[arg(long, value_name = "DAY|TIME", default_value = "today")]
    from: Bound,
    /// Until when, at most 62 days later
    #[arg(long, value_name = "DAY|TIME", default_value = "+28")]
    to: Bound,
}

impl ConflictsArgs {
    fn into_request(self, site: String, at: &SiteTime) -> Result<ListConflictsRequest, UsageError> {
        Ok(ListConflictsRequest {
            site,
            start_time: Some(stamp(self.from.from(at)?)),
            end_time: Some(stamp(self.to.to(at)?)),
        })
    }

    /// Lists them.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let at = service.site_time().await?;
        let request = self.into_request(service.site().await?, &at)?;
        let found = service.call(request).await?;
        Ok(printer.table(COLUMNS, &found.conflicts, &())?)
    }
}

const COLUMNS: &[Column<Conflict, ()>] = &[
    ("case", |conflict, ()| id_of(&conflict.case)),
    ("rule", |conflict, ()| broken(conflict).rule),
    ("what", |conflict, ()| broken(conflict).description),
    ("", |conflict, ()| when(conflict.overridden, "set aside")),
];

fn broken(conflict: &Conflict) -> BrokenRule {
    conflict.broken_rule.clone().unwrap_or_default()
}
