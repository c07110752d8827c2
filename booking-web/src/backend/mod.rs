//! The seam to the booking service: what is asked, what comes back, and who proved to say so.
//!
//! Plain data, without gRPC and without HTTP: `alts.rs` translates one way, `pages` the other, and
//! tests put a fake in between.

mod access;
pub mod alts;
mod details;
mod observed;
mod ot;
mod refusal;

#[cfg(test)]
pub(crate) mod fake;

use std::{fmt, future::Future, pin::Pin, time::Duration};

use axum::http::{Request, Response};
use jiff::Timestamp;
use tonic::{Status, body::Body};
use tower::util::BoxCloneSyncService;

pub(crate) use self::{
    access::{Access, AccessBook},
    observed::PeerSlot,
    ot::{Desk, watch},
};
pub use self::{
    details::{BrokenRule, FieldError},
    refusal::{Refusal, RefusalKind},
};

/// Answers the article's look-up, and carries everything else.
pub trait Backend: Send + Sync + 'static {
    /// Looks a booking up, within `timeout`. Never fails otherwise than by a [`Refusal`].
    ///
    /// On behalf of `person` where one has signed in; without, it is the article's call word for
    /// word, and what this front end's account may counts alone.
    fn look_up(&self, lookup: Lookup, person: Option<String>, timeout: Duration) -> Pending<'_>;

    /// The connection, for the calls of package `ot.v1`. A handle: all share one channel.
    fn wire(&self) -> Wire;

    /// Leaves the connection behind and makes a new one when next asked, as a program does that
    /// was started again: also towards the handshaker, which asks for a new credential.
    fn reconnect(&self) {}
}

/// Carries one gRPC call, and notes in the request's peer slot who answered.
pub type Wire = BoxCloneSyncService<Request<Body>, Response<Body>, Status>;

/// A [`Reply`] to come.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

/// When is this patient booked with this doctor?
#[derive(Clone, PartialEq, Eq)]
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
}
