//! What a person is told about each kind of refusal: headline, cause, remedy, HTTP status.
//!
//! The reader schedules operations and is no engineer: the words say whether it is their typing,
//! a matter of waiting, or a matter for whoever runs the machines.

use axum::http::StatusCode;

use crate::backend::{Refusal, RefusalKind};

/// A refusal, for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) status: StatusCode,
    pub(crate) headline: &'static str,
    pub(crate) cause: &'static str,
    pub(crate) remedy: &'static str,
}

impl Refusal {
    /// What a person is told.
    pub(crate) fn words(&self) -> Words {
        Words::of(self.kind)
    }

    /// Whether the person lacks a right.
    pub(crate) fn is_of_permission(&self) -> bool {
        self.kind == RefusalKind::PermissionMissing
    }
}

impl Words {
    /// The one table from kinds of refusals to words, in three parts by where things went wrong.
    pub(crate) fn of(kind: RefusalKind) -> Self {
        match kind {
            RefusalKind::HandshakerUnreachable
            | RefusalKind::NoCredential
            | RefusalKind::HandshakerFailed
            | RefusalKind::NotOnGce => Self::about_this_machine(kind),
            RefusalKind::RefusedByPeer
            | RefusalKind::WrongIdentity
            | RefusalKind::Incompatible
            | RefusalKind::Unproven
            | RefusalKind::BackendUnreachable
            | RefusalKind::TimedOut => Self::about_the_connection(kind),
            RefusalKind::PermissionMissing | RefusalKind::AgainstTheRules | RefusalKind::Stale => {
                Self::about_the_request(kind)
            }
            RefusalKind::NotAllowed
            | RefusalKind::Busy
            | RefusalKind::NotFound
            | RefusalKind::InvalidInput
            | RefusalKind::Failed => Self::about_the_answer(kind),
        }
    }

    /// This front end could not prove who it is.
    fn about_this_machine(kind: RefusalKind) -> Self {
        match kind {
            RefusalKind::HandshakerUnreachable => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                headline: "This front end cannot prove who it is",
                cause: "The handshaker of this machine, which holds its identity, does not \
                        answer. Nothing was sent to the backend.",
                remedy: "Whoever runs this machine should start its handshaker, or correct the \
                         handshaker's address; then try again.",
            },
            RefusalKind::NoCredential => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                headline: "This front end has no valid identity",
                cause: "The handshaker of this machine has no credential for its service \
                        account: the account may be disabled. Nothing was sent to the backend.",
                remedy: "Whoever manages the service accounts should enable this machine's \
                         account; then try again.",
            },
            RefusalKind::NotOnGce => Self {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                headline: "This machine may not use ALTS",
                cause: "ALTS trusts only the handshaker of a Google Compute Engine machine, and \
                        this is none. Nothing was sent to the backend.",
                remedy: "Whoever runs this front end should move it to Compute Engine, or name a \
                         handshaker of their own and allow it.",
            },
            _ => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                headline: "This front end could not start a handshake",
                cause: "The handshaker of this machine answered, but refused to make a \
                        connection. Nothing was sent to the backend.",
                remedy: "Whoever runs this machine will find the reason in the handshaker's log.",
            },
        }
    }

    /// Nobody that could be trusted was at the other end, or not for long enough.
    fn about_the_connection(kind: RefusalKind) -> Self {
        match kind {
            RefusalKind::RefusedByPeer => Self {
                status: StatusCode::BAD_GATEWAY,
                headline: "The backend's side refused the handshake",
                cause: "The machine that runs the backend could not or would not prove its \
                        identity to us. Nothing was sent.",
                remedy: "Whoever runs the backend should check that its service account is \
                         enabled, and read its handshaker's log.",
            },
            RefusalKind::WrongIdentity => Self {
                status: StatusCode::BAD_GATEWAY,
                headline: "Somebody else answered",
                cause: "Whoever is at the backend's address proved to be a service account that \
                        is not expected there. Nothing was sent.",
                remedy: "Before trying again, whoever runs this front end should check the \
                         backend's address and the account expected of it.",
            },
            RefusalKind::Incompatible => Self {
                status: StatusCode::BAD_GATEWAY,
                headline: "The backend speaks another version",
                cause: "This front end and the backend have no common version of the secure \
                        protocol. Nothing was sent.",
                remedy: "Whoever runs them should bring both to the same release.",
            },
            RefusalKind::Unproven => Self {
                status: StatusCode::BAD_GATEWAY,
                headline: "The answer could not be trusted",
                cause: "An answer came damaged, or without proof of who gave it, and was thrown \
                        away.",
                remedy: "Try again. If it happens again, tell whoever runs the network: \
                         something may be interfering.",
            },
            RefusalKind::TimedOut => Self {
                status: StatusCode::GATEWAY_TIMEOUT,
                headline: "The backend did not answer in time",
                cause: "The call was given up after waiting as long as is allowed.",
                remedy: "Try again. If it lasts, tell whoever runs the backend.",
            },
            _ => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                headline: "The backend cannot be reached",
                cause: "Nobody answers at the backend's address, or the connection broke.",
                remedy: "Wait a minute and try again. If it lasts, tell whoever runs the \
                         backend.",
            },
        }
    }

    /// A proven backend understood, and will not do it.
    fn about_the_request(kind: RefusalKind) -> Self {
        match kind {
            RefusalKind::PermissionMissing => Self {
                status: StatusCode::FORBIDDEN,
                headline: "You may not do that",
                cause: "The backend knows who is asking, and the role it knows of does not allow \
                        this.",
                remedy: "Whoever manages roles in the backend's access file can give it.",
            },
            RefusalKind::Stale => Self {
                status: StatusCode::CONFLICT,
                headline: "Somebody else was faster",
                cause: "It has been changed since this page was made. Nothing of yours was saved \
                        over it.",
                remedy: "Look at what it is now, then decide again.",
            },
            _ => Self {
                status: StatusCode::CONFLICT,
                headline: "That cannot be done as it is",
                cause: "It would break a rule of the hospital, or comes at the wrong moment. \
                        Nothing was changed.",
                remedy: "Choose another place or time, or do first what has to come before.",
            },
        }
    }

    /// A proven backend answered, only not with a booking.
    fn about_the_answer(kind: RefusalKind) -> Self {
        match kind {
            RefusalKind::NotAllowed => Self {
                status: StatusCode::FORBIDDEN,
                headline: "The backend does not allow this front end",
                cause: "The backend proved who it is and knows who we are, but its policy does \
                        not let our service account ask for this.",
                remedy: "Whoever runs the backend should add this front end's account to those \
                         allowed.",
            },
            RefusalKind::NotFound => Self {
                status: StatusCode::NOT_FOUND,
                headline: "No such booking",
                cause: "There is no case of that patient with that doctor, or none that matches \
                        the description.",
                remedy: "Check both numbers, and try without a description.",
            },
            RefusalKind::InvalidInput => Self {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                headline: "The backend cannot read that",
                cause: "One of the entries is not in a form that the backend understands.",
                remedy: "Correct the entries and try again.",
            },
            RefusalKind::Busy => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                headline: "The backend is busy",
                cause: "It has more to do than it can, and turned this call away.",
                remedy: "Wait a minute and try again.",
            },
            _ => Self {
                status: StatusCode::BAD_GATEWAY,
                headline: "The backend failed",
                cause: "The backend could not do what was asked because of a fault of its own.",
                remedy: "Try again. If it lasts, tell whoever runs the backend.",
            },
        }
    }
}
