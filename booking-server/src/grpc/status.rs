//! The one table from what goes wrong here to what a caller is told. Which status comes with which
//! reason is the contract's to say: [`reason`].
//!
//! Double booking is not `ABORTED` and not `ALREADY_EXISTS`: to try again does not help, and what
//! retries by itself must not. A caller is told what it can act upon; what only an operator can act
//! upon is logged, once, here. Messages quote nothing from the request but names of resources and of
//! reasons: they end up in logs. They, and lists of violations, are cut to what headers hold
//! ([`header_limits`]).

use std::time::Duration;

use booking_domain::{BrokenRule, Command, TransitionError};
use booking_proto::contract::reason::{self, ERROR_DOMAIN, ErrorReason};
use booking_store::StoreError;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt as _};

use super::{convert::words::name_of, header_limits};
use crate::{
    access::Denied,
    app::Refusal,
    names::{etag, name, subject_name},
};

/// How long a caller should wait for a busy store: it has already waited for its turn once.
const RETRY_AFTER: Duration = Duration::from_secs(1);

const STALE: &str = "has changed since it was read; read it again";

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Fields(fields) => invalid(fields),
            Refusal::RequestIdReused => refused(
                reason::REQUEST_ID_REUSED,
                "this request_id was used for another request; use a new one",
            ),
            Refusal::Denied(denied) => permission_denied(denied),
            Refusal::NoSuchBooking => refused(
                reason::BOOKING_NOT_FOUND,
                "no case of this patient with this doctor, or none with this description",
            ),
            Refusal::NotFound(resource) => about(reason::NOT_FOUND, resource, "does not exist"),
            Refusal::Exists(resource) => about(reason::ALREADY_EXISTS, resource, "exists already"),
            Refusal::Stale { resource, current } => with(
                reason::ETAG_MISMATCH,
                &format!("{resource} {STALE}"),
                [("resource", resource), ("etag", etag(current))],
            ),
            Refusal::PlanStale => refused(
                reason::PLAN_STALE,
                "a case that this option touches has changed; plan again",
            ),
            Refusal::Rules(broken) => rules(&broken),
            Refusal::Transition(error) => transition(&error),
            Refusal::SessionHasCases(cases) => {
                let reason = reason::SESSION_HAS_CASES.name;
                let said = "is planned into the session; move it, or postpone it with the session";
                let violations = cases
                    .iter()
                    .map(|case| PreconditionViolation::new(reason, name(case), said));
                let message = format!("the session has {} cases in it", cases.len());
                precondition(reason, &[&message], violations.collect())
            }
            Refusal::SessionState(state) => with(
                reason::INVALID_STATE,
                &format!("the session is {state}"),
                [("state", state.to_owned())],
            ),
            Refusal::SessionOverlap => refused(
                reason::SESSION_OVERLAP,
                "another session stands in the theatre then",
            ),
            Refusal::WatchExpired => refused(
                reason::WATCH_TOKEN_EXPIRED,
                "changes have been missed; begin again without a token",
            ),
            Refusal::Unfinished => {
                Self::internal("the work on this call has failed; tell the operator")
            }
            Refusal::Store(error) => store(error),
        }
    }
}

/// What somebody is told who may not; the same whether or not there is anything.
pub(super) fn permission_denied(denied: Denied) -> Status {
    let permission = denied.0.to_string();
    with(
        reason::PERMISSION_MISSING,
        &format!("Permission '{permission}' denied on this resource (or it might not exist)"),
        [("permission", permission)],
    )
}

/// What somebody is told who watches too much already.
pub(super) fn too_many_watches(limit: usize) -> Status {
    refused(
        reason::TOO_MANY_WATCHES,
        &format!("{limit} watches of this caller are open; end one of them first"),
    )
}

/// What somebody is told whose request does not decode.
pub(super) fn malformed() -> Status {
    refused(
        reason::REQUEST_MALFORMED,
        "the request is no protobuf message of this method's type; build the client from this \
         service's .proto files",
    )
}

fn invalid(fields: Vec<(String, String)>) -> Status {
    let broken: Vec<String> = fields
        .iter()
        .map(|(field, why)| format!("{field} {why}"))
        .collect();
    let mut details = info(reason::FIELD_INVALID.name, []);
    let violations = fields.into_iter();
    let violations = violations.map(|(field, why)| FieldViolation::new(field, why));
    let bytes = |it: &FieldViolation| it.field.len() + it.description.len();
    let rest = |rest| FieldViolation::new("", rest);
    details.set_bad_request(header_limits::violations(violations.collect(), bytes, rest));
    let message = header_limits::message(&broken);
    Status::with_error_details(Code::InvalidArgument, message, details)
}

