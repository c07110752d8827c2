//! The audit, as callers see it, and what a filter asks of it.

use booking_proto::{fields, ot::v1};
use booking_store::{AuditCondition, AuditEvent, FieldChange};
use prost::Name as _;

use super::{
    super::case_filter::instant_of,
    values::timestamp,
    words::{named, number},
};
use crate::grpc::filter::{self, Condition, FilterError, Operator};

/// The method whose reason is nothing but a note.
const CORRECT: &str = "ot.v1.CaseService/CorrectCase";

/// An event; `sees_patients`: with what it says of patients.
pub(in crate::grpc) fn event(event: &AuditEvent, sees_patients: bool) -> v1::AuditEvent {
    let record = &event.record;
    let change = |it: &FieldChange| {
        let hidden = !sees_patients && tells_of_patient(&it.field);
        let words = |words: &String| if hidden { String::new() } else { words.clone() };
        v1::FieldChange {
            field: it.field.clone(),
            before: words(&it.before),
            after: words(&it.after),
        }
    };
    let names_patient = is_patient(&record.resource) && !sees_patients;
    let reason = match record.reason.split_once(": ") {
        _ if sees_patients => record.reason.clone(),
        _ if record.method == CORRECT => String::new(),
        Some((code, _)) => code.to_owned(),
        None => record.reason.clone(),
    };
    v1::AuditEvent {
        sequence: i64::try_from(event.sequence).unwrap_or(i64::MAX),
        time: Some(timestamp(record.at)),
        method: record.method.clone(),
        resource: if names_patient {
            String::new()
        } else {
            record.resource.clone()
        },
        account: record.account.clone(),
        transport: record.transport.clone(),
        person: record.person.clone(),
        request_id: record.request_id.clone(),
        etag_before: record.etag_before.clone(),
        etag_after: record.etag_after.clone(),
        changes: record.changes.iter().map(change).collect(),
        reason,
        outcome: number(record.outcome),
        hash: event.hash.to_vec(),
    }
}

/// Whether a field of a case, or any part of it, tells of whom the case is: a log's key is its
/// patient's number, and whoever writes a note may name somebody.
fn tells_of_patient(field: &str) -> bool {
    let name = field.split('.').next().unwrap_or(field);
    let field = fields::of(v1::Case::NAME).named(name);
    field.is_some_and(fields::tells_of_patient)
}

/// The article's question is about a patient.
fn is_patient(resource: &str) -> bool {
    resource.starts_with("patients/")
}

/// Whether it is asked who has looked a patient up.
pub(in crate::grpc) fn of_patients(conditions: &[AuditCondition]) -> bool {
    let asks = |it: &AuditCondition| matches!(it, AuditCondition::ResourceIs(it) if is_patient(it));
    conditions.iter().any(asks)
}

/// Reads a filter.
pub(in crate::grpc) fn to_conditions(text: &str) -> Result<Vec<AuditCondition>, FilterError> {
    filter::parse(text)?.iter().map(condition).collect()
}

fn condition(it: &Condition) -> Result<AuditCondition, FilterError> {
    let text = || it.equal_to().map(str::to_owned);
    match &*it.field {
        "resource" => Ok(AuditCondition::ResourceIs(text()?)),
        "account" => Ok(AuditCondition::AccountIs(text()?)),
        "person" => Ok(AuditCondition::PersonIs(text()?)),
        "method" => Ok(AuditCondition::MethodIs(text()?)),
        "outcome" => match named(it.equal_to()?) {
            Ok(outcome) => Ok(AuditCondition::OutcomeIs(outcome)),
            Err(why) => Err(it.error(format!("the value of outcome: {why}"))),
        },
        "time" => match it.operator {
            Operator::GreaterOrEqual => Ok(AuditCondition::TimeFrom(instant_of(it)?)),
            Operator::Less => Ok(AuditCondition::TimeBefore(instant_of(it)?)),
            _ => Err(it.error("time is compared with < and >=")),
        },
        _ => Err(it.error(
            "there is no such field; it is one of resource, account, person, method, outcome, time",
        )),
    }
}
