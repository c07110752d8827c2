//! The three logs: audit, changes, requests.

use crate::{
    AuditEvent, AuditRecord, Change, FieldChange, StoreError, StoredResponse,
    db::{Column, Fields, Row, Value, columns, json},
};

/// The columns of `audit_event`: what [`read_event`] reads.
pub(crate) const EVENT: &str = "
    seq, at_us, method, resource, account, transport, person, request_id, etag_before, etag_after,
    changes, reason, outcome, prev_hash, hash";

/// The columns of `change_log`.
pub(crate) const CHANGE: &str = "
    seq, at_us, kind, id, theatre_before, start_us_before, end_us_before,
    theatre_after, start_us_after, end_us_after";

/// The columns of `request_log` but for the key: what was answered.
pub(crate) const RESPONSE: &str = "method, request_hash, response, at_us";

columns!(AuditRecord {
    at,
    method,
    resource,
    account,
    transport,
    person,
    request_id,
    etag_before,
    etag_after,
    changes,
    reason,
    outcome,
});
columns!(Change {
    seq,
    at,
    kind,
    id,
    before,
    after
});
columns!(StoredResponse {
    method,
    request_hash,
    response,
    at
});

/// As JSON.
impl Column for Vec<FieldChange> {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        f.json()
    }

    fn write(&self, values: &mut Vec<Value>) {
        values.push(json(self).into());
    }
}

/// An event, and the hash it says came before it.
pub(crate) fn read_event(row: &Row) -> Result<(AuditEvent, [u8; 32]), StoreError> {
    let f = &mut Fields::of("audit_event", row);
    let (sequence, record) = (f.take()?, f.take()?);
    let (prev_hash, hash) = (f.hash()?, f.hash()?);
    let event = AuditEvent {
        sequence,
        record,
        hash,
    };
    Ok((event, prev_hash))
}

/// A row of `audit_event`.
pub(crate) fn event_row(event: &AuditEvent, prev_hash: [u8; 32]) -> Vec<Value> {
    let mut values = event.sequence.values();
    event.record.write(&mut values);
    values.extend([prev_hash.into(), event.hash.into()]);
    values
}
