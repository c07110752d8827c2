//! The one table from what goes wrong here to what a caller is told.
//!
//! | what | code | `ErrorInfo.reason` | more |
//! |---|---|---|---|
//! | a field is missing, not well-formed, or names what is not there | `INVALID_ARGUMENT` | `FIELD_INVALID` | `BadRequest`, every field at once |
//! | no protobuf message of the method's type | `INVALID_ARGUMENT` | `REQUEST_MALFORMED` | |
//! | a request id that was used for another request | `INVALID_ARGUMENT` | `REQUEST_ID_REUSED` | |
//! | not allowed | `PERMISSION_DENIED` | `PERMISSION_MISSING` | metadata `permission` |
//! | no such thing | `NOT_FOUND` | `NOT_FOUND`, `BOOKING_NOT_FOUND` | metadata `resource` |
//! | there already | `ALREADY_EXISTS` | `ALREADY_EXISTS` | metadata `resource` |
//! | a stale etag | `ABORTED` | `ETAG_MISMATCH` | metadata `etag`: what it is now |
//! | an emergency option that was overtaken | `ABORTED` | `PLAN_STALE` | |
//! | rules R1–R12 | `FAILED_PRECONDITION` | the first one's, such as `THEATRE_DOUBLE_BOOKED` | `PreconditionFailure`, every rule at once |
//! | the wrong state | `FAILED_PRECONDITION` | `INVALID_STATE` | metadata `state`, `allowed` |
//! | milestones | `FAILED_PRECONDITION` | `THEATRE_OCCUPIED`, `MILESTONE_…`, `MILESTONES_OUT_OF_ORDER` | |
//! | a field that the case's state has fixed | `FAILED_PRECONDITION` | `FIELD_FIXED` | |
//! | sessions | `FAILED_PRECONDITION` | `SESSION_OVERLAP`, `SESSION_HAS_CASES` | `PreconditionFailure`, every case |
//! | deleting what is used | `FAILED_PRECONDITION` | `IN_USE` | |
//! | the database's own net: an overlap, something referred to that is not there | `FAILED_PRECONDITION` | `DOUBLE_BOOKED`, `REFERENCE_MISSING` | |
//! | a watch token that is too old | `OUT_OF_RANGE` | `WATCH_TOKEN_EXPIRED` | |
//! | as many watches as a caller may have | `RESOURCE_EXHAUSTED` | `TOO_MANY_WATCHES` | |
//! | the store is busy, or closing | `UNAVAILABLE` | `STORE_BUSY` | `RetryInfo` |
//! | whether it happened is not known | `INTERNAL` | `OUTCOME_UNKNOWN` | |
//! | the store is damaged | `DATA_LOSS` | `STORE_DAMAGED` | |
//! | the store cannot be read | `INTERNAL` | `STORE_UNREADABLE` | |
//!
//! Double booking is not `ABORTED` and not `ALREADY_EXISTS`: to try again does not help, and what
//! retries by itself must not. Details follow AIP-193 (google.aip.dev/193). A caller is told what
//! it can act upon; what only an operator can act upon is logged, once, here. Messages quote
//! nothing from the request but names of resources and of reasons: they end up in logs. They, and
//! lists of violations, are cut to what headers hold ([`brevity`]).

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt as _};

use super::{brevity, convert::words::name_of};
use crate::{
    access::Denied,
    app::Refusal,
    domain::{BrokenRule, Command, RuleSubject, TransitionError},
    names::{etag, name},
    store::StoreError,
};

/// Who gives the reasons their meaning (`ErrorInfo.domain`).
pub(super) const ERROR_DOMAIN: &str = "otbooking";

