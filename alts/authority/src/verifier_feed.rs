//! Whom a handshaker believes *now*: trust that may be replaced while handshakes are under way.

use std::sync::Arc;

use alts_handshake::PeerVerifier;
use tokio::sync::watch;

/// The latest [`PeerVerifier`]. Cheap to clone; a handshake takes the one that is there with each message
/// of its peer.
#[derive(Clone, Debug)]
pub struct VerifierFeed(watch::Receiver<Arc<PeerVerifier>>);

impl VerifierFeed {
    /// Today's.
    pub fn current(&self) -> Arc<PeerVerifier> {
        Arc::clone(&self.0.borrow())
    }
}

impl From<watch::Receiver<Arc<PeerVerifier>>> for VerifierFeed {
    fn from(receiver: watch::Receiver<Arc<PeerVerifier>>) -> Self {
        Self(receiver)
    }
}

/// A verifier that never changes.
impl From<Arc<PeerVerifier>> for VerifierFeed {
    fn from(trust: Arc<PeerVerifier>) -> Self {
        // Without a sender the receiver keeps its value for good.
        Self(watch::channel(trust).1)
    }
}
