//! Why a look-up found nothing to show: kinds that a person can act on, and the one table from
//! transport errors and gRPC statuses to them.

use std::time::Duration;

use booking_proto::contract::{
    permission::Permission,
    reason::{self, ETAG_MISMATCH, ErrorReason, PERMISSION_MISSING, PLAN_STALE},
};
use tonic::{Code, Status};

use super::details::{BrokenRule, FieldError, details};

/// What stood in the way, as far as it makes a difference to what a person should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// This machine's handshaker does not answer.
    HandshakerUnreachable,
    /// The handshaker answers but has no credential for us; our account may be disabled.
    NoCredential,
    /// The handshaker refused, or does not keep to its own rules.
    HandshakerFailed,
    /// The backend's side aborted the handshake, or its proof did not verify.
    RefusedByPeer,
    /// Somebody proved an identity, but not one that we expect.
    WrongIdentity,
    /// The two sides have no common version of the protocol.
    Incompatible,
    /// An answer came without proof of who gave it, or damaged on the way.
    Unproven,
    /// The backend's policy does not allow our account.
    NotAllowed,
    /// The backend knows us and the person, and neither may do this.
    PermissionMissing,
    /// What was asked for breaks the hospital's rules, or comes in the wrong state.
    AgainstTheRules,
    /// Somebody else changed it in between.
    Stale,
    /// ALTS refuses to run on this machine.
    NotOnGce,
    /// Nobody answers at the backend's address, or not for long enough.
    BackendUnreachable,
    /// No answer in time.
    TimedOut,
    /// The backend turns calls away for now.
    Busy,
    /// No such booking.
    NotFound,
    /// The backend cannot make sense of what was asked.
    InvalidInput,
    /// Anything else: a fault of the backend or of this front end.
    Failed,
}

/// A look-up that ended without a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Decides what a person is told.
    pub kind: RefusalKind,
    /// The gRPC status, for engineers.
    pub code: Code,
    /// What happened, for engineers: words of the transport or of the backend.
    pub detail: String,
    /// Whether `detail` is the transport's and so free of patient data, fit for the log.
    pub loggable: bool,
    /// The backend's word for programs, such as `THEATRE_DOUBLE_BOOKED`; empty for none.
    pub reason: String,
    /// Every rule that was broken.
    pub broken_rules: Vec<BrokenRule>,
    /// Every field that was wrong.
    pub fields: Vec<FieldError>,
}

impl RefusalKind {
    /// Whether the connection must not be called secure, although a peer was proven: that peer
    /// turns us away, or what came over the connection was damaged.
    pub(crate) fn taints_proven_peer(self) -> bool {
        matches!(self, Self::NotAllowed | Self::Unproven)
    }
}

impl Refusal {
    /// No answer within `timeout`.
    pub fn timed_out(timeout: Duration) -> Self {
        let detail = format!("no answer within {timeout:?}");
        Self::loggable(RefusalKind::TimedOut, Code::DeadlineExceeded, detail)
    }

    /// An answer that nobody proved to have given.
    pub(super) fn unproven() -> Self {
        let detail = "the answer carries no verified identity, so it was thrown away";
        Self::loggable(RefusalKind::Unproven, Code::Internal, detail)
    }

    /// An answer that is not what the contract says.
    pub(crate) fn not_understood() -> Self {
        let detail = "the answer is not what the contract says; is the backend of another release?";
        Self::loggable(RefusalKind::Failed, Code::Internal, detail)
    }

    /// Something in a form of ours that need not be sent: the backend would refuse it too.
    pub(crate) fn of_form(field: &str, description: String) -> Self {
        let field = field.to_owned();
        Self {
            loggable: false,
            fields: vec![FieldError { field, description }],
            ..Self::loggable(RefusalKind::InvalidInput, Code::InvalidArgument, "")
        }
    }

