//! The seam to the booking service: what is asked, what comes back, and who proved to say so.
//!
//! Plain data, without gRPC and without HTTP: `alts.rs` translates one way, `pages` the other, and
//! tests put a fake in between.

pub mod alts;
mod observed;
mod refusal;

#[cfg(test)]
pub(crate) mod fake;

use std::{fmt, future::Future, pin::Pin, time::Duration};

use jiff::Timestamp;

pub use self::refusal::{Refusal, RefusalKind};

/// Answers look-ups.
pub trait Backend: Send + Sync + 'static {
    /// Looks a booking up, within `timeout`. Never fails otherwise than by a [`Refusal`].
    fn look_up(&self, lookup: Lookup, timeout: Duration) -> Pending<'_>;
}

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

/// How a look-up ended. A booking cannot be had without knowing who vouches for it.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Somebody we expect proved to be at the other end, and gave a booking or refused to.
    Proven {
        /// Who.
        peer: Verified,
        /// What they said.
        outcome: Result<Booking, Refusal>,
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
}