/// How long a caller should wait for a busy store: it has already waited for its turn once.
const RETRY_AFTER: Duration = Duration::from_secs(1);

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Fields(fields) => invalid(fields),
            Refusal::RequestIdReused => failure(
                Code::InvalidArgument,
                "REQUEST_ID_REUSED",
                "this request_id was used for another request; use a new one",
            ),
            Refusal::Denied(denied) => permission_denied(denied),
            Refusal::NoSuchBooking => failure(
                Code::NotFound,
                "BOOKING_NOT_FOUND",
                "no case of this patient with this doctor, or none with this description",
            ),
            Refusal::NotFound(resource) => about(
                Code::NotFound,
                "NOT_FOUND",
                &format!("{resource} does not exist"),
                [("resource", resource)],
            ),
            Refusal::Exists(resource) => exists(resource),
            Refusal::Stale { resource, current } => about(
                Code::Aborted,
                "ETAG_MISMATCH",
                &format!("{resource} has changed since it was read; read it again"),
                [("resource", resource), ("etag", etag(current))],
            ),
            Refusal::PlanStale => failure(
                Code::Aborted,
                "PLAN_STALE",
                "a case that this option touches has changed; plan again",
            ),
            Refusal::Rules(broken) => rules(&broken),
            Refusal::Transition(error) => transition(&error),
            Refusal::SessionHasCases(cases) => {
                let violation = |case| {
                    let said =
                        "is planned into the session; move it, or postpone it with the session";
                    PreconditionViolation::new("SESSION_HAS_CASES", name(case), said)
                };
                let violations: Vec<_> = cases.iter().map(violation).collect();
                let message = format!("the session has {} cases in it", violations.len());
                precondition("SESSION_HAS_CASES", &[&message], violations)
            }
            Refusal::SessionState(state) => about(
                Code::FailedPrecondition,
                "INVALID_STATE",
                &format!("the session is {state}"),
                [("state", state.to_owned())],
            ),
            Refusal::SessionOverlap => failure(
                Code::FailedPrecondition,
                "SESSION_OVERLAP",
                "another session stands in the theatre then",
            ),
            Refusal::WatchExpired => failure(
                Code::OutOfRange,
                "WATCH_TOKEN_EXPIRED",
                "changes have been missed; begin again without a token",
            ),
            Refusal::Store(error) => store(&error),
        }
    }
}

/// What somebody is told who may not; the same whether or not there is anything.
pub(super) fn permission_denied(denied: Denied) -> Status {
    let permission = denied.0.to_string();
    about(
        Code::PermissionDenied,
        "PERMISSION_MISSING",
        &format!("Permission '{permission}' denied on this resource (or it might not exist)"),
        [("permission", permission)],
    )
}

/// What somebody is told who watches too much already.
pub(super) fn too_many_watches(limit: usize) -> Status {
    failure(
        Code::ResourceExhausted,
        "TOO_MANY_WATCHES",
        &format!("{limit} watches of this caller are open; end one of them first"),
    )
}

/// What somebody is told whose request does not decode.
pub(super) fn malformed() -> Status {
    failure(
        Code::InvalidArgument,
        "REQUEST_MALFORMED",
        "the request is no protobuf message of this method's type; build the client from this \
         service's .proto files",
    )
}

fn invalid(fields: Vec<(String, String)>) -> Status {
    let broken: Vec<String> = fields
        .iter()
        .map(|(field, why)| format!("{field} {why}"))
        .collect();
    let mut details = info("FIELD_INVALID", []);
    let violations = fields.into_iter();
    let violations = violations.map(|(field, why)| FieldViolation::new(field, why));
    let bytes = |it: &FieldViolation| it.field.len() + it.description.len();
    let rest = |rest| FieldViolation::new("", rest);
    details.set_bad_request(brevity::violations(violations.collect(), bytes, rest));
    let message = brevity::message(&broken);
    Status::with_error_details(Code::InvalidArgument, message, details)
}

fn exists(resource: String) -> Status {
    about(
        Code::AlreadyExists,
        "ALREADY_EXISTS",
        &format!("{resource} exists already"),
        [("resource", resource)],
    )
}

fn rules(broken: &[BrokenRule]) -> Status {
    let reason = broken.first().map_or("RULE_BROKEN", |first| first.reason);
    let said: Vec<&str> = broken.iter().map(|it| it.description.as_str()).collect();
    let violations = broken.iter().map(|it| {
        let subject = subject(&it.subject);
        PreconditionViolation::new(it.rule.as_str(), subject, it.description.as_str())
    });
    precondition(reason, &said, violations.collect())
}

/// What stands in the way, by name; empty for the case itself.
pub(super) fn subject(subject: &RuleSubject) -> String {
    match subject {
        RuleSubject::Case(id) => name(id),
        RuleSubject::Session(id) => name(id),
        RuleSubject::Theatre(id) => name(id),
        RuleSubject::Staff(id) => name(id),
        RuleSubject::Unit(id) => name(id),
        RuleSubject::ThisCase => String::new(),
    }
}

