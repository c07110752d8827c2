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

use alts::{AltsIncoming, Handshaker, ServerLimits};
use booking_store::Store;
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
    access::Gatekeeper,
    app::App,
    clock::Clock,
    grpc::{self, Article, HealthBoard},
    journal::Journal,
    pseudonym::PatientNames,
};

/// From the end of the drain until connections are cut.
const AFTER_DRAIN: Duration = Duration::from_secs(1);

/// What a server needs besides its listener.
pub struct Deps {
    /// Where the hospital is kept.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// What patients are called in logs.
    pub patient_names: Arc<PatientNames>,
    /// Who may do what; nobody else is let through to anything.
    pub gatekeeper: Gatekeeper,
    /// How long calls under way may take to finish after a stop.
    pub drain_timeout: Duration,
    /// How old a connection may grow before its client has to shake hands anew.
    pub max_connection_age: Option<Duration>,
}

impl std::fmt::Debug for Deps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deps")
            .field("gatekeeper", &self.gatekeeper)
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
pub async fn serve(
    listener: TcpListener,
    handshaker: Handshaker,
    deps: Deps,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Listener)?;
    let mut limits = ServerLimits::default();
    // Calls that outlast the drain are cut here too, a moment after it was told that they do.
    limits.drain = deps.drain_timeout.saturating_add(AFTER_DRAIN);
    serve_incoming(
        AltsIncoming::with_limits(listener, handshaker, limits),
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
pub async fn serve_incoming<I, IO, E>(
    incoming: I,
    address: SocketAddr,
    deps: Deps,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError>
where
    I: Stream<Item = Result<IO, E>>,
    IO: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
    IO::ConnectInfo: Clone + Send + Sync + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let board = HealthBoard::new();
    let (journal, writer) = Journal::into(deps.store.clone(), Arc::clone(&deps.clock));
    let article = Article {
        store: deps.store.clone(),
        clock: Arc::clone(&deps.clock),
        patient_names: deps.patient_names,
        journal: journal.clone(),
    };
    let routes = grpc::article_routes(article, &board).map_err(ServeError::Descriptors)?;
    let app = App::new(deps.store.clone(), deps.clock);
    let routes = grpc::add_services(routes, app, deps.gatekeeper.clone(), board.clone());
    // Aborted when it goes out of scope, with the server.
    let mut tasks = JoinSet::new();
    tasks.spawn(board.clone().monitor(deps.store));

    let server =
        grpc::server(&deps.gatekeeper, &journal, deps.max_connection_age).add_routes(routes);
    tracing::info!(%address, "Booking OT service started successfully!");
    let ended = until_drained(board, deps.drain_timeout, shutdown, |stop| {
        server.serve_with_incoming_shutdown(incoming, stop)
    })
    .await;
    // Connections whose calls outlasted the drain are not waited for, and what they tell from now on is
    // not taken.
    writer.flush().await;
    ended
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
            tracing::warn!(
                "the drain deadline passed; the calls still under way end with this process"
            );
            Ok(())
        }
    }
}
