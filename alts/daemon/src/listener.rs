//! Accepts connections for tonic, a bounded number of them, each with what is known of it attached:
//! workloads' for a handshaker, machines' for an authority.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::Sleep,
};
use tokio_stream::Stream;
use tonic::transport::server::Connected;

use crate::connections::{ConnectionLimiter, ConnectionPermit};

/// How long a connection may take to speak HTTP/2: libraries do so at once.
pub const PREFACE_TIMEOUT: Duration = Duration::from_secs(10);

/// Pause after the system could not accept: out of file descriptors, mostly. Without it the loop
/// would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Bytes of the preface.
const PREFACE_LEN: usize = 24;

/// Whose listener it is: whom it takes connections for, and what it knows of each.
pub trait ConnectionHandler: Send + Sync + 'static {
    /// What requests find of the connection they came over, in an `Arc`, among their extensions.
    type State: std::fmt::Debug + Send + Sync + 'static;

    /// Something has connected, and may stay while it holds `permit`.
    fn receive(self: &Arc<Self>, permit: ConnectionPermit) -> Arc<Self::State>;

    /// It speaks HTTP/2.
    fn speaks(state: &Arc<Self::State>);

    /// A connection was closed or turned away, to be counted.
    fn closed(&self, reason: &'static str);

    /// For the log.
    fn name(&self) -> &str;
}

/// The connections of a listener.
#[derive(Debug)]
pub struct Incoming<H> {
    listener: TcpListener,
    handler: Arc<H>,
    limiter: Arc<ConnectionLimiter>,
    preface: Duration,
    pause: Option<Pin<Box<Sleep>>>,
}

impl<H: ConnectionHandler> Incoming<H> {
    /// At most so many `connections`, each of which speaks HTTP/2 within `preface`.
    pub fn new(
        listener: TcpListener,
        handler: Arc<H>,
        connections: usize,
        preface: Duration,
    ) -> Self {
        Self {
            listener,
            handler,
            limiter: ConnectionLimiter::new(connections),
            preface,
            pause: None,
        }
    }

    /// `None`: there are too many, and all are at work.
    fn admit(&self, io: TcpStream) -> Option<LimitedStream<H>> {
        // What is said here is ping-pong in small messages: waiting to fill a segment delays it.
        if let Err(error) = io.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let name = self.handler.name();
        let Some(admitted) = self.limiter.admit() else {
            self.handler.closed("full");
            tracing::warn!(
                name,
                "a connection is refused: there are too many, and all have \
                calls under way"
            );
            return None;
        };
        if admitted.at_the_cost_of_another {
            self.handler.closed("idle");
            tracing::debug!(name, "the longest idle connection gives way to a new one");
        }
        Some(LimitedStream {
            io,
            state: self.handler.receive(admitted.permit),
            evicted: admitted.evicted,
            preface: Some(Preface {
                missing: PREFACE_LEN,
                deadline: Box::pin(tokio::time::sleep(self.preface)),
            }),
        })
    }
}

impl<H: ConnectionHandler> Stream for Incoming<H> {
    type Item = io::Result<LimitedStream<H>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            match ready!(self.listener.poll_accept(cx)) {
                Ok((io, _)) => {
                    if let Some(stream) = self.admit(io) {
                        return Poll::Ready(Some(Ok(stream)));
                    }
                }
                Err(error) => {
                    let name = self.handler.name();
                    tracing::warn!(name, %error, "cannot accept a connection");
                    // Should it be for want of files: whoever does nothing with one gives it back.
                    if self.limiter.evict_idle() {
                        self.handler.closed("idle");
                    }
                    self.pause = Some(Box::pin(tokio::time::sleep(ACCEPT_PAUSE)));
                }
            }
        }
    }
}

/// A TCP stream that knows which connection it is, and when it has to end.
#[derive(Debug)]
pub struct LimitedStream<H: ConnectionHandler> {
    io: TcpStream,
    state: Arc<H::State>,
    evicted: oneshot::Receiver<()>,
    /// `None` once it is there.
    preface: Option<Preface>,
}

/// What a client of HTTP/2 says first (RFC 9113, section 3.4). A socket that does not is held open
/// by something else.
#[derive(Debug)]
struct Preface {
    missing: usize,
    deadline: Pin<Box<Sleep>>,
}

impl<H: ConnectionHandler> LimitedStream<H> {
    /// Why the connection has to end now, if it has to.
    fn poll_ended(&mut self, cx: &mut Context<'_>) -> Option<io::Error> {
        if Pin::new(&mut self.evicted).poll(cx).is_ready() {
            return Some(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "it was idle for longest, and others wait",
            ));
        }
        let preface = self.preface.as_mut()?;
        preface
            .deadline
            .as_mut()
            .poll(cx)
            .is_ready()
            .then(|| io::Error::new(io::ErrorKind::TimedOut, "it does not speak HTTP/2"))
    }

    fn has_read(&mut self, len: usize) {
        if let Some(preface) = &mut self.preface {
            preface.missing = preface.missing.saturating_sub(len);
            if preface.missing == 0 {
                self.preface = None;
                H::speaks(&self.state);
            }
        }
    }
}

impl<H: ConnectionHandler> Connected for LimitedStream<H> {
    type ConnectInfo = Arc<H::State>;

    fn connect_info(&self) -> Self::ConnectInfo {
        Arc::clone(&self.state)
    }
}

impl<H: ConnectionHandler> AsyncRead for LimitedStream<H> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        if let Some(ended) = stream.poll_ended(cx) {
            return Poll::Ready(Err(ended));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut stream.io).poll_read(cx, buf))?;
        stream.has_read(buf.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

/// Not vectored: then h2 copies frames of up to 1 KiB into one buffer, and an answer and the end of
/// its call are one packet. With vectored writes it flushes before whatever follows 256 bytes.
impl<H: ConnectionHandler> AsyncWrite for LimitedStream<H> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().io).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}
