//! Whom a handshaker believes *now*: trust that may be replaced while handshakes are under way.

use std::sync::Arc;

use alts_handshake::Trust;
use tokio::sync::watch;

/// The latest [`Trust`]. Cheap to clone; a handshake takes the one that is there with each message
/// of its peer.
#[derive(Clone, Debug)]
pub struct TrustFeed(watch::Receiver<Arc<Trust>>);

impl TrustFeed {
    /// Today's.
    pub fn current(&self) -> Arc<Trust> {
        Arc::clone(&self.0.borrow())
    }
}

impl From<watch::Receiver<Arc<Trust>>> for TrustFeed {
    fn from(receiver: watch::Receiver<Arc<Trust>>) -> Self {
        Self(receiver)
    }
}

/// Trust that never changes.
impl From<Arc<Trust>> for TrustFeed {
    fn from(trust: Arc<Trust>) -> Self {
        // Without a sender the receiver keeps its value for good.
        Self(watch::channel(trust).1)
    }
}
