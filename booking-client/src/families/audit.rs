//! `booking-client audit …`

use booking_proto::ot::v1::{
    AuditEvent, ListAuditEventsRequest, VerifyAuditChainRequest, VerifyAuditChainResponse,
};
use clap::{Args, Subcommand};

use crate::{
    connection::Service,
    exit::Exit,
    failure::Failure,
    printable::Printable,
    printing::{Column, Printer, date_time, joined},
    reading::{Bound, Conditions, SiteTime, UsageError, shown},
};

/// What can be done with the record of who did what.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// The newest first
    List(ListArgs),
    /// Compute the chain of hashes again; exit code 1 when it does not hold
    Verify,
}

/// Which events.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// About this resource, by full name, such as cases/0190b5c4
    #[arg(long, value_name = "NAME")]
    resource: Option<String>,
    /// From this service account
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// On behalf of this person
    #[arg(long)]
    person: Option<String>,
    /// Of this method, such as ot.v1.CaseService/ScheduleCase
    #[arg(long)]
    method: Option<String>,
    /// Only calls that were not allowed
    #[arg(long)]
    denied: bool,
    /// From when
    #[arg(long, value_name = "DAY|TIME")]
    from: Option<Bound>,
    /// Until when
    #[arg(long, value_name = "DAY|TIME")]
    to: Option<Bound>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
}

impl ListArgs {
    fn filter(&self, site: &SiteTime) -> Result<String, UsageError> {
        let mut conditions = Conditions::default();
        conditions.text("resource", self.resource.as_deref());
        conditions.text("account", self.account.as_deref());
        conditions.text("person", self.person.as_deref());
        conditions.text("method", self.method.as_deref());
        if self.denied {
            conditions.add("outcome = DENIED");
        }
        conditions.range("time", (self.from, self.to), site)?;
        Ok(conditions.join())
    }
}

impl Audit {
    /// Does what was typed.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<Exit, Failure> {
        let holds = match self {
            Self::List(args) => {
                let site = service.site_time().await?;
                let request = ListAuditEventsRequest {
                    filter: args.filter(&site)?,
                    ..ListAuditEventsRequest::default()
                };
                let events = service.list(request, args.limit).await?;
                printer.table(EVENTS, &events, &site)?;
                true
            }
            Self::Verify => {
                let verified = service.call(VerifyAuditChainRequest {}).await?;
                printer.message(&verified, verdict)?;
                verified.intact
            }
        };
        Ok(if holds { Exit::Done } else { Exit::Refused })
    }
}

const EVENTS: &[Column<AuditEvent, SiteTime>] = &[
    ("no", |event, _| event.sequence.to_string()),
    ("when", |event, site| date_time(event.time, site)),
    ("account", |event, _| event.account.clone()),
    ("for", |event, _| event.person.clone()),
    ("did", |event, _| {
        let method = event.method.rsplit('/').next();
        method.unwrap_or_default().to_owned()
    }),
    ("with", |event, _| event.resource.clone()),
    ("outcome", |event, _| shown(event.outcome().as_str_name())),
    ("reason", |event, _| event.reason.clone()),
    ("changes", |event, _| {
        let all = event.changes.iter();
        joined(all.map(|change| format!("{}: {} -> {}", change.field, change.before, change.after)))
    }),
];

/// Whether the record is intact.
fn verdict(verdict: &VerifyAuditChainResponse) -> String {
    let head = verdict.head.iter();
    let head: String = head.map(|byte| format!("{byte:02x}")).collect();
    if verdict.intact {
        format!("Intact: {} events, newest hash {head}\n", verdict.events)
    } else {
        format!(
            "NOT INTACT: event {} of {}: {}\n",
            verdict.broken_sequence,
            verdict.events,
            Printable(&verdict.description)
        )
    }
}
