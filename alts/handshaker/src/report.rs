//! What a handshaker says about each handshake: a log line and its metrics. Names and causes; never
//! a key, never a peer's bytes.

use std::{sync::Arc, time::Duration};

use alts_handshake::{MachineName, VerifiedPeer};
use tonic::Code;

use crate::{
    metrics::Metrics,
    session::{Failure, Side},
};

/// How a call of `DoHandshake` ended.
pub(crate) enum Outcome {
    /// With a result.
    Established {
        peer: Arc<VerifiedPeer>,
        resumed: bool,
    },
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
    /// How it ended, and why if it did not succeed.
    fn words(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Established { .. } => ("established", None),
            Self::Failed(failure) => ("failed", Some(&failure.details)),
            Self::Cancelled => ("cancelled", Some("the library cancelled the call")),
            Self::Abandoned => ("abandoned", Some("the library half-closed the call early")),
            Self::TimedOut(_) => ("timed out", Some("it took too long")),
        }
    }

    fn code(&self) -> Code {
        match self {
            Self::Established { .. } => Code::Ok,
            Self::Failed(failure) => failure.code,
            Self::Cancelled | Self::Abandoned => Code::Cancelled,
            Self::TimedOut(_) => Code::DeadlineExceeded,
        }
    }
}

/// One handshake that has ended.
pub(crate) struct Report<'a> {
    pub(crate) machine: &'a MachineName,
    pub(crate) side: Option<Side>,
    pub(crate) outcome: &'a Outcome,
    pub(crate) duration: Duration,
}

impl Report<'_> {
    /// One line, and the counters.
    pub(crate) fn tell(&self, metrics: &Metrics) {
        let side = self.side.map_or("none", Side::as_str);
        let (word, cause) = self.outcome.words();
        let (code, machine) = (self.outcome.code(), self.machine.as_ref());
        let resumed = matches!(self.outcome, Outcome::Established { resumed: true, .. });
        metrics.ended(machine, side, (word, code, resumed), self.duration);
        let duration_ms = u64::try_from(self.duration.as_millis()).unwrap_or(u64::MAX);
        if matches!(self.outcome, Outcome::Failed(_) | Outcome::TimedOut(_)) {
            tracing::warn!(
                machine,
                side,
                outcome = word,
                cause,
                duration_ms,
                "handshake finished"
            );
            return;
        }
        let (peer, resumed) = match self.outcome {
            Outcome::Established { peer, resumed } => (Some(peer.account.as_str()), Some(*resumed)),
            // Libraries give up for reasons of their own: a peer that is gone, a channel that is shut.
            _ => (None, None),
        };
        tracing::info!(
            machine,
            side,
            peer,
            resumed,
            outcome = word,
            cause,
            duration_ms,
            "handshake finished"
        );
    }
}
