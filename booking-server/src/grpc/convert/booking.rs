//! The article's question and answer.

use booking_domain::{BookingInfo, BookingQuery, DescriptionFilter, PatientId, StaffId};
use booking_proto::otbooking::{BookingRequest, BookingResponse};

use super::super::fields::reading;
use crate::app::Refusal;

/// Reads a request, or says of every field what is wrong with it.
///
/// Fields are called `patientID` and so on, as the article's contract has them.
pub(in crate::grpc) fn booking_query(request: &BookingRequest) -> Result<BookingQuery, Refusal> {
    reading(|fields| {
        let patient = fields.take("patientID", PatientId::parse(&request.patient_id));
        let doctor = fields.take("doctorID", StaffId::parse(&request.doctor_id));
        let description = DescriptionFilter::parse(&request.description);
        let description = fields.take("description", description);
        Some(BookingQuery {
            patient: patient?,
            doctor: doctor?,
            description: description?,
        })
    })
}

/// Writes an answer; a case without a slot has an empty date.
pub(in crate::grpc) fn booking_response(info: BookingInfo) -> BookingResponse {
    BookingResponse {
        booking_date: info.date.unwrap_or_default(),
        condition: info.condition,
    }
}
