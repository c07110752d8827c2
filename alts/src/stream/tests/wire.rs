//! A transport under a test's control.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A transport under the test's control: what it will be read, what was written to it, and how
/// much it moves at a time (zero: it is stuck).
#[derive(Debug, Default)]
pub(super) struct Wire {
    pub(super) incoming: VecDeque<u8>,
    /// After `incoming`: end of stream if true, silence if not.
    pub(super) closed: bool,
    pub(super) outgoing: Vec<u8>,
    pub(super) read_step: usize,
    pub(super) write_step: usize,
    pub(super) shut: bool,
}

impl Wire {
    pub(super) fn carrying(bytes: &[u8]) -> Self {
        let incoming = bytes.iter().copied().collect();
        Self {
            incoming,
            closed: true,
            read_step: usize::MAX,
            ..Self::default()
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.incoming.is_empty() {
            return if self.closed {
                Poll::Ready(Ok(()))
            } else {
                Poll::Pending
            };
        }
        let len = self.incoming.len().min(self.read_step).min(buf.remaining());
        let bytes: Vec<u8> = self.incoming.drain(..len).collect();
        buf.put_slice(&bytes);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let len = buf.len().min(self.write_step);
        self.outgoing.extend_from_slice(&buf[..len]);
        if len == 0 {
            Poll::Pending
        } else {
            Poll::Ready(Ok(len))
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.shut = true;
        Poll::Ready(Ok(()))
    }
}
