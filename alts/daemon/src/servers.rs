//! A process of several servers that start together and end together.

use std::{fmt::Display, io, net::SocketAddr, time::Duration};

use tokio::{net::TcpListener, sync::watch, task::JoinSet};

/// How long calls under way may take to end when the process stops. Then connections are cut.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);

/// An address that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address} for {whom}: {source}; stop what listens there (another one of \
     these?) or configure another address or port 0"
)]
pub struct BindError {
    /// Where.
    pub address: String,
    /// A machine's name, or a service.
    pub whom: String,
    /// What the system says.
    pub source: io::Error,
}

/// Servers that run.
#[derive(Debug, Default)]
pub struct Servers {
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Servers {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Resolves when told to stop, or when nobody is left to tell.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stop = self.stop.subscribe();
        async move {
            let _ = stop.wait_for(|stop| *stop).await;
        }
    }

    /// Runs a server that ends when [`stopped`](Self::stopped) does.
    pub fn spawn(
        &mut self,
        server: impl Future<Output = Result<(), impl Display>> + Send + 'static,
    ) {
        self.running.spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "a server ended");
            }
        });
    }

    /// Runs something that has no end of its own, until all are told to stop.
    pub fn spawn_endless(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        let stopped = self.stopped();
        self.running.spawn(async move {
            tokio::select! {
                () = work => {}
                () = stopped => {}
            }
        });
    }

    /// Accepts nothing more, gives calls under way a moment, then cuts connections.
    pub async fn stop(mut self) {
        // Nobody to tell is fine: then every server has ended.
        let _ = self.stop.send(true);
        let drained = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_TIMEOUT, drained).await.is_err() {
            self.running.shutdown().await;
        }
    }
}

/// Listens on `address` for `whom`.
///
/// # Errors
/// When it is not to be had.
pub async fn bind(address: SocketAddr, whom: &str) -> Result<TcpListener, BindError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| BindError {
            address: address.to_string(),
            whom: whom.to_owned(),
            source,
        })
}

/// Where a listener is. A bound socket has an address; should the system not tell it, what was asked
/// for is the best answer.
pub fn local_address(listener: &TcpListener, asked: SocketAddr) -> SocketAddr {
    listener.local_addr().unwrap_or(asked)
}
