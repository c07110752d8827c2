//! What a session leaves for a later one.

use std::{sync::Arc, time::Duration};

use x25519_dalek::{PublicKey, StaticSecret};

use crate::{
    certificate::{Timestamp, VerifiedPeer},
    keys::{NotAuthentic, ResumptionSecret, SessionKeys, TranscriptHash},
    trust::PeerVerifier,
};

/// The longest ticket that is kept or opened, in bytes. Ours are about 270.
pub(crate) const MAX_TICKET_LEN: usize = 2048;

/// The longest a ticket may live, whoever gave it. Most end sooner, with the handshake certificates
/// they stand for.
pub(super) const MAX_TICKET_LIFETIME: Duration = Duration::from_secs(3600);

/// Enough to begin another session.
pub(crate) struct ResumableSession {
    pub(crate) secret: ResumptionSecret,
    pub(crate) parameters: SessionParameters,
}

impl ResumableSession {
    /// The keys of the session that begins, and who the other side is; `ours` and `theirs` are its
    /// ephemeral keys.
    ///
    /// # Errors
    /// When the other side's key has small order.
    pub(crate) fn resume(
        self,
        ours: &StaticSecret,
        theirs: &PublicKey,
        transcript: TranscriptHash,
    ) -> Result<(SessionKeys, Arc<VerifiedPeer>), NotAuthentic> {
        let keys = self.secret.into_keys(ours, theirs, transcript)?;
        Ok((keys, self.parameters.peer))
    }
}

/// What a resumed session takes over from the first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionParameters {
    /// The other side, as its certificates described it.
    pub(crate) peer: Arc<VerifiedPeer>,
    pub(crate) record_protocol: String,
    pub(crate) expires: Timestamp,
}

impl SessionParameters {
    /// Ends with the certificates it stands for, or earlier.
    pub(crate) fn new(
        peer: &Arc<VerifiedPeer>,
        record_protocol: &str,
        now: Timestamp,
        lifetime: Duration,
    ) -> Self {
        let latest = now.after(lifetime.min(MAX_TICKET_LIFETIME));
        Self {
            peer: Arc::clone(peer),
            record_protocol: record_protocol.to_owned(),
            expires: latest.min(peer.not_after()),
        }
    }

    /// Whether the other side is still to be believed.
    pub(crate) fn hold(&self, verifier: &PeerVerifier, now: Timestamp) -> bool {
        now < self.expires && verifier.revalidate(&self.peer, now).is_ok()
    }
}

/// A ticket for the client to keep.
pub(crate) struct NewTicket {
    pub(crate) ticket: Vec<u8>,
    pub(crate) lifetime: Duration,
}

/// A ticket that the client keeps, and what it stands for.
pub(crate) struct StoredTicket {
    pub(crate) ticket: Vec<u8>,
    pub(crate) session: ResumableSession,
}
