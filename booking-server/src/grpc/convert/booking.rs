//! Protobuf to domain and back: the only file that knows both.
//!
//! Fields are called by their names in the contract, `patientID` and not `patient_id`, because
//! that is what the reader of an error has in front of them.

use std::fmt::Display;

use booking_proto::otbooking::{BookingRequest, BookingResponse};
use tonic_types::FieldViolation;

use crate::domain::{BookingInfo, BookingQuery, DescriptionFilter, DoctorId, PatientId};

/// Reads a request, or says of every field what is wrong with it.
pub(super) fn booking_query(request: &BookingRequest) -> Result<BookingQuery, Vec<FieldViolation>> {
    let mut violations = Vec::new();
    let patient = field(
        "patientID",
        PatientId::parse(&request.patient_id),
        &mut violations,
    );
    let doctor = field(
        "doctorID",
        DoctorId::parse(&request.doctor_id),
        &mut violations,
    );
    let description = DescriptionFilter::parse(&request.description);
    let description = field("description", description, &mut violations);
    match (patient, doctor, description) {
        (Some(patient), Some(doctor), Some(description)) => Ok(BookingQuery {
            patient,
            doctor,
            description,
        }),
        _ => Err(violations),
    }
}

/// Writes an answer; a case without a slot has an empty date.
pub(super) fn booking_response(info: BookingInfo) -> BookingResponse {
    BookingResponse {
        booking_date: info.date.unwrap_or_default(),
        condition: info.condition,
    }
}

fn field<T, E: Display>(
    name: &str,
    parsed: Result<T, E>,
    violations: &mut Vec<FieldViolation>,
) -> Option<T> {
    parsed
        .map_err(|why| violations.push(FieldViolation::new(name, why.to_string())))
        .ok()
}
