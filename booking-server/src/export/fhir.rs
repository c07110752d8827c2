//! Cases as a FHIR R4 Bundle of Appointments (hl7.org/fhir/R4), type `collection`.
//!
//! | state | Appointment.status |
//! |---|---|
//! | REQUESTED | `proposed` |
//! | SCHEDULED | `pending` |
//! | CONFIRMED | `booked` |
//! | IN_THEATRE, IN_RECOVERY | `arrived` |
//! | COMPLETED | `fulfilled` |
//! | POSTPONED | `waitlist` |
//! | CANCELLED | `cancelled`, with its reason |
//!
//! Start and end are the plan; an appointment without them is one that waits, which R4's invariant
//! app-3 allows for `proposed`, `cancelled` and `waitlist`. A field that Appointment has no element for
//! is an extension, or the contract says beside it why it is not exported (`not_in_fhir`).

use booking_domain::{Case, CaseState, TeamRole, Urgency};
use booking_proto::{
    fields::{self, Field},
    ot::v1,
};
use jiff::Timestamp;
use prost::Name as _;
use serde_json::{Value, json};

use super::Export;
use crate::{field_text, names::digest};

/// The code system of cancellation reasons.
const CANCELLATIONS: &str = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason";

/// What the names of our extensions begin with; the field's name follows.
const EXTENSIONS: &str = "urn:otbooking:case:";

/// The code system of what people do in an encounter.
const PARTICIPATIONS: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";

pub(super) fn head(now: Timestamp) -> Vec<u8> {
    let head = format!(
        "{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"timestamp\":\"{now}\",\"entry\":["
    );
    head.into_bytes()
}

pub(super) fn foot() -> Vec<u8> {
    b"]}\n".to_vec()
}

pub(super) fn entry(export: &Export, case: &Case) -> Vec<u8> {
    let separator = if export.written == 0 { "\n" } else { ",\n" };
    let entry = json!({ "resource": appointment(export, case) });
    format!("{separator}{entry}").into_bytes()
}

fn appointment(export: &Export, case: &Case) -> Value {
    let mut appointment = json!({
        "resourceType": "Appointment",
        "id": logical_id(case.id.as_str()),
        "identifier": [{ "value": case.id.as_str() }],
        "meta": { "versionId": case.version.to_string(), "lastUpdated": case.updated_at.to_string() },
        "status": status(case.state),
        "serviceType": [{ "text": case.details.procedure }],
        "priority": priority(case.details.urgency),
        "created": case.created_at.to_string(),
        "participant": participants(export, case),
    });
    let mut set = |field: &str, value: Value| {
        appointment[field] = value;
    };
    if let Some(specialty) = &case.details.specialty {
        set("specialty", json!([{ "text": specialty.as_str() }]));
    }
    if export.sees_patients && !case.details.condition.is_empty() {
        set("reasonCode", json!([{ "text": case.details.condition }]));
    }
    if let Some(range) = case.planned_range() {
        set("start", json!(range.start().to_string()));
        set("end", json!(range.end().to_string()));
        set("minutesDuration", json!(case.details.footprint.total_min()));
    }
    if let Some(given_up) = &case.cancellation {
        let reason = export.hospital.reasons.get(&given_up.reason);
        let words = reason.map_or(given_up.reason.as_str(), |reason| &reason.name);
        let mut concept = json!({ "text": words });
        if let Some(reason) = reason.filter(|reason| !reason.fhir_code.is_empty()) {
            concept["coding"] = json!([{ "system": CANCELLATIONS, "code": reason.fhir_code }]);
        }
        set("cancelationReason", concept);
    }
    let extensions = extensions(export, case);
    if !extensions.is_empty() {
        set("extension", json!(extensions));
    }
    appointment
}

/// The fields for which Appointment has no element, where they say something.
fn extensions(export: &Export, case: &Case) -> Vec<Value> {
    let told = field_text::fields(case);
    let fields = fields::of(v1::Case::NAME).all.iter();
    let fields = fields
        .filter(|it| it.usage.fhir_extension && (export.sees_patients || !it.usage.patient_data));
    let extension = |field: &Field| {
        let url = format!("{EXTENSIONS}{}", field.name.replace('_', "-"));
        match told.get(&field.name)? {
            Value::Number(number) if number.as_i64() != Some(0) => {
                Some(json!({ "url": url, "valueInteger": number }))
            }
            Value::Bool(true) => Some(json!({ "url": url, "valueBoolean": true })),
            Value::String(text) if !text.is_empty() => {
                Some(json!({ "url": url, "valueString": text }))
            }
            _ => None,
        }
    };
    fields.filter_map(extension).collect()
}

/// The case's number where it can be an id of FHIR's (1 to 64 of letters, digits, `-` and `.`), else
/// a digest of it: the number itself is among the identifiers.
fn logical_id(number: &str) -> String {
    const MAX_ID_CHARS: usize = 64;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if number.len() <= MAX_ID_CHARS && number.chars().all(fits) {
        return number.to_owned();
    }
    digest(number, 32)
}

fn status(state: CaseState) -> &'static str {
    match state {
        CaseState::Requested => "proposed",
        CaseState::Scheduled => "pending",
        CaseState::Confirmed => "booked",
        CaseState::InTheatre | CaseState::InRecovery => "arrived",
        CaseState::Completed => "fulfilled",
        CaseState::Postponed => "waitlist",
        CaseState::Cancelled => "cancelled",
        _ => "entered-in-error",
    }
}

/// RFC 5545's scale, which FHIR uses: 1 the highest, 9 the lowest.
fn priority(urgency: Urgency) -> u8 {
    match urgency {
        Urgency::Immediate => 1,
        Urgency::Urgent2a => 2,
        Urgency::Urgent2b => 3,
        Urgency::Expedited => 5,
        Urgency::Elective => 9,
    }
}

fn participants(export: &Export, case: &Case) -> Vec<Value> {
    let identifier = |value: &str| json!({ "identifier": { "value": value } });
    let mut participants = Vec::new();
    if export.sees_patients {
        let patient = identifier(case.details.patient.as_str());
        participants.push(json!({ "actor": patient, "status": "accepted" }));
    }
    if let Some(plan) = &case.plan {
        let theatre = export.hospital.theatres.get(&plan.theatre);
        let mut actor = identifier(plan.theatre.as_str());
        actor["type"] = json!("Location");
        if let Some(theatre) = theatre {
            actor["display"] = json!(theatre.name);
        }
        participants.push(json!({ "actor": actor, "status": "accepted" }));
    }
    for member in &case.details.team {
        let mut actor = identifier(member.staff.as_str());
        actor["type"] = json!("Practitioner");
        if let Some(staff) = export.hospital.staff.get(&member.staff) {
            actor["display"] = json!(staff.name);
        }
        let code = if member.role == TeamRole::PrimarySurgeon {
            "PPRF"
        } else {
            "SPRF"
        };
        let role = json!([{ "coding": [{ "system": PARTICIPATIONS, "code": code }], "text": member.role.as_str() }]);
        participants.push(json!({ "type": role, "actor": actor, "status": "accepted" }));
    }
    if participants.is_empty() {
        // R4 wants one at least, with an actor or a type; who it is may not be told.
        let subject = json!([{ "coding": [{ "system": PARTICIPATIONS, "code": "SBJ" }] }]);
        participants.push(json!({ "type": subject, "status": "accepted" }));
    }
    participants
}
