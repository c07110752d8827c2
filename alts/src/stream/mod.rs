//! `AltsStream`: a byte stream over any other byte stream, protected by the record protocol.
//!
//! A thin shell: `read.rs` turns frames into plaintext, `write.rs` plaintext into frames, and
//! all cryptography is in [`crate::record`]. Writes are gathered until a flush or a full batch,
//! so call `flush` when the other side is to see them. An error is final for its direction.
//!
//! ALTS has no close message. A stream that ends between two frames is a clean end (HTTP/2 says
//! whether it was expected); one that ends inside a frame is `UnexpectedEof`.

mod read;
#[cfg(test)]
mod tests;
mod write;

use std::{
    io::{self, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, OnceLock, atomic::Ordering::Relaxed},
    task::{Context, Poll, ready},
};

use read::FrameReader;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use write::FrameWriter;

use crate::{
    AltsContext, Error,
    connections::{Guest, Half},
    record::{RecordError, Side, TrafficKeys, aead::BackEnd, protect},
};

/// A secured connection over the transport `IO`, with what its ends proved to each other.
#[derive(Debug)]
pub struct AltsStream<IO> {
    io: IO,
    reader: FrameReader,
    writer: FrameWriter,
    context: AltsContext,
    remote_addr: Option<SocketAddr>,
    end: CauseOfEnd,
    guest: Option<Box<Guest>>,
}

/// What a stream died of, for somebody who no longer owns it: HTTP/2 passes on the words of an
/// I/O error and loses the error itself. Empty while the stream lives.
#[derive(Debug, Clone, Default)]
pub(crate) struct CauseOfEnd(Arc<OnceLock<Error>>);

impl CauseOfEnd {
    pub(crate) fn get(&self) -> Option<&Error> {
        self.0.get()
    }

    #[cfg(test)]
    pub(crate) fn of(error: Error) -> Self {
        Self(Arc::new(error.into()))
    }

    /// Notes the first error of ours and passes everything on.
    fn note<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &outcome
            && let Some(ours) = Error::find(error)
        {
            // Full once the stream is dead: its first error is its cause.
            drop(self.0.set(ours.clone()));
        }
        outcome
    }
}

/// What a finished handshake hands to a stream.
pub(crate) struct Established {
    pub(crate) side: Side,
    pub(crate) keys: TrafficKeys,
    pub(crate) context: AltsContext,
    /// The largest frame to send, all bytes counted.
    pub(crate) max_frame_len: usize,
    /// Bytes that arrived behind the peer's last handshake message: the first of its records.
    pub(crate) leftover: Vec<u8>,
}

impl<IO> AltsStream<IO> {
    pub(crate) fn new(io: IO, aead: BackEnd, established: Established) -> Self {
        let (sealer, opener) = protect(aead, &established.keys, established.side);
        Self {
            io,
            reader: FrameReader::new(opener, &established.leftover),
            writer: FrameWriter::new(sealer, established.max_frame_len),
            context: established.context,
            remote_addr: None,
            end: CauseOfEnd::default(),
            guest: None,
        }
    }

    /// A stream between ends that agreed on keys by other means and proved nothing to each other.
    ///
    /// For benchmarks of the record layer; `max_frame_len` counts all bytes of a frame.
    #[cfg(feature = "bench")]
    pub fn dangerous_from_keys(
        io: IO,
        aead: BackEnd,
        side: Side,
        keys: TrafficKeys,
        context: AltsContext,
        max_frame_len: usize,
    ) -> Self {
        Self::new(
            io,
            aead,
            Established {
                side,
                keys,
                context,
                max_frame_len,
                leftover: Vec::new(),
            },
        )
    }

    /// The same, telling requests that they come from there: for accept loops of one's own.
    #[must_use]
    pub fn with_remote_addr(mut self, remote_addr: SocketAddr) -> Self {
        self.remote_addr = Some(remote_addr);
        self
    }

    /// What both ends proved in the handshake.
    #[must_use]
    pub fn context(&self) -> &AltsContext {
        &self.context
    }

