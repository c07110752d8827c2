//! The record of who did what, for people.

use booking_proto::ot::v1::{AuditEvent, VerifyAuditChainResponse};

use super::{cases::list, table::table, time::date_time};
use crate::{cli::words::shown, moment::Place, printable::Printable};

/// Events, in the order given.
pub fn audit_table(events: &[AuditEvent], place: &Place) -> String {
    let rows = events.iter().map(|event| {
        let method = event
            .method
            .rsplit_once('/')
            .map_or(event.method.as_str(), |(_, method)| method);
        let changes = event
            .changes
            .iter()
            .map(|change| format!("{}: {} -> {}", change.field, change.before, change.after));
        vec![
            event.sequence.to_string(),
            date_time(event.time.as_ref(), place),
            event.account.clone(),
            event.person.clone(),
            method.to_owned(),
            event.resource.clone(),
            shown(event.outcome().as_str_name()),
            event.reason.clone(),
            list(changes),
        ]
    });
    table(
        &[
            "no", "when", "account", "for", "did", "with", "outcome", "reason", "changes",
        ],
        rows.collect(),
    )
}

/// Whether the record is intact.
pub fn verdict(verdict: &VerifyAuditChainResponse) -> String {
    let head: String = verdict
        .head
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
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