fn transition(error: &TransitionError) -> Status {
    let said = error.to_string();
    let failed = |reason| failure(Code::FailedPrecondition, reason, &said);
    let field = |field: &str| invalid(vec![(field.to_owned(), format!("is not possible: {said}"))]);
    match error {
        TransitionError::InvalidState { state, allowed, .. } => {
            let allowed: Vec<_> = allowed.iter().copied().map(Command::as_str).collect();
            about(
                Code::FailedPrecondition,
                "INVALID_STATE",
                &said,
                [
                    ("state", name_of(*state).to_owned()),
                    ("allowed", allowed.join(", ")),
                ],
            )
        }
        TransitionError::Rules(broken) => rules(broken),
        TransitionError::UnknownReason(_) => field("reason"),
        TransitionError::InFuture(_) => field("time"),
        TransitionError::TheatreOccupied(case) => precondition(
            "THEATRE_OCCUPIED",
            &[&said],
            vec![PreconditionViolation::new(
                "THEATRE_OCCUPIED",
                name(case),
                &said,
            )],
        ),
        TransitionError::AlreadyRecorded { .. } => failed("MILESTONE_RECORDED"),
        TransitionError::OutOfOrder(_) => failed("MILESTONES_OUT_OF_ORDER"),
        TransitionError::MilestoneContradictsState { .. } => failed("MILESTONE_CONTRADICTS_STATE"),
        TransitionError::FieldFixed { .. } => failed("FIELD_FIXED"),
        _ => {
            tracing::error!(%error, "a transition was asked for in a way that cannot be answered");
            failed("INVALID_STATE")
        }
    }
}

fn store(error: &StoreError) -> Status {
    match error {
        StoreError::Exists(resource) => return exists(resource.clone()),
        StoreError::InUse(resource) => {
            return about(
                Code::FailedPrecondition,
                "IN_USE",
                &format!("{resource} is in use; retire it instead"),
                [("resource", resource.clone())],
            );
        }
        StoreError::Stale(resource) => {
            return about(
                Code::Aborted,
                "ETAG_MISMATCH",
                &format!("{resource} has changed since it was read; read it again"),
                [("resource", resource.clone())],
            );
        }
        StoreError::Dangling(what) => {
            let message = format!("something that is referred to does not exist: {what}");
            return failure(Code::FailedPrecondition, "REFERENCE_MISSING", &message);
        }
        // The rules are asked first and name what is in the way: this is the net behind them.
        StoreError::Overlap => {
            let message = "a theatre, somebody of the team, the patient or equipment is taken then";
            return failure(Code::FailedPrecondition, "DOUBLE_BOOKED", message);
        }
        _ => {}
    }
    tracing::error!(%error, "the store did not answer");
    match error {
        StoreError::Busy(_) | StoreError::Closed => {
            let mut details = info("STORE_BUSY", []);
            details.set_retry_info(Some(RETRY_AFTER));
            let message = "the bookings are busy; try again in a moment";
            Status::with_error_details(Code::Unavailable, message, details)
        }
        StoreError::Unknown => failure(
            Code::Internal,
            "OUTCOME_UNKNOWN",
            "it may have happened: the bookings could not be asked; look before you ask again, or \
             ask again with the same request_id",
        ),
        StoreError::Corrupt(_) => failure(
            Code::DataLoss,
            "STORE_DAMAGED",
            "the bookings are damaged; tell the operator of the booking server, whose log has the \
             cause",
        ),
        _ => failure(
            Code::Internal,
            "STORE_UNREADABLE",
            "the bookings cannot be read; tell the operator of the booking server, whose log has \
             the cause",
        ),
    }
}

fn failure(code: Code, reason: &str, message: &str) -> Status {
    about(code, reason, message, [])
}

fn about<const N: usize>(
    code: Code,
    reason: &str,
    message: &str,
    metadata: [(&str, String); N],
) -> Status {
    let message = brevity::message(&[message]);
    Status::with_error_details(code, message, info(reason, metadata))
}

fn precondition<S: AsRef<str>>(
    reason: &str,
    sentences: &[S],
    violations: Vec<PreconditionViolation>,
) -> Status {
    let mut details = info(reason, []);
    let bytes =
        |it: &PreconditionViolation| it.r#type.len() + it.subject.len() + it.description.len();
    let rest = |rest| PreconditionViolation::new("", "", rest);
    details.set_precondition_failure(brevity::violations(violations, bytes, rest));
    let message = brevity::message(sentences);
    Status::with_error_details(Code::FailedPrecondition, message, details)
}

fn info<const N: usize>(reason: &str, metadata: [(&str, String); N]) -> ErrorDetails {
    let metadata = metadata.map(|(key, value)| (key.to_owned(), value));
    ErrorDetails::with_error_info(reason, ERROR_DOMAIN, metadata)
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
