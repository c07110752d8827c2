//! The sockets: accepts connections within limits and lets those in progress finish at the end.
//!
//! Every limit here is against a visitor who opens connections and then says little or nothing;
//! what a request may take once its head has arrived is the guards' business.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// Connections open at once. Browsers keep up to six each; a hospital's desks fit several times.
const MAX_CONNECTIONS: usize = 1024;
/// How long a request's head may take, and how long a kept-alive connection may be idle.
pub const HEAD_TIME: Duration = Duration::from_secs(15);
/// The same behind Google's load balancer, which keeps idle connections for 600 s, and whose visitors get an
/// error when it sends a request just as one is closed here.
pub const BALANCED_HEAD_TIME: Duration = Duration::from_secs(620);
/// The largest request head: ten times what a browser sends here.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// The most header fields: browsers send about twenty.
const MAX_HEADERS: usize = 64;
/// A pause when the system has no sockets left, so that waiting for one does not take a whole core.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `app` on `listener` until `shutdown` completes, then lets requests in progress finish,
/// for at most `drain`. Returns whether all of them did. A request's head may take `head_time`, and a
/// connection may be idle that long.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    shutdown: impl Future<Output = ()>,
    head_time: Duration,
    drain: Duration,
) -> bool {
    let connections = GracefulShutdown::new();
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    tokio::pin!(shutdown);
    loop {
        let (stream, from, permit) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            next = accept(&listener, &permits) => next,
        };
        let app = app.clone().layer(Extension(ConnectInfo(from)));
        spawn(stream, permit, app, head_time, &connections);
    }
    // From here on the system refuses connections instead of queueing them.
    drop(listener);
    tokio::time::timeout(drain, connections.shutdown())
        .await
        .is_ok()
}

async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    loop {
        let permit = Arc::clone(permits)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        match listener.accept().await {
            Ok((stream, from)) => return (stream, from, permit),
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections; trying again");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Whether an error of `accept` is about the connection it would have returned (it is gone again)
/// and not about this process (out of file descriptors or memory).
fn concerns_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

fn spawn(
    stream: TcpStream,
    permit: OwnedSemaphorePermit,
    app: Router,
    head_time: Duration,
    connections: &GracefulShutdown,
) {
    let mut http = auto::Builder::new(TokioExecutor::new()).http1_only();
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    let connection = connections.watch(connection.into_owned());
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            // Visitors hang up in the middle of things; that is no news.
            tracing::debug!(error, "a connection ended early");
        }
        drop(permit);
    });
}

#[cfg(test)]
mod tests;
