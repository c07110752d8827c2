//! A client's first words of HTTP/2, said before hyper says them, and the wait for an answer.
//!
//! The first record of a server shows that it accepted this side, so no call goes out before it. Some
//! servers say nothing until they have seen the client's preface: Envoy, and tonic where HTTP/1 is
//! allowed beside HTTP/2. So the preface and empty SETTINGS go out at once, and the connection is
//! handed to hyper when the answer is here. Hyper then begins as on any connection, and two things are
//! hidden, one on either way:
//!
//! ```text
//!   this file    PRI * HTTP/2.0…SM   SETTINGS, empty                                    ─▶
//!                                       ◀─  SETTINGS of the server,  SETTINGS ACK (hidden)
//!   hyper        PRI * HTTP/2.0…SM (hidden)   SETTINGS of hyper   HEADERS of a call     ─▶
//! ```
//!
//! Acknowledgements come in the order of the SETTINGS (RFC 9113, 6.5.3), so the first is ours.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

use crate::{AltsContext, AltsStream, Error};

/// RFC 9113, 3.4.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Length (3 bytes), type (1), flags (1), stream (4); RFC 9113, 4.1.
const FRAME_HEAD_LEN: usize = 9;
/// RFC 9113, 6.5.
const SETTINGS_TYPE: u8 = 4;
const ACK: u8 = 1;
const SETTINGS: [u8; FRAME_HEAD_LEN] = [0, 0, 0, SETTINGS_TYPE, 0, 0, 0, 0, 0];
/// A server that accepted us answers a preface at once; one that never does is given up.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// What is read at a time until the acknowledgement has come.
const READ_LEN: usize = 4096;

/// A secured connection on which HTTP/2 has begun, for an HTTP/2 client alone.
#[derive(Debug)]
pub struct OpenedStream<IO> {
    stream: AltsStream<IO>,
    /// Bytes of hyper's preface that are still to come.
    preface_left: usize,
    /// `None` once our acknowledgement has come.
    awaiting: Option<FirstAck>,
}

impl<IO> OpenedStream<IO> {
    /// What both ends proved in the handshake.
    #[must_use]
    pub fn context(&self) -> &AltsContext {
        self.stream.context()
    }

    pub(super) fn secured(&self) -> &AltsStream<IO> {
        &self.stream
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> OpenedStream<IO> {
    /// Begins HTTP/2 and waits for the server's first record, so that a refusal is learnt here and
    /// not in the middle of a call.
    pub(super) async fn open(mut stream: AltsStream<IO>) -> Result<Self, Error> {
        match tokio::time::timeout(ANSWER_LIMIT, speak_first(&mut stream)).await {
            Ok(answered) => answered?,
            Err(_) => {
                return Err(Error::TimedOut {
                    limit: ANSWER_LIMIT,
                    waiting_for: "waiting for the server's first record",
                });
            }
        }
        Ok(Self {
            stream,
            preface_left: PREFACE.len(),
            awaiting: Some(FirstAck::default()),
        })
    }
}

async fn speak_first<IO>(stream: &mut AltsStream<IO>) -> Result<(), Error>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    const DURING: &str = "right after the handshake: it did not accept this side";
    let said = async {
        stream.write_all(PREFACE).await?;
        stream.write_all(&SETTINGS).await?;
        stream.flush().await
    };
    // A server that hung up may have said why before: what is read decides.
    let said = said.await;
    let first = poll_fn(|cx| stream.poll_first_record(cx)).await;
    match first.and_then(|any| said.map(|()| any)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::PeerClosed { during: DURING }),
        Err(error) => Err(Error::of_peer(error, DURING)),
    }
}

/// Up to `len` bytes off the front of `bytes`.
fn take_up_to<'a>(bytes: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(len.min(bytes.len()));
    *bytes = rest;
    taken
}

/// Walks over a server's frames and takes the first acknowledgement of SETTINGS out of them.
#[derive(Debug, Default)]
struct FirstAck {
    /// The head of a frame of which not all bytes have come.
    head: BytesMut,
    /// Bytes of a frame's payload that are still to come.
    payload_left: usize,
    /// What hyper may read.
    plain: BytesMut,
    found: bool,
}

impl FirstAck {
    fn take(&mut self, mut arrived: &[u8]) {
        while !self.found && !arrived.is_empty() {
            if self.payload_left > 0 {
                let payload = take_up_to(&mut arrived, self.payload_left);
                self.payload_left -= payload.len();
                self.plain.extend_from_slice(payload);
                continue;
            }
            let rest = take_up_to(&mut arrived, FRAME_HEAD_LEN - self.head.len());
            self.head.extend_from_slice(rest);
            if self.head.len() == FRAME_HEAD_LEN {
                self.take_head();
            }
        }
        self.plain.extend_from_slice(arrived);
    }

    fn take_head(&mut self) {
        let head = self.head.split();
        self.payload_left = head[..3]
            .iter()
            .fold(0, |len, &byte| len << 8 | usize::from(byte));
        // Other flags, and the bit before the stream, mean nothing here (4.1).
        if head[3] == SETTINGS_TYPE && head[4] & ACK != 0 && self.payload_left == 0 {
            self.found = true;
        } else {
            self.plain.unsplit(head);
        }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for OpenedStream<IO> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while let Some(awaiting) = &mut this.awaiting {
            if !awaiting.plain.is_empty() {
                let taken = awaiting.plain.len().min(out.remaining());
                out.put_slice(&awaiting.plain.split_to(taken));
                return Poll::Ready(Ok(()));
            }
            if awaiting.found {
                this.awaiting = None;
                break;
            }
            let mut room = [0; READ_LEN];
            let mut room = ReadBuf::new(&mut room);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut room))?;
            if room.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            awaiting.take(room.filled());
        }
        Pin::new(&mut this.stream).poll_read(cx, out)
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for OpenedStream<IO> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.preface_left > 0 {
            let due = &PREFACE[PREFACE.len() - this.preface_left..];
            let first = bufs.iter().find(|buf| !buf.is_empty());
            let hidden = first.map_or(0, |buf| buf.len().min(due.len()));
            if first.is_some_and(|buf| buf[..hidden] != due[..hidden]) {
                let error = Error::Misconfigured("this connection is for HTTP/2 alone".to_owned());
                return Poll::Ready(Err(error.into()));
            }
            this.preface_left -= hidden;
            return Poll::Ready(Ok(hidden));
        }
        Pin::new(&mut this.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
#[path = "opening_tests.rs"]
mod tests;
