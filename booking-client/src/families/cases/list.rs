//! `cases list`: which cases.

use booking_proto::ot::v1::{ListCasesRequest, Urgency, case::State};
use clap::Args;

use super::shown::{CASES, WAITING_LIST};
use crate::{
    connection::Service,
    failure::Failure,
    printing::Printer,
    reading::{
        Bound, Conditions, Day, SiteTime, UsageError, enum_names, quoted, resource, resources,
    },
};

/// Which cases to list.
#[derive(Debug, Default, Args)]
pub struct ListArgs {
    /// In this state; repeat it for any of several
    #[arg(long, value_parser = enum_names::state(), value_name = "STATE")]
    state: Vec<State>,
    /// In this theatre; repeat it for any of several
    #[arg(long)]
    theatre: Vec<String>,
    /// In this session
    #[arg(long)]
    session: Option<String>,
    /// Of this patient
    #[arg(long, value_name = "ID")]
    patient: Option<String>,
    /// With this member of staff, in any role
    #[arg(long, value_name = "ID")]
    staff: Option<String>,
    /// Of this urgency; repeat it for any of several
    #[arg(long, value_parser = enum_names::urgency(), value_name = "URGENCY")]
    urgency: Vec<Urgency>,
    /// Of this specialty
    #[arg(long)]
    specialty: Option<String>,
    /// Planned on this day
    #[arg(long, value_name = "DAY", conflicts_with_all = ["from", "to"])]
    date: Option<Day>,
    /// Planned from this day or time on
    #[arg(long, value_name = "DAY|TIME")]
    from: Option<Bound>,
    /// Planned up to this time, or this day and all of it
    #[arg(long, value_name = "DAY|TIME")]
    to: Option<Bound>,
    /// The waiting list: by urgency, then target, then age
    #[arg(long)]
    waiting: bool,
    /// Whose procedure or condition contains this, in any letter case
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// A further condition in the service's own language, such as 'target_time < "2026-12-01T00:00:00Z"'
    #[arg(long, value_name = "FILTER")]
    filter: Option<String>,
    /// Another order: start_time, decision_time or waiting, with ' desc' to turn it round
    #[arg(long, value_name = "ORDER")]
    order_by: Option<String>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
}

impl ListArgs {
    fn filter(&self, site: &SiteTime) -> Result<String, UsageError> {
        let mut conditions = Conditions::default();
        conditions.any("state", self.state.iter().map(State::as_str_name));
        conditions.any("urgency", self.urgency.iter().map(Urgency::as_str_name));
        let theatres = resources("theatres", &self.theatre);
        conditions.any("theatre", theatres.iter().map(|name| quoted(name)));
        let named = [
            ("session", "sessions", &self.session),
            ("patient", "patients", &self.patient),
            ("staff", "staff", &self.staff),
        ];
        for (field, collection, typed) in named {
            let name = typed.as_ref().map(|typed| resource(collection, typed));
            conditions.text(field, name.as_deref());
        }
        conditions.text("specialty", self.specialty.as_deref());
        let day = self.date.map(Bound::Day);
        conditions.range("start_time", (self.from.or(day), self.to.or(day)), site)?;
        if self.waiting {
            conditions.add("waiting = true");
        }
        conditions.text("text", self.text.as_deref());
        if let Some(filter) = &self.filter {
            conditions.add(filter);
        }
        Ok(conditions.join())
    }

    pub(super) async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let site = service.site_time().await?;
        let order = if self.waiting { "waiting" } else { "" };
        let request = ListCasesRequest {
            filter: self.filter(&site)?,
            order_by: self.order_by.unwrap_or_else(|| order.to_owned()),
            ..ListCasesRequest::default()
        };
        let cases = service.list(request, self.limit).await?;
        let columns = if self.waiting { WAITING_LIST } else { CASES };
        Ok(printer.table(columns, &cases, &site)?)
    }
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