    /// A right without which the backend would refuse, so that it need not be asked.
    pub(crate) fn right_missing(right: Permission) -> Self {
        let detail = format!("permission {right} denied");
        Self::loggable(
            RefusalKind::PermissionMissing,
            Code::PermissionDenied,
            detail,
        )
    }

    /// A failure whose words are the transport's or our own.
    fn loggable(kind: RefusalKind, code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            detail: detail.into(),
            loggable: true,
            reason: String::new(),
            broken_rules: Vec::new(),
            fields: Vec::new(),
        }
    }

    /// The status's name as gRPC spells it: `PERMISSION_DENIED`.
    pub fn code_name(&self) -> &'static str {
        reason::code_name(self.code)
    }

    /// What happened, as far as a log may know: the backend's words may name a patient.
    pub(crate) fn cause(&self) -> &str {
        match self.loggable {
            true => &self.detail,
            false => "in the backend's own words",
        }
    }

    /// Whether it says no more than that nobody could be reached, which needs no proof.
    pub(super) fn is_of_transport(&self) -> bool {
        self.loggable || self.kind == RefusalKind::BackendUnreachable
    }
}

impl From<&Status> for Refusal {
    /// What ended a call: a failure of the secured transport, or the backend's own words.
    fn from(status: &Status) -> Self {
        if let Some(error) = alts::Error::from_status(status) {
            return Self::loggable(kind_of_error(error), error.code(), error.to_string());
        }
        let (reason, broken_rules, fields) = details(status);
        Self {
            kind: kind_of_answer(status.code(), &reason),
            code: status.code(),
            detail: status.message().to_owned(),
            loggable: false,
            reason,
            broken_rules,
            fields,
        }
    }
}

/// The kind of a failure of the secured transport.
fn kind_of_error(error: &alts::Error) -> RefusalKind {
    use alts::Error as E;
    match error {
        E::NotOnGce => RefusalKind::NotOnGce,
        E::HandshakerUnreachable { .. } => RefusalKind::HandshakerUnreachable,
        E::NoCredential { .. } => RefusalKind::NoCredential,
        E::HandshakerRefused { .. } | E::HandshakerMisbehaved(_) => RefusalKind::HandshakerFailed,
        E::Refused { .. } => RefusalKind::RefusedByPeer,
        E::NotATarget { .. } => RefusalKind::WrongIdentity,
        E::Incompatible { .. } => RefusalKind::Incompatible,
        E::Record(_) => RefusalKind::Unproven,
        E::PeerUnreachable { .. } | E::PeerClosed { .. } | E::PeerIo { .. } => {
            RefusalKind::BackendUnreachable
        }
        E::TimedOut { .. } => RefusalKind::TimedOut,
        E::BackingOff { last, .. } => kind_of_error(last),
        _ => RefusalKind::Failed,
    }
}

/// The kind of a status that the backend gave, with its word for programs or none, or that tonic gave
/// for want of a backend.
fn kind_of_answer(code: Code, reason: &str) -> RefusalKind {
    let is = |known: ErrorReason| (code, reason) == (known.code, known.name);
    match code {
        _ if is(PERMISSION_MISSING) => RefusalKind::PermissionMissing,
        _ if is(ETAG_MISMATCH) || is(PLAN_STALE) => RefusalKind::Stale,
        Code::PermissionDenied | Code::Unauthenticated => RefusalKind::NotAllowed,
        Code::FailedPrecondition => RefusalKind::AgainstTheRules,
        Code::NotFound => RefusalKind::NotFound,
        Code::InvalidArgument | Code::OutOfRange => RefusalKind::InvalidInput,
        Code::Unavailable | Code::Cancelled | Code::Aborted => RefusalKind::BackendUnreachable,
        Code::DeadlineExceeded => RefusalKind::TimedOut,
        Code::ResourceExhausted => RefusalKind::Busy,
        _ => RefusalKind::Failed,
    }
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod tests;
