//! The one table from what goes wrong here to what a caller is told.
//!
//! | what | code | `ErrorInfo.reason` | more |
//! |---|---|---|---|
//! | a field is missing or not well-formed | `INVALID_ARGUMENT` | `FIELD_INVALID` | `BadRequest`, every field at once |
//! | no such case | `NOT_FOUND` | `BOOKING_NOT_FOUND` | |
//! | the store is busy | `UNAVAILABLE` | `STORE_BUSY` | `RetryInfo` |
//! | the store is damaged | `DATA_LOSS` | `STORE_DAMAGED` | |
//! | the store cannot be read | `INTERNAL` | `STORE_UNREADABLE` | |
//!
//! `PERMISSION_DENIED` is raised before any of this, by the layer in front. Details follow
//! AIP-193 (google.aip.dev/193). A caller is told what it can act upon; what only an operator can
//! act upon is logged, once, here. Messages quote nothing from the request: they end up in logs.

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use crate::store::StoreError;

/// Who gives the reasons their meaning (`ErrorInfo.domain`).
pub(super) const ERROR_DOMAIN: &str = "otbooking";

/// How long a caller should wait for a busy store: it has already waited for its turn once.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why a call has no answer.
#[derive(Debug)]
pub(super) enum Refusal {
    /// These fields cannot be read.
    Invalid(Vec<FieldViolation>),
    /// There is no such case.
    NotFound,
    /// The store did not answer.
    Store(StoreError),
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(violations) => invalid(violations),
            Refusal::NotFound => status(
                Code::NotFound,
                "BOOKING_NOT_FOUND",
                "no case of this patient with this doctor, or none with this description",
            ),
            Refusal::Store(error) => {
                tracing::error!(%error, "the store did not answer");
                store(&error)
            }
        }
    }
}

fn invalid(violations: Vec<FieldViolation>) -> Status {
    let broken: Vec<String> = violations
        .iter()
        .map(|v| format!("{} {}", v.field, v.description))
        .collect();
    let mut details = info("FIELD_INVALID");
    details.set_bad_request(violations);
    Status::with_error_details(Code::InvalidArgument, broken.join("; "), details)
}

fn store(error: &StoreError) -> Status {
    match error {
        StoreError::Busy(_) => {
            let mut details = info("STORE_BUSY");
            details.set_retry_info(Some(RETRY_AFTER));
            let message = "the bookings are busy; try again in a moment";
            Status::with_error_details(Code::Unavailable, message, details)
        }
        StoreError::Corrupt(_) => status(
            Code::DataLoss,
            "STORE_DAMAGED",
            "the bookings are damaged; tell the operator of the booking server, whose log has the \
             cause",
        ),
        StoreError::Gone | StoreError::Unreadable(_) => status(
            Code::Internal,
            "STORE_UNREADABLE",
            "the bookings cannot be read; tell the operator of the booking server, whose log has \
             the cause",
        ),
    }
}

fn status(code: Code, reason: &str, message: &str) -> Status {
    Status::with_error_details(code, message, info(reason))
}

fn info(reason: &str) -> ErrorDetails {
    ErrorDetails::with_error_info(reason, ERROR_DOMAIN, [])
}

/// A code by the name that gRPC's documents give it.
pub(super) const fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
