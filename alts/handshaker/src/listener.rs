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
    time::Sleep,
};
use tokio_stream::Stream;
use tonic::transport::server::Connected;

use crate::{
    Issuer,
    connection::{Connection, Workload},
};

/// Pause after the system could not accept: out of file descriptors, mostly. Without it the loop
/// would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The connections of one machine's workloads.
pub(crate) struct Incoming<I> {
    listener: TcpListener,
    workload: Arc<Workload<I>>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl<I> Incoming<I> {
    pub(crate) fn new(listener: TcpListener, workload: Arc<Workload<I>>) -> Self {
        Self {
            listener,
            workload,
            pause: None,
        }
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
                    // Handshakes are ping-pong in small messages: waiting to fill a segment only
                    // delays them.
                    if let Err(error) = io.set_nodelay(true) {
                        tracing::debug!(%error, "cannot set TCP_NODELAY");
                    }
                    let connection = Connection::open(Arc::clone(&self.workload));
                    return Poll::Ready(Some(Ok(WorkloadStream { io, connection })));
                }
                Err(error) => {
                    let machine = self.workload.machine.as_ref();
                    tracing::warn!(machine, %error, "cannot accept a connection");
                    self.pause = Some(Box::pin(tokio::time::sleep(ACCEPT_PAUSE)));
                }
            }
        }
    }
}

/// A TCP stream that knows which connection it is.
pub(crate) struct WorkloadStream<I> {
    io: TcpStream,
    connection: Arc<Connection<I>>,
}

impl<I: Issuer> Connected for WorkloadStream<I> {
    type ConnectInfo = Arc<Connection<I>>;

    fn connect_info(&self) -> Self::ConnectInfo {
        Arc::clone(&self.connection)
    }
}

impl<I> AsyncRead for WorkloadStream<I> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_read(cx, buf)
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
