//! What a handshaker says about each handshake. Names and causes; never a key, never a peer's
//! bytes.

use std::{sync::Arc, time::Duration};

use crate::{
    handshake::{MachineName, VerifiedPeer},
    session::{Failure, Side},
};

/// How a call of `DoHandshake` ended.
pub(crate) enum Outcome {
    /// With a result.
    Established(Arc<VerifiedPeer>),
    /// With a status.
    Failed(Failure),
    /// The library reset the call, or its connection is gone.
    Cancelled,
    /// The library ended its half of the call too early.
    Abandoned,
    /// Nobody ended it within this time.
    TimedOut(Duration),
}

impl Outcome {
    /// For logs: how it ended, and why if it did not succeed.
    fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Established(_) => ("established", ""),
            Self::Failed(failure) => ("failed", &failure.details),
            Self::Cancelled => ("cancelled", "the library cancelled the call"),
            Self::Abandoned => ("abandoned", "the library half-closed the call early"),
            Self::TimedOut(_) => ("timed out", "it took too long"),
        }
    }
}

/// One line per handshake.
pub(crate) fn log_rpc(
    machine: &MachineName,
    side: Option<Side>,
    outcome: &Outcome,
    duration: Duration,
) {
    let machine = machine.as_ref();
    let side = side.map_or("none", Side::as_str);
    let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let (word, cause) = outcome.words();
    match outcome {
        Outcome::Established(peer) => {
            let peer = peer.account.as_str();
            tracing::info!(
                machine,
                side,
                peer,
                outcome = word,
                duration_ms,
                "handshake finished"
            );
        }
        // Libraries give up for reasons of their own: a peer that is gone, a channel that is shut.
        Outcome::Cancelled | Outcome::Abandoned => {
            tracing::info!(
                machine,
                side,
                outcome = word,
                cause,
                duration_ms,
                "handshake finished"
            );
        }
        Outcome::Failed(_) | Outcome::TimedOut(_) => {
            tracing::warn!(
                machine,
                side,
                outcome = word,
                cause,
                duration_ms,
                "handshake finished"
            );
        }
    }
}
