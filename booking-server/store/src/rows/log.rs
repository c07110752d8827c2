//! The three logs: audit, changes, requests.

use booking_domain::{TheatreId, TimeRange};
use serde::{Deserialize, Serialize};

use super::json::json;
use crate::{
    AuditEvent, AuditRecord, Change, FieldChange, PlannedSlot, StoreError, StoredResponse,
    db::{Fields, Row, Sql},
    names::Named,
};

/// What [`read_event`] reads, from `audit_event`.
pub(crate) const EVENT: &str = "
    seq, at_us, method, resource, account, transport, person, request_id, etag_before, etag_after,
    changes, reason, outcome, prev_hash, hash";

/// What [`read_change`] reads, from `change_log`.
pub(crate) const CHANGE: &str = "
    seq, at_us, kind, id, theatre_before, start_us_before, end_us_before,
    theatre_after, start_us_after, end_us_after";

#[derive(Deserialize, Serialize)]
struct FieldChangeRow {
    field: String,
    before: String,
    after: String,
}

/// An event, and the hash it says came before it.
pub(crate) fn read_event(row: &Row) -> Result<(AuditEvent, [u8; 32]), StoreError> {
    let f = &mut Fields::of("audit_event", row);
    let sequence = f.number()?;
    let record = AuditRecord {
        at: f.instant()?,
        method: f.text()?,
        resource: f.text()?,
        account: f.text()?,
        transport: f.text()?,
        person: f.text()?,
        request_id: f.text()?,
        etag_before: f.text()?,
        etag_after: f.text()?,
        changes: {
            let rows: Vec<FieldChangeRow> = f.json()?;
            rows.into_iter().map(field_change).collect()
        },
        reason: f.text()?,
        outcome: f.parse(Named::named)?,
    };
    let prev_hash = f.hash()?;
    let hash = f.hash()?;
    let event = AuditEvent {
        sequence,
        record,
        hash,
    };
    Ok((event, prev_hash))
}

fn field_change(row: FieldChangeRow) -> FieldChange {
    FieldChange {
        field: row.field,
        before: row.before,
        after: row.after,
    }
}

/// One tuple of `insert into audit_event (…) values`, in the order of [`EVENT`].
pub(crate) fn push_event(sql: &mut Sql, event: &AuditEvent, prev_hash: &[u8; 32]) {
    let record = &event.record;
    let changes: Vec<_> = record
        .changes
        .iter()
        .map(|change| FieldChangeRow {
            field: change.field.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
        })
        .collect();
    sql.push("(").arg(event.sequence);
    sql.push(", ").arg(record.at.as_microsecond());
    let texts = [
        &record.method,
        &record.resource,
        &record.account,
        &record.transport,
        &record.person,
        &record.request_id,
        &record.etag_before,
        &record.etag_after,
        &json(changes),
        &record.reason,
    ];
    for text in texts {
        sql.push(", ").arg(text.as_str());
    }
    sql.push(", ").arg(record.outcome.name());
    sql.push(", ").arg(prev_hash);
    sql.push(", ").arg(&event.hash);
    sql.push(")");
}

pub(crate) fn read_change(row: &Row) -> Result<Change, StoreError> {
    let f = &mut Fields::of("change_log", row);
    Ok(Change {
        seq: f.number()?,
        at: f.instant()?,
        kind: f.parse(Named::named)?,
        id: f.text()?,
        before: slot(f)?,
        after: slot(f)?,
    })
}

fn slot(f: &mut Fields<'_>) -> Result<Option<PlannedSlot>, StoreError> {
    let theatre = f.opt_parse(TheatreId::parse)?;
    let (start, end) = (f.opt_instant()?, f.opt_instant()?);
    let (Some(theatre), Some(start), Some(end)) = (theatre, start, end) else {
        return Ok(None);
    };
    let range = TimeRange::new(start, end).map_err(|error| f.damaged(&error))?;
    Ok(Some(PlannedSlot { theatre, range }))
}

/// One tuple of `insert into change_log (…) values`, in the order of [`CHANGE`].
pub(crate) fn push_change(sql: &mut Sql, change: &Change) {
    sql.push("(").arg(change.seq);
    sql.push(", ").arg(change.at.as_microsecond());
    sql.push(", ").arg(change.kind.name());
    sql.push(", ").arg(change.id.as_str());
    for place in [&change.before, &change.after] {
        let place = place.as_ref();
        sql.push(", ")
            .arg(place.map(|place| place.theatre.as_str()));
        let start = place.map(|place| place.range.start().as_microsecond());
        let end = place.map(|place| place.range.end().as_microsecond());
        sql.push(", ").arg(start).push(", ").arg(end);
    }
    sql.push(")");
}

/// What [`read_response`] reads, from `request_log`.
pub(crate) const RESPONSE: &str = "method, request_hash, response, at_us";

pub(crate) fn read_response(row: &Row) -> Result<StoredResponse, StoreError> {
    let f = &mut Fields::of("request_log", row);
    Ok(StoredResponse {
        method: f.text()?,
        request_hash: f.hash()?,
        response: f.bytes()?,
        at: f.instant()?,
    })
}

/// One tuple of `insert into request_log (principal, request_id, …) values`.
pub(crate) fn push_response(
    sql: &mut Sql,
    principal: &str,
    request_id: &str,
    response: &StoredResponse,
) {
    sql.push("(").arg(principal).push(", ").arg(request_id);
    sql.push(", ").arg(response.method.as_str());
    sql.push(", ").arg(&response.request_hash);
    sql.push(", ").arg(response.response.clone());
    sql.push(", ").arg(response.at.as_microsecond()).push(")");
}
