//! Accepts connections and shakes hands beside accepting: the stream that tonic's
//! `serve_with_incoming_shutdown` takes.
//!
//! A peer that is slow, silent or hostile costs one slot for a bounded time and delays nobody.
//! A failed handshake is one line in the log; it never reaches tonic and never stops the server.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::Sleep,
};
use tokio_stream::Stream;

use super::tune;
use crate::{AltsStream, Error, Handshaker};

/// Connections that may be between "accepted" and "secured". Each holds a socket for at most the
/// handshake's timeout; beyond this, newcomers wait in the kernel's queue.
const MAX_PENDING: usize = 4096;
/// Pause after an error of `accept` that is about us, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A listener whose connections come out secured. Dropping it closes the port and abandons the
/// handshakes that are under way.
#[derive(Debug)]
pub struct AltsIncoming {
    listener: TcpListener,
    handshaker: Handshaker,
    pending: JoinSet<Option<AltsStream<TcpStream>>>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl AltsIncoming {
    /// Secures what `listener` accepts, and connects to the handshaker at once. Needs a tokio
    /// runtime.
    #[must_use]
    pub fn new(listener: TcpListener, handshaker: Handshaker) -> Self {
        let mut pending = JoinSet::new();
        pending.spawn(prepare(handshaker.clone()));
        Self {
            listener,
            handshaker,
            pending,
            pause: None,
        }
    }

    /// Where it listens.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Accepts whatever is waiting, up to the limit; says whether that was anything.
    fn poll_accept(&mut self, cx: &mut Context<'_>) -> bool {
        let before = self.pending.len();
        while self.pending.len() < MAX_PENDING {
            if let Some(pause) = &mut self.pause {
                if pause.as_mut().poll(cx).is_pending() {
                    break;
                }
                self.pause = None;
            }
            match self.listener.poll_accept(cx) {
                Poll::Pending => break,
                Poll::Ready(Ok((socket, remote_addr))) => {
                    let handshaker = self.handshaker.clone();
                    self.pending.spawn(secure(handshaker, socket, remote_addr));
                }
                Poll::Ready(Err(error)) if is_about_one_peer(&error) => {}
                Poll::Ready(Err(error)) => {
                    tracing::warn!(%error, "cannot accept connections; pausing");
                    self.pause = Some(Box::pin(tokio::time::sleep(ACCEPT_PAUSE)));
                }
            }
        }
        self.pending.len() > before
    }
}

impl Stream for AltsIncoming {
    type Item = Result<AltsStream<TcpStream>, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // Whoever is ready goes first: in a flood of newcomers nobody would ever get through.
        loop {
            match self.pending.poll_join_next(cx) {
                Poll::Ready(Some(Ok(Some(stream)))) => return Poll::Ready(Some(Ok(stream))),
                // Refused and logged, or abandoned: there is room for another now.
                Poll::Ready(Some(Ok(None) | Err(_))) => {}
                // An empty set wakes nobody, so newcomers are polled once more.
                Poll::Ready(None) | Poll::Pending if self.poll_accept(cx) => {}
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    }
}

/// Says early that the handshaker is missing; clients that come anyway try it again.
async fn prepare(handshaker: Handshaker) -> Option<AltsStream<TcpStream>> {
    if let Err(error) = handshaker.prepare().await {
        tracing::warn!(%error, remedy = error.remedy(), "no handshaker yet");
    }
    None
}

async fn secure(
    handshaker: Handshaker,
    socket: TcpStream,
    remote_addr: SocketAddr,
) -> Option<AltsStream<TcpStream>> {
    tune(&socket);
    match handshaker.accept(socket).await {
        Ok(stream) => {
            let peer = stream.context().peer_service_account();
            tracing::debug!(%remote_addr, %peer, "ALTS connection");
            Some(stream.with_remote_addr(remote_addr))
        }
        Err(error) => {
            log_refusal(remote_addr, &error);
            None
        }
    }
}

/// What is wrong with *us* deserves a warning; strangers knocking do not.
fn log_refusal(remote_addr: SocketAddr, error: &Error) {
    match error {
        Error::NoCredential { .. }
        | Error::HandshakerOverloaded { .. }
        | Error::StandingUnknown { .. }
        | Error::HandshakerUnreachable { .. }
        | Error::HandshakerMisbehaved(_) => {
            tracing::warn!(%remote_addr, %error, remedy = error.remedy(), "handshake failed");
        }
        _ => tracing::info!(%remote_addr, %error, "handshake refused"),
    }
}

fn is_about_one_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