    /// Around the protection.
    #[cfg(test)]
    pub(crate) fn transport_for_tests(&mut self) -> &mut IO {
        &mut self.io
    }

    /// A server's connection, which ends when its server says so.
    pub(crate) fn with_guest(mut self, guest: Guest) -> Self {
        self.guest = Some(Box::new(guest));
        self
    }

    pub(crate) fn guest(&self) -> Option<&Guest> {
        self.guest.as_deref()
    }

    /// Polls, unless it has to go: asked at first, for a peer that never stops would be served for ever,
    /// and again while it waits.
    fn unless_ended<T>(
        &mut self,
        half: Half,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Self, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let cut = |reason| Err(io::Error::new(io::ErrorKind::ConnectionAborted, reason));
        if let Some(reason) = self.guest.as_mut().and_then(|guest| guest.ended()) {
            return Poll::Ready(cut(reason));
        }
        let outcome = poll(self, cx).map(|outcome| self.end.note(outcome));
        match &mut self.guest {
            Some(guest) if outcome.is_pending() => guest.poll_ended(half, cx).map(cut),
            _ => outcome,
        }
    }

    pub(crate) fn cause_of_end(&self) -> CauseOfEnd {
        self.end.clone()
    }

    /// The transport address of the peer, where the transport has one.
    #[must_use]
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.remote_addr
    }
}

impl<IO: AsyncRead + Unpin> AltsStream<IO> {
    /// Waits until the peer's first record has arrived and verified, and keeps it for the reader.
    ///
    /// A server's HTTP/2 speaks first, and only after its handshaker accepted us: a client that
    /// waits learns of a refusal here instead of in the middle of its first call.
    pub(crate) fn poll_first_record(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let filled = self.reader.poll_fill(Pin::new(&mut self.io), cx);
        filled.map(|filled| self.end.note(filled))
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for AltsStream<IO> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.get_mut().unless_ended(Half::Read, cx, |this, cx| {
            let before = buf.filled().len();
            let read = this.reader.poll_read(Pin::new(&mut this.io), cx, buf);
            if let Some(guest) = &mut this.guest {
                let account = this.context.peer_service_account();
                guest.note_heard(buf.filled().len() - before, account);
                let unfinished = read.is_pending() && this.reader.is_inside_frame();
                guest.signs.unfinished.store(unfinished, Relaxed);
            }
            read
        })
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for AltsStream<IO> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().unless_ended(Half::Write, cx, |this, cx| {
            let written = this.writer.poll_write(Pin::new(&mut this.io), cx, bufs);
            if let Some(guest) = &this.guest
                && written.is_ready()
            {
                guest.signs.said.store(true, Relaxed);
            }
            written
        })
    }

    /// HTTP/2 hands over a frame's head and body apart: gathering them makes one record of both.
    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().unless_ended(Half::Write, cx, |this, cx| {
            this.writer.poll_flush(Pin::new(&mut this.io), cx)
        })
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().unless_ended(Half::Write, cx, |this, cx| {
            ready!(this.writer.poll_flush(Pin::new(&mut this.io), cx))?;
            Pin::new(&mut this.io).poll_shutdown(cx)
        })
    }
}

/// The error that a direction died of, kept so that it can be given again and again.
#[derive(Debug, Clone)]
enum Broken {
    Record(RecordError),
    Truncated,
    Transport(io::ErrorKind, String),
}

impl Broken {
    fn transport(error: &io::Error) -> Self {
        Self::Transport(error.kind(), error.to_string())
    }
}

impl From<Broken> for io::Error {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Record(error) => Error::Record(error).into(),
            Broken::Truncated => Self::new(
                io::ErrorKind::UnexpectedEof,
                "the connection ended inside a frame: the peer crashed or the stream was cut",
            ),
            Broken::Transport(kind, text) => Self::new(kind, text),
        }
    }
}

/// A context that says who the peer is and nothing else.
#[cfg(test)]
pub(crate) fn test_context(peer: &str) -> AltsContext {
    AltsContext::dangerous_unproven(crate::ServiceAccount::new(peer).expect("an account"))
}
