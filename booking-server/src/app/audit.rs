//! What the audit says has become of a resource: every field that is not as it was.

use std::collections::BTreeSet;

use booking_domain::Version;
use booking_store::{AuditRecord, FieldChange};
use serde::Serialize;

use crate::{field_text::texts, names::etag};

/// `record`, with what has become of a resource and why.
pub(crate) fn told<T: Serialize>(
    record: AuditRecord,
    before: Option<(Version, &T)>,
    after: Option<(Version, &T)>,
    reason: &str,
) -> AuditRecord {
    AuditRecord {
        etag_before: before.map(|(version, _)| etag(version)).unwrap_or_default(),
        etag_after: after.map(|(version, _)| etag(version)).unwrap_or_default(),
        changes: differences(before.map(|(_, it)| it), after.map(|(_, it)| it)),
        reason: reason.to_owned(),
        ..record
    }
}

/// The fields that are not as they were.
fn differences<T: Serialize>(before: Option<&T>, after: Option<&T>) -> Vec<FieldChange> {
    let mut before = before.map(texts).unwrap_or_default();
    let mut after = after.map(texts).unwrap_or_default();
    let names: BTreeSet<String> = before.keys().chain(after.keys()).cloned().collect();
    let changes = names.into_iter().map(|field| FieldChange {
        before: before.remove(&field).unwrap_or_default(),
        after: after.remove(&field).unwrap_or_default(),
        field,
    });
    changes.filter(|it| it.before != it.after).collect()
}
