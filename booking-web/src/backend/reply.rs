//! How a call ended, and who was proven to have answered it: plain data, without gRPC and HTTP.

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;

use super::refusal::Refusal;

/// When is this patient booked with this doctor? In a form, what is not there is empty.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Lookup {
    /// The hospital's number for the patient.
    pub patient: String,
    /// The doctor, in any surgical role.
    pub doctor: String,
    /// Keeps only cases whose procedure or condition contains it; empty keeps all.
    pub description: String,
}

/// Patient data stays out of logs, also when somebody logs the whole struct.
impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookup").finish_non_exhaustive()
    }
}

/// The backend's answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Booking {
    /// Civil time at the hospital, `dd-MMM-yyyy HH:mm`; empty while the case waits for a slot.
    pub date: String,
    /// What the operation is for.
    pub condition: String,
}

impl fmt::Debug for Booking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Booking").finish_non_exhaustive()
    }
}

/// How a call ended. An answer cannot be had without knowing who vouches for it.
#[derive(Clone, Debug)]
pub enum Reply<T = Booking> {
    /// Somebody we expect proved to be at the other end, and gave an answer or refused to.
    Proven {
        /// Who.
        peer: Verified,
        /// What they said.
        outcome: Result<T, Refusal>,
    },
    /// Nobody proved anything; this is why.
    Unproven(Refusal),
}

/// What the handshake of a connection proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The backend's service account.
    pub backend: String,
    /// The account this front end proved to the backend, if the handshaker says.
    pub ourselves: Option<String>,
    /// How records are sealed.
    pub record_protocol: String,
    /// What the sealing gives, by its `grpc.gcp.SecurityLevel` name.
    pub security_level: String,
    /// Oldest and newest ALTS RPC protocol version that the backend speaks.
    pub rpc_versions: (String, String),
    /// When the handshake finished.
    pub connected_at: Timestamp,
    /// Whether the session was resumed rather than proven in full, if the handshaker says.
    pub resumed: Option<bool>,
}

impl<T> Reply<T> {
    /// Believes what a proven peer says, and of an unproven one only that it could not be reached.
    pub(crate) fn conclude(peer: Option<Verified>, outcome: Result<T, Refusal>) -> Self {
        match (peer, outcome) {
            (Some(peer), outcome) => Self::Proven { peer, outcome },
            (None, Err(refusal)) if refusal.is_of_transport() => Self::Unproven(refusal),
            (None, _) => Self::Unproven(Refusal::unproven()),
        }
    }

    /// The answer, whoever gave it, or why there is none.
    pub(crate) fn into_outcome(self) -> Result<T, Refusal> {
        match self {
            Self::Proven { outcome, .. } => outcome,
            Self::Unproven(refusal) => Err(refusal),
        }
    }

    /// Who was proven to answer, if anybody was, and what was refused, if anything was.
    pub(crate) fn parts(&self) -> (Option<&Verified>, Option<&Refusal>) {
        match self {
            Self::Proven { peer, outcome } => (Some(peer), outcome.as_ref().err()),
            Self::Unproven(refusal) => (None, Some(refusal)),
        }
    }

    /// Without the answer: who was proven, or why nobody was.
    pub(super) fn bare(&self) -> Reply<()> {
        match self {
            Self::Proven { peer, outcome } => Reply::Proven {
                peer: peer.clone(),
                outcome: outcome.as_ref().map(drop).map_err(Clone::clone),
            },
            Self::Unproven(refusal) => Reply::Unproven(refusal.clone()),
        }
    }

    /// Why the connection must not be called secure, if it must not.
    pub(crate) fn taint(&self) -> Option<&Refusal> {
        let (peer, refusal) = self.parts();
        refusal.filter(|refusal| peer.is_none() || refusal.kind.taints_proven_peer())
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
