//! From a listener to the last drained call.
//!
//! ```text
//!  listener bound, store open -> "started" -> calls ... -> stop -> health says NOT_SERVING
//!                                                               -> port closed, GOAWAY sent
//!                                                               -> calls under way finish,
//!                                                                  or the drain deadline passes
//! ```

#[cfg(test)]
mod tests;

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use alts::{AltsIncoming, Handshaker, ServiceAccount};
use jiff::Timestamp;
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::oneshot,
    task::JoinSet,
    time,
};
use tokio_stream::Stream;
use tonic::transport::server::Connected;

use crate::{
    grpc::{self, HealthBoard},
    pseudonym::PatientNames,
    store::Store,
};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a server needs besides its listener.
pub struct Deps<S> {
    /// Where the cases are.
    pub store: Arc<S>,
    /// What time it is.
    pub clock: Clock,
    /// What patients are called in logs.
    pub patient_names: Arc<PatientNames>,
    /// Who may call; nobody else is let through to anything.
    pub allowed_clients: Vec<ServiceAccount>,
    /// How long calls under way may take to finish after a stop.
    pub drain_timeout: Duration,
    /// How old a connection may grow before its client has to shake hands anew.
    pub max_connection_age: Option<Duration>,
}

impl<S> std::fmt::Debug for Deps<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deps")
            .field("allowed_clients", &self.allowed_clients)
            .field("drain_timeout", &self.drain_timeout)
            .finish_non_exhaustive()
    }
}

/// Why serving ended other than by being told to.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The listener has no address.
    #[error("the listener is of no use: {0}; is its network interface still there?")]
    Listener(#[source] io::Error),
    /// The descriptors of the services do not decode.
    #[error("the service descriptors are damaged: {0}; build this program anew")]
    Descriptors(#[source] tonic_reflection::server::Error),
    /// HTTP/2 could not go on.
    #[error("serving failed: {0}; start the server again")]
    Transport(#[source] tonic::transport::Error),
}

/// Serves over ALTS until `shutdown` resolves, then drains.
///
/// # Errors
///
/// [`ServeError`]; never for what a peer does.
pub async fn serve<S: Store>(
    listener: TcpListener,
    handshaker: Handshaker,
    deps: Deps<S>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Listener)?;
    serve_incoming(
        AltsIncoming::new(listener, handshaker),
        address,
        deps,
        shutdown,
    )
    .await
}

/// Serves whatever connections `incoming` yields; only those that carry a verified ALTS peer get
/// past authorisation.
///
/// `address` is for the log.
///
/// # Errors
///
/// [`ServeError`]; never for what a peer does.
pub async fn serve_incoming<S, I, IO, E>(
    incoming: I,
    address: SocketAddr,
    deps: Deps<S>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError>
where
    S: Store,
    I: Stream<Item = Result<IO, E>>,
    IO: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
    IO::ConnectInfo: Clone + Send + Sync + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let board = HealthBoard::new();
    let routes = grpc::routes(&deps, &board).map_err(ServeError::Descriptors)?;
    // Aborted when it goes out of scope, with the server.
    let mut tasks = JoinSet::new();
    tasks.spawn(board.clone().monitor(Arc::clone(&deps.store)));

    let server = grpc::server(deps.allowed_clients, deps.max_connection_age).add_routes(routes);
    tracing::info!(%address, "Booking OT service started successfully!");
    until_drained(board, deps.drain_timeout, shutdown, |stop| {
        server.serve_with_incoming_shutdown(incoming, stop)
    })
    .await
}

/// Tells a tonic server to stop.
type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs what `serve` starts until `shutdown` resolves, then until it is drained or out of time.
async fn until_drained<F>(
    board: HealthBoard,
    drain_timeout: Duration,
    shutdown: impl Future<Output = ()>,
    serve: impl FnOnce(Stop) -> F,
) -> Result<(), ServeError>
where
    F: Future<Output = Result<(), tonic::transport::Error>>,
{
    let (stop, stopped) = oneshot::channel::<()>();
    let mut serving = pin!(serve(Box::pin(async { drop(stopped.await) })));
    tokio::select! {
        ended = &mut serving => return ended.map_err(ServeError::Transport),
        () = shutdown => {}
    }

    tracing::info!(drain_timeout_s = drain_timeout.as_secs_f64(), "draining");
    // First, so that watchers have been told by the time their connection is asked to go.
    board.drain();
    drop(stop);
    match time::timeout(drain_timeout, serving).await {
        Ok(ended) => {
            tracing::info!("drained");
            ended.map_err(ServeError::Transport)
        }
        Err(_) => {
            tracing::warn!("the drain deadline passed; the calls still under way are cut off");
            Ok(())
        }
    }
}
