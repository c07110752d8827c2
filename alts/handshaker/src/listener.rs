//! Accepts workloads' connections for tonic, each with its [`Connection`] attached.

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

use crate::{
    Issuer,
    connection::{Connection, Workload},
    slots::Slots,
};

/// Pause after the system could not accept: out of file descriptors, mostly. Without it the loop
/// would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Bytes of the preface.
const PREFACE_LEN: usize = 24;

/// The connections of one machine's workloads.
pub(crate) struct Incoming<I> {
    listener: TcpListener,
    workload: Arc<Workload<I>>,
    slots: Arc<Slots>,
    preface: Duration,
    pause: Option<Pin<Box<Sleep>>>,
}

impl<I> Incoming<I> {
    pub(crate) fn new(
        listener: TcpListener,
        workload: Arc<Workload<I>>,
        slots: Arc<Slots>,
        preface: Duration,
    ) -> Self {
        Self {
            listener,
            workload,
            slots,
            preface,
            pause: None,
        }
    }
}

impl<I: Issuer> Incoming<I> {
    /// `None`: there are too many, and all are at work.
    fn admit(&self, io: TcpStream) -> Option<WorkloadStream<I>> {
        // Handshakes are ping-pong in small messages: waiting to fill a segment only delays them.
        if let Err(error) = io.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let machine = &self.workload.machine;
        let Some(admitted) = self.slots.admit() else {
            self.workload.metrics.connection_closed(machine, "full");
            tracing::warn!(%machine, "a connection is refused: there are too many, and all have \
                calls under way");
            return None;
        };
        if admitted.at_the_cost_of_another {
            self.workload.metrics.connection_closed(machine, "idle");
            tracing::debug!(%machine, "the longest idle connection gives way to a new one");
        }
        Some(WorkloadStream {
            io,
            connection: Connection::open(Arc::clone(&self.workload), Some(admitted.slot)),
            evicted: admitted.evicted,
            preface: Some(Preface {
                missing: PREFACE_LEN,
                deadline: Box::pin(tokio::time::sleep(self.preface)),
            }),
        })
    }
}

impl<I: Issuer> Stream for Incoming<I> {
    type Item = io::Result<WorkloadStream<I>>;

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
                    let machine = self.workload.machine.as_ref();
                    tracing::warn!(machine, %error, "cannot accept a connection");
                    // Should it be for want of files: whoever does nothing with one gives it back.
                    if self.slots.evict_idle() {
                        self.workload
                            .metrics
                            .connection_closed(&self.workload.machine, "idle");
                    }
                    self.pause = Some(Box::pin(tokio::time::sleep(ACCEPT_PAUSE)));
                }
            }
        }
    }
}

/// A TCP stream that knows which connection it is, and when it has to end.
pub(crate) struct WorkloadStream<I> {
    io: TcpStream,
    connection: Arc<Connection<I>>,
    evicted: oneshot::Receiver<()>,
    /// `None` once it is there.
    preface: Option<Preface>,
}

/// What a client of HTTP/2 says first (RFC 9113, section 3.4). A socket that does not is held open
/// by something else.
struct Preface {
    missing: usize,
    deadline: Pin<Box<Sleep>>,
}

impl<I: Issuer> WorkloadStream<I> {
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
                self.connection.begin();
            }
        }
    }
}

impl<I: Issuer> Connected for WorkloadStream<I> {
    type ConnectInfo = Arc<Connection<I>>;

    fn connect_info(&self) -> Self::ConnectInfo {
        Arc::clone(&self.connection)
    }
}

impl<I: Issuer> AsyncRead for WorkloadStream<I> {
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

impl<I> AsyncWrite for WorkloadStream<I> {
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

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
