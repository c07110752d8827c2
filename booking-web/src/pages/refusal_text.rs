//! What a person is told about each kind of refusal: headline, cause, remedy, HTTP status.
//!
//! The reader schedules operations and is no engineer: the words say whether it is their typing,
//! a matter of waiting, or a matter for whoever runs the machines.

use axum::http::StatusCode;

use crate::backend::{Refusal, RefusalKind};

/// A refusal, for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RefusalText {
    pub(crate) status: StatusCode,
    pub(crate) headline: &'static str,
    pub(crate) cause: &'static str,
    pub(crate) remedy: &'static str,
}

impl Refusal {
    /// What a person is told.
    pub(crate) fn text(&self) -> RefusalText {
        RefusalText::of(self.kind)
    }

    /// Whether the person lacks a right.
    pub(crate) fn is_of_permission(&self) -> bool {
        self.kind == RefusalKind::PermissionMissing
    }
}

impl RefusalText {
    /// The one table from kinds of refusals to words, by where things went wrong.
    pub(crate) fn of(kind: RefusalKind) -> Self {
        use RefusalKind::*;
        let (status, headline, cause, remedy) = match kind {
            // This front end could not prove who it is.
            HandshakerUnreachable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "This front end cannot prove who it is",
                "The handshaker of this machine, which holds its identity, does not answer. Nothing \
             was sent to the backend.",
                "Whoever runs this machine should start its handshaker, or correct the handshaker's \
             address; then try again.",
            ),
            NoCredential => (
                StatusCode::SERVICE_UNAVAILABLE,
                "This front end has no valid identity",
                "The handshaker of this machine has no credential for its service account: the account \
             may be disabled. Nothing was sent to the backend.",
                "Whoever manages the service accounts should enable this machine's account; then try \
             again.",
            ),
            NotOnGce => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "This machine may not use ALTS",
                "ALTS trusts only the handshaker of a Google Compute Engine machine, and this is none. \
             Nothing was sent to the backend.",
                "Whoever runs this front end should move it to Compute Engine, or name a handshaker of \
             their own and allow it.",
            ),
            HandshakerFailed => (
                StatusCode::SERVICE_UNAVAILABLE,
                "This front end could not start a handshake",
                "The handshaker of this machine answered, but refused to make a connection. Nothing \
             was sent to the backend.",
                "Whoever runs this machine will find the reason in the handshaker's log.",
            ),
            // Nobody that could be trusted was at the other end, or not for long enough.
            RefusedByPeer => (
                StatusCode::BAD_GATEWAY,
                "The backend's side refused the handshake",
                "The machine that runs the backend could not or would not prove its identity to us. \
             Nothing was sent.",
                "Whoever runs the backend should check that its service account is enabled, and read \
             its handshaker's log.",
            ),
            WrongIdentity => (
                StatusCode::BAD_GATEWAY,
                "Somebody else answered",
                "Whoever is at the backend's address proved to be a service account that is not \
             expected there. Nothing was sent.",
                "Before trying again, whoever runs this front end should check the backend's address \
             and the account expected of it.",
            ),
            Incompatible => (
                StatusCode::BAD_GATEWAY,
                "The backend speaks another version",
                "This front end and the backend have no common version of the secure protocol. Nothing \
             was sent.",
                "Whoever runs them should bring both to the same release.",
            ),
            Unproven => (
                StatusCode::BAD_GATEWAY,
                "The answer could not be trusted",
                "An answer came damaged, or without proof of who gave it, and was thrown away.",
                "Try again. If it happens again, tell whoever runs the network: something may be \
             interfering.",
            ),
            TimedOut => (
                StatusCode::GATEWAY_TIMEOUT,
                "The backend did not answer in time",
                "The call was given up after waiting as long as is allowed.",
                "Try again. If it lasts, tell whoever runs the backend.",
            ),
            BackendUnreachable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The backend cannot be reached",
                "Nobody answers at the backend's address, or the connection broke.",
                "Wait a minute and try again. If it lasts, tell whoever runs the backend.",
            ),
            // A proven backend understood, and will not do it.
            PermissionMissing => (
                StatusCode::FORBIDDEN,
                "You may not do that",
                "The backend knows who is asking, and the role it knows of does not allow this.",
                "Whoever manages roles in the backend's access file can give it.",
            ),
            Stale => (
                StatusCode::CONFLICT,
                "Somebody else was faster",
                "It has been changed since this page was made. Nothing of yours was saved over it.",
                "Look at what it is now, then decide again.",
            ),
            AgainstTheRules => (
                StatusCode::CONFLICT,
                "That cannot be done as it is",
                "It would break a rule of the hospital, or comes at the wrong moment. Nothing was \
             changed.",
                "Choose another place or time, or do first what has to come before.",
            ),
            // A proven backend answered, only not with a booking.
            NotAllowed => (
                StatusCode::FORBIDDEN,
                "The backend does not allow this front end",
                "The backend proved who it is and knows who we are, but its policy does not let our \
             service account ask for this.",
                "Whoever runs the backend should add this front end's account to those allowed.",
            ),
            NotFound => (
                StatusCode::NOT_FOUND,
                "No such booking",
                "There is no case of that patient with that doctor, or none that matches the \
             description.",
                "Check both numbers, and try without a description.",
            ),
            InvalidInput => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "The backend cannot read that",
                "One of the entries is not in a form that the backend understands.",
                "Correct the entries and try again.",
            ),
            Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The backend is busy",
                "It has more to do than it can, and turned this call away.",
                "Wait a minute and try again.",
            ),
            Failed => (
                StatusCode::BAD_GATEWAY,
                "The backend failed",
                "The backend could not do what was asked because of a fault of its own.",
                "Try again. If it lasts, tell whoever runs the backend.",
            ),
        };
        Self {
            status,
            headline,
            cause,
            remedy,
        }
    }
}
