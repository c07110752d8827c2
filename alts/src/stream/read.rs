//! The receiving half of a stream: collects frames, opens them in place, hands out plaintext.
//!
//! ```text
//!   buffer:  | plaintext not yet taken | tag | next frame, maybe in part | room |
//!            0                        plain
//! ```
//!
//! The buffer grows with what arrives at once and is given back when there is nothing to hold:
//! an idle connection owns no read buffer.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::io::poll_read_buf;

use super::Broken;
use crate::record::{HEADER_LEN, OVERHEAD_LEN, Opener, aead::TAG_LEN, frame_len};

/// What a read asks for at first: one frame that carries an HTTP/2 frame of default size.
const FIRST_READ_LEN: usize = 16 * 1024 + 512;
/// What a read asks for at most: beyond the size of a core's cache nothing is gained.
const MAX_READ_LEN: usize = 256 * 1024;

#[derive(Debug)]
pub(super) struct FrameReader {
    opener: Opener,
    buffer: BytesMut,
    /// Bytes of verified plaintext at the front of `buffer`; their tag follows while > 0.
    plain: usize,
    /// How much to ask the transport for: doubles while reads come back full.
    read_len: usize,
    broken: Option<Broken>,
}

impl FrameReader {
    pub(super) fn new(opener: Opener, leftover: &[u8]) -> Self {
        Self {
            opener,
            buffer: BytesMut::from(leftover),
            plain: 0,
            read_len: FIRST_READ_LEN,
            broken: None,
        }
    }

    /// Fills `out` with plaintext; leaves it empty only at the end of the stream.
    pub(super) fn poll_read<IO: AsyncRead>(
        &mut self,
        mut io: Pin<&mut IO>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if out.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        if !ready!(self.poll_fill(io.as_mut(), cx))? {
            return Poll::Ready(Ok(()));
        }
        self.take(out);
        // More frames may be here already: take them while there is room, but wait for none.
        while out.remaining() > 0 && self.broken.is_none() {
            match self.open_next() {
                Ok(true) => self.take(out),
                // A damaged frame behind good ones is reported by the next read.
                Ok(false) | Err(_) => break,
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Makes plaintext available; `false` at the end of the stream.
    pub(super) fn poll_fill<IO: AsyncRead>(
        &mut self,
        mut io: Pin<&mut IO>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<bool>> {
        loop {
            if self.plain > 0 {
                return Poll::Ready(Ok(true));
            }
            self.broken.clone().map_or(Ok(()), Err)?;
            if self.open_next()? {
                return Poll::Ready(Ok(true));
            }
            let received = ready!(self.poll_receive(io.as_mut(), cx));
            if received.map_err(|error| self.fail(Broken::transport(&error)))? == 0 {
                if self.buffer.is_empty() {
                    return Poll::Ready(Ok(false));
                }
                return Poll::Ready(Err(self.fail(Broken::Truncated).into()));
            }
        }
    }

    /// Opens the frame at the front of the buffer if all of it is there. A frame without
    /// plaintext is legal and means nothing: it is passed over, never taken for an end.
    fn open_next(&mut self) -> Result<bool, Broken> {
        while self.plain == 0 {
            let frame_len = match frame_len(&self.buffer) {
                Ok(Some(len)) if len <= self.buffer.len() => len,
                Ok(_) => return Ok(false),
                Err(error) => return Err(self.fail(Broken::Record(error))),
            };
            if let Err(error) = self.opener.open_in_place(&mut self.buffer[..frame_len]) {
                return Err(self.fail(Broken::Record(error)));
            }
            self.buffer.advance(HEADER_LEN);
            self.plain = frame_len - OVERHEAD_LEN;
            if self.plain == 0 {
                self.buffer.advance(TAG_LEN);
            }
        }
        Ok(true)
    }

    fn take(&mut self, out: &mut ReadBuf<'_>) {
        let taken = self.plain.min(out.remaining());
        out.put_slice(&self.buffer[..taken]);
        self.buffer.advance(taken);
        self.plain -= taken;
        if self.plain == 0 {
            self.buffer.advance(TAG_LEN);
        }
    }

    fn poll_receive<IO: AsyncRead>(
        &mut self,
        io: Pin<&mut IO>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let missing = match frame_len(&self.buffer) {
            Ok(Some(len)) => len.saturating_sub(self.buffer.len()),
            _ => 0,
        };
        // A header alone reserves nothing: memory grows with what has arrived of the frame.
        self.buffer
            .reserve(missing.min(self.buffer.len()).max(self.read_len));
        let room = self.buffer.capacity() - self.buffer.len();
        let received = poll_read_buf(io, cx, &mut self.buffer);
        match &received {
            Poll::Ready(Ok(len)) if *len == room => {
                self.read_len = (self.read_len * 2).min(MAX_READ_LEN);
            }
            Poll::Pending if self.buffer.is_empty() => {
                self.buffer = BytesMut::new();
                self.read_len = FIRST_READ_LEN;
            }
            _ => {}
        }
        received
    }

    pub(super) fn is_inside_frame(&self) -> bool {
        self.plain == 0 && !self.buffer.is_empty()
    }

    /// Bytes of memory held for data to come.
    #[cfg(test)]
    pub(super) fn held_len(&self) -> usize {
        self.buffer.capacity()
    }

    fn fail(&mut self, broken: Broken) -> Broken {
        self.buffer = BytesMut::new();
        self.plain = 0;
        self.broken.insert(broken).clone()
    }
}
