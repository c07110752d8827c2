//! Dials a backend and shakes hands with it: the service that `Endpoint::connect_with_connector`
//! takes.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::Service;

use super::{
    backoff::Backoff,
    established::{History, SharedHistory},
    opening::OpenedStream,
    tune,
};
use crate::{Error, Handshaker, ServiceAccount, Target};

/// Time to reach the peer's TCP port. `Endpoint`'s own timeouts do not cover a connector.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// gRPC's port for a URI without one, as in grpc-java's ALTS channels.
const DEFAULT_PORT: u16 = 443;

/// A tower service from an address to a secured connection. Clones share one back-off, so make one
/// for each address.
///
/// Most callers want [`crate::AltsChannel`], which also maps failures to the right status.
#[derive(Debug, Clone)]
pub struct AltsConnector {
    handshaker: Handshaker,
    targets: Arc<[ServiceAccount]>,
    backoff: Arc<Mutex<Backoff>>,
    history: SharedHistory,
}

impl AltsConnector {
    /// Connects to whoever proves to be one of `targets`; to anybody when there are none.
    #[must_use]
    pub fn new(handshaker: Handshaker, targets: impl IntoIterator<Item = ServiceAccount>) -> Self {
        Self {
            handshaker,
            targets: targets.into_iter().collect(),
            backoff: Arc::default(),
            history: SharedHistory::default(),
        }
    }

    /// The same for another address: with a back-off and a history of its own.
    pub(super) fn for_another_address(&self) -> Self {
        Self::new(self.handshaker.clone(), self.targets.iter().cloned())
    }

    /// What the connections so far have proven.
    pub(super) fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self, uri: Uri) -> Result<OpenedStream<TcpStream>, Error> {
        self.lock_backoff().check(Instant::now())?;
        let connected = self.dial(&uri).await;
        match &connected {
            Ok(opened) => {
                let stream = opened.secured();
                self.lock_backoff().succeeded();
                self.history()
                    .established(stream.context().clone(), stream.cause_of_end());
            }
            Err(error) => {
                tracing::debug!(peer = %uri, %error, "no ALTS connection");
                self.lock_backoff().failed(error, Instant::now(), random());
            }
        }
        connected
    }

    async fn dial(&self, uri: &Uri) -> Result<OpenedStream<TcpStream>, Error> {
        let host = uri
            .host()
            .ok_or_else(|| Error::Misconfigured(format!("address {uri} lacks a host")))?;
        let port = uri.port_u16().unwrap_or(DEFAULT_PORT);
        let name = format!("{host}:{port}");
        let socket = connect_tcp(host.trim_matches(['[', ']']), port, &name).await?;
        tune(&socket);
        let remote_addr = socket.peer_addr().ok();
        let target = Target {
            name: &name,
            accounts: &self.targets,
        };
        let mut stream = self.handshaker.connect(socket, target).await?;
        if let Some(remote_addr) = remote_addr {
            stream = stream.with_remote_addr(remote_addr);
        }
        OpenedStream::open(stream).await
    }

    fn lock_backoff(&self) -> MutexGuard<'_, Backoff> {
        self.backoff.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service<Uri> for AltsConnector {
    type Response = TokioIo<OpenedStream<TcpStream>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move { connector.connect(uri).await.map(TokioIo::new) })
    }
}

async fn connect_tcp(host: &str, port: u16, name: &str) -> Result<TcpStream, Error> {
    match tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect((host, port))).await {
        Ok(connected) => connected.map_err(|error| Error::PeerUnreachable {
            address: name.to_owned(),
            source: Arc::new(error),
        }),
        Err(_) => Err(Error::TimedOut {
            limit: CONNECT_TIMEOUT,
            waiting_for: "connecting",
        }),
    }
}

/// Uniform in 0.0 to 1.0; the middle when the system has no randomness to give, for jitter is
/// not worth failing for.
fn random() -> f64 {
    getrandom::u32().map_or(0.5, |bits| f64::from(bits) / f64::from(u32::MAX))
}