fn rules(broken: &[BrokenRule]) -> Status {
    let reason = broken.first().map_or("RULE_BROKEN", |first| first.reason);
    let said: Vec<&str> = broken.iter().map(|it| it.description.as_str()).collect();
    let violations = broken.iter().map(|it| {
        let subject = subject_name(&it.subject);
        PreconditionViolation::new(it.rule.as_str(), subject, it.description.as_str())
    });
    precondition(reason, &said, violations.collect())
}

fn transition(error: &TransitionError) -> Status {
    let said = error.to_string();
    let field = |field: &str| invalid(vec![(field.to_owned(), format!("is not possible: {said}"))]);
    let reason = match error {
        TransitionError::InvalidState { state, allowed, .. } => {
            let allowed: Vec<_> = allowed.iter().copied().map(Command::as_str).collect();
            let metadata = [
                ("state", name_of(*state).to_owned()),
                ("allowed", allowed.join(", ")),
            ];
            return with(reason::INVALID_STATE, &said, metadata);
        }
        TransitionError::Rules(broken) => return rules(broken),
        TransitionError::UnknownReason(_) => return field("reason"),
        TransitionError::InFuture(_) => return field("time"),
        TransitionError::TheatreOccupied(case) => {
            let reason = reason::THEATRE_OCCUPIED.name;
            let violation = PreconditionViolation::new(reason, name(case), &said);
            return precondition(reason, &[&said], vec![violation]);
        }
        TransitionError::AlreadyRecorded { .. } => reason::MILESTONE_RECORDED,
        TransitionError::OutOfOrder(_) => reason::MILESTONES_OUT_OF_ORDER,
        TransitionError::MilestoneContradictsState { .. } => reason::MILESTONE_CONTRADICTS_STATE,
        TransitionError::FieldFixed { .. } => reason::FIELD_FIXED,
        _ => {
            tracing::error!(%error, "a transition was asked for in a way that cannot be answered");
            reason::INVALID_STATE
        }
    };
    refused(reason, &said)
}

fn store(error: StoreError) -> Status {
    match error {
        StoreError::Exists(resource) => {
            return about(reason::ALREADY_EXISTS, resource, "exists already");
        }
        StoreError::InUse(resource) => {
            return about(reason::IN_USE, resource, "is in use; retire it instead");
        }
        StoreError::Stale(resource) => return about(reason::ETAG_MISMATCH, resource, STALE),
        StoreError::Dangling(what) => {
            let message = format!("something that is referred to does not exist: {what}");
            return refused(reason::REFERENCE_MISSING, &message);
        }
        // The rules are asked first and name what is in the way: this is the net behind them.
        StoreError::Overlap => {
            let message = "a theatre, somebody of the team, the patient or equipment is taken then";
            return refused(reason::DOUBLE_BOOKED, message);
        }
        _ => {}
    }
    tracing::error!(%error, "the store did not answer");
    let (reason, message) = match error {
        StoreError::Busy(_) | StoreError::Closed => {
            let mut details = info(reason::STORE_BUSY.name, []);
            details.set_retry_info(Some(RETRY_AFTER));
            let message = "the bookings are busy; try again in a moment";
            return Status::with_error_details(reason::STORE_BUSY.code, message, details);
        }
        StoreError::Unknown => (
            reason::OUTCOME_UNKNOWN,
            "it may have happened: the bookings could not be asked; look before you ask again, or \
             ask again with the same request_id",
        ),
        StoreError::Corrupt(_) => (
            reason::STORE_DAMAGED,
            "the bookings are damaged; tell the operator of the booking server, whose log has the \
             cause",
        ),
        _ => (
            reason::STORE_UNREADABLE,
            "the bookings cannot be read; tell the operator of the booking server, whose log has \
             the cause",
        ),
    };
    refused(reason, message)
}

fn refused(reason: ErrorReason, message: &str) -> Status {
    with(reason, message, [])
}

/// What is so of a resource.
fn about(reason: ErrorReason, resource: String, what: &str) -> Status {
    with(
        reason,
        &format!("{resource} {what}"),
        [("resource", resource)],
    )
}

fn with<const N: usize>(
    reason: ErrorReason,
    message: &str,
    metadata: [(&str, String); N],
) -> Status {
    let message = header_limits::message(&[message]);
    Status::with_error_details(reason.code, message, info(reason.name, metadata))
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
    details.set_precondition_failure(header_limits::violations(violations, bytes, rest));
    let message = header_limits::message(sentences);
    Status::with_error_details(Code::FailedPrecondition, message, details)
}

fn info<const N: usize>(reason: &str, metadata: [(&str, String); N]) -> ErrorDetails {
    let metadata = metadata.map(|(key, value)| (key.to_owned(), value));
    ErrorDetails::with_error_info(reason, ERROR_DOMAIN, metadata)
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
