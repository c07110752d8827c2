//! Events of the audit in the words of the field.

use booking_proto::{
    contract::resource::{CASES, within},
    ot::v1::{AuditEvent, audit_event::Outcome},
};

use super::civil::{Civil, instant};

/// When it was, as records have it.
pub(crate) fn time(event: &AuditEvent, civil: &Civil) -> String {
    let time = instant(event.time);
    time.map(|at| civil.exactly(at)).unwrap_or_default()
}

/// `ot.v1.CaseService/RescheduleCase` as `Reschedule case`.
pub(crate) fn what(event: &AuditEvent) -> String {
    let name = event.method.rsplit('/').next().unwrap_or_default();
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

pub(crate) fn is_denied(event: &AuditEvent) -> bool {
    event.outcome() == Outcome::Denied
}

/// Whether it was about a case, which has a page.
pub(crate) fn is_of_case(event: &AuditEvent) -> bool {
    within(&event.resource, CASES).is_some()
}

/// Field by field, what it was before and after.
pub(crate) fn changes(event: &AuditEvent) -> Vec<String> {
    let changes = event.changes.iter();
    let words = changes.map(|one| match (one.before.as_str(), one.after.as_str()) {
        ("", after) => format!("{}: {after}", one.field),
        (before, "") => format!("{}: {before} removed", one.field),
        (before, after) => format!("{}: {before} → {after}", one.field),
    });
    words.collect()
}
