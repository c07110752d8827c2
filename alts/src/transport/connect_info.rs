//! The verified peer, in every request that its connection carries.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Instant,
};

use tonic::{Request, Status, transport::server::Connected};

use super::authorization::no_context;
use crate::{AltsContext, AltsStream, connections::Signs};

/// What tonic puts into the extensions of every request of an ALTS connection.
///
/// It cannot be made outside this library: having one proves that a handshake finished.
#[derive(Debug, Clone)]
pub struct AltsConnectInfo {
    context: AltsContext,
    remote_addr: Option<SocketAddr>,
    connected_at: Instant,
    signs: Option<Arc<Signs>>,
}

impl AltsConnectInfo {
    /// What both ends proved to each other.
    #[must_use]
    pub fn context(&self) -> &AltsContext {
        &self.context
    }

    /// Where the peer's packets come from: a hint for logs, not an identity.
    #[must_use]
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.remote_addr
    }

    /// Since when the connection is served: for whoever bounds how long what was proven may last.
    #[must_use]
    pub fn connected_at(&self) -> Instant {
        self.connected_at
    }

    /// Notes that a call of it was refused, or let in.
    pub(super) fn judged(&self, refused: bool) {
        if let Some(signs) = &self.signs {
            let sign = if refused {
                &signs.refused
            } else {
                &signs.let_in
            };
            sign.store(true, Relaxed);
        }
    }
}

/// For accept loops of one's own, over any transport.
impl<IO> Connected for AltsStream<IO> {
    type ConnectInfo = AltsConnectInfo;

    fn connect_info(&self) -> Self::ConnectInfo {
        AltsConnectInfo {
            context: self.context().clone(),
            remote_addr: self.remote_addr(),
            connected_at: Instant::now(),
            signs: self.guest().map(|guest| Arc::clone(&guest.signs)),
        }
    }
}

/// The verified peer of a request.
///
/// # Errors
/// `PERMISSION_DENIED` when the request did not come over ALTS.
pub fn peer<T>(request: &Request<T>) -> Result<&AltsContext, Status> {
    let info = request.extensions().get::<AltsConnectInfo>();
    info.map(AltsConnectInfo::context).ok_or_else(no_context)
}
