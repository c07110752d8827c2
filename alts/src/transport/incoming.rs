//! Accepts connections and shakes hands beside accepting: the stream that tonic's
//! `serve_with_incoming_shutdown` takes.
//!
//! A peer that is slow, silent or hostile costs one place for a bounded time and delays nobody: what
//! tonic gets are connections whose clients have proven themselves and sent their first record.
//! [`ServerLimits`] says how long that may take, and what they may do later.
//! A failed handshake is one line in the log; it never reaches tonic and never stops the server.

use std::{
    convert::Infallible,
    future::poll_fn,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
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
use crate::{
    AltsStream, Error, Handshaker, ServerConnections, ServerLimits,
    connections::{Guest, Half},
    handshaker::WAITING_FOR_HANDSHAKER,
};

/// Pause after an error of `accept` that is about us, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// The same when somebody was told to make room, until they have.
const ROOM_PAUSE: Duration = Duration::from_millis(1);
/// Addresses of IPv6 that one subscriber has.
const IPV6_SUBSCRIBER: u128 = !(u64::MAX as u128);

/// A listener whose connections come out secured. Dropping it closes the port, abandons the handshakes
/// that are under way, and gives the connections that came out of it a while until they are cut.
#[derive(Debug)]
pub struct AltsIncoming {
    listener: TcpListener,
    handshaker: Handshaker,
    connections: Arc<ServerConnections>,
    pending: JoinSet<Option<AltsStream<TcpStream>>>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Drop for AltsIncoming {
    fn drop(&mut self) {
        self.connections.stop();
    }
}

impl AltsIncoming {
    /// Secures what `listener` accepts, and connects to the handshaker at once. Needs a tokio
    /// runtime. Connections are bounded as [`ServerLimits`] are by default.
    #[must_use]
    pub fn new(listener: TcpListener, handshaker: Handshaker) -> Self {
        Self::with_limits(listener, handshaker, ServerLimits::default())
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(
        listener: TcpListener,
        handshaker: Handshaker,
        limits: ServerLimits,
    ) -> Self {
        let mut pending = JoinSet::new();
        pending.spawn(prepare(handshaker.clone()));
        let connections = ServerConnections::new(limits);
        tokio::spawn(Arc::clone(&connections).watch());
        Self {
            listener,
            handshaker,
            connections,
            pending,
            pause: None,
        }
    }

    /// Its connections, for metrics: now and whenever they are asked.
    #[must_use]
    pub fn connections(&self) -> Arc<ServerConnections> {
        Arc::clone(&self.connections)
    }

    /// Where it listens.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Accepts whatever is waiting; says whether that was anything.
    fn poll_accept(&mut self, cx: &mut Context<'_>) -> bool {
        let before = self.pending.len();
        loop {
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
                    let guest = self.connections.admit(remote_addr);
                    self.pending.spawn(secure(handshaker, socket, guest));
                }
                Poll::Ready(Err(error)) if is_about_one_peer(&error) => {}
                Poll::Ready(Err(error)) => {
                    if let Some(left_out) = self.connections.log.admit("cannot accept") {
                        tracing::warn!(%error, left_out, "cannot accept connections; pausing");
                    }
                    let made_room = self.connections.makes_room(&error);
                    let pause = if made_room { ROOM_PAUSE } else { ACCEPT_PAUSE };
                    self.pause = Some(Box::pin(tokio::time::sleep(pause)));
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

/// Waits until a client has proven itself and spoken, or has to go.
async fn secure(
    handshaker: Handshaker,
    socket: TcpStream,
    mut guest: Guest,
) -> Option<AltsStream<TcpStream>> {
    const DURING: &str = "right after the handshake, before it said anything";
    tune(&socket);
    let remote_addr = guest.remote_addr;
    let (from, limit) = (origin(remote_addr.ip()), guest.connections.limits.opening);
    let opened = async {
        let mut stream = handshaker.accept_from(socket, Some(from), limit).await?;
        match poll_fn(|cx| stream.poll_first_record(cx)).await {
            Ok(true) => Ok(stream),
            Ok(false) => Err(Error::PeerClosed { during: DURING }),
            Err(error) => Err(Error::of_peer(error, DURING)),
        }
    };
    let opened = tokio::select! {
        biased;
        // Counted and logged already.
        _ = poll_fn(|cx| guest.poll_ended(Half::Read, cx)) => return None,
        opened = opened => opened,
    };
    match opened {
        Ok(stream) => {
            let peer = stream.context().peer_service_account();
            tracing::debug!(%remote_addr, %peer, "ALTS connection");
            Some(stream.with_remote_addr(remote_addr).with_guest(guest))
        }
        Err(error) => {
            note_refusal(&guest, &error);
            None
        }
    }
}

/// Who shares turns.
fn origin(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6((ip.to_bits() & IPV6_SUBSCRIBER).into()),
        ip @ IpAddr::V4(_) => ip,
    }
}

/// What is wrong with *us* deserves a warning; strangers knocking do not.
fn note_refusal(guest: &Guest, error: &Error) {
    let (kind, ours) = match error {
        Error::NoCredential { .. } => ("no credential", true),
        Error::HandshakerOverloaded { .. } => ("handshaker overloaded", true),
        Error::HandshakerUnable { .. } => ("handshaker unable", true),
        Error::HandshakerUnreachable { .. } => ("handshaker unreachable", true),
        Error::HandshakerMisbehaved(_) => ("handshaker misbehaved", true),
        Error::TimedOut {
            waiting_for: WAITING_FOR_HANDSHAKER,
            ..
        } => ("handshaker too slow", true),
        Error::TimedOut { .. } => ("too slow to open", false),
        Error::PeerClosed { .. } | Error::PeerIo { .. } => ("hung up", false),
        _ => ("handshake refused", false),
    };
    guest.over(kind);
    let Some(left_out) = guest.connections.log.admit(kind) else {
        return;
    };
    if ours {
        let remedy = error.remedy();
        tracing::warn!(remote_addr = %guest.remote_addr, %error, remedy, left_out, "handshake failed");
    } else {
        tracing::info!(remote_addr = %guest.remote_addr, %error, left_out, "handshake refused");
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
