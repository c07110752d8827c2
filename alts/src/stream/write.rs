//! The sending half of a stream: gathers plaintext into frames, seals them in place, sends them.
//!
//! ```text
//!   out:  | sent frames | sealed frames | header | plaintext of the open frame |
//!         0            sent           sealed
//! ```
//!
//! Accepted bytes are always buffered here, so a short write of the transport loses nothing.
//! The buffer is bounded by one batch and given back once it is sent: an idle connection owns
//! no write buffer.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::AsyncWrite;

use super::Broken;
use crate::record::{HEADER_LEN, OVERHEAD_LEN, Sealer, aead::TAG_LEN};

/// How many bytes may wait before a write has to send some. Large enough for one system call to
/// carry several frames, small enough to stay in a core's cache.
const BATCH_LEN: usize = 128 * 1024;
/// What may stay allocated between two bursts.
const KEPT_LEN: usize = 4 * 1024;

#[derive(Debug)]
pub(super) struct FrameWriter {
    sealer: Sealer,
    out: Vec<u8>,
    /// Invariant: `sent <= sealed <= out.len()`; whole sealed frames lie below `sealed`.
    sealed: usize,
    sent: usize,
    /// The most plaintext that one frame carries.
    max_plain: usize,
    broken: Option<Broken>,
}

impl FrameWriter {
    pub(super) fn new(sealer: Sealer, max_frame_len: usize) -> Self {
        debug_assert!(max_frame_len > OVERHEAD_LEN);
        let max_plain = max_frame_len - OVERHEAD_LEN;
        Self {
            sealer,
            out: Vec::new(),
            sealed: 0,
            sent: 0,
            max_plain,
            broken: None,
        }
    }

    /// Takes plaintext into the buffer; sends only when a batch is full.
    pub(super) fn poll_write<IO: AsyncWrite>(
        &mut self,
        io: Pin<&mut IO>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        if self.out.len() >= BATCH_LEN {
            ready!(self.poll_send(io, cx))?;
        }
        let mut accepted = 0;
        for buf in bufs {
            let mut rest: &[u8] = buf;
            while !rest.is_empty() {
                if self.out.len() >= BATCH_LEN {
                    return Poll::Ready(Ok(accepted));
                }
                let taken = self.append(rest)?;
                accepted += taken;
                rest = &rest[taken..];
            }
        }
        Poll::Ready(Ok(accepted))
    }

    /// Sends everything that was accepted.
    pub(super) fn poll_flush<IO: AsyncWrite>(
        &mut self,
        mut io: Pin<&mut IO>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        ready!(self.poll_send(io.as_mut(), cx))?;
        let flushed = ready!(io.poll_flush(cx));
        Poll::Ready(flushed.map_err(|error| self.fail(Broken::transport(&error)).into()))
    }

    /// Puts as much of `plaintext` into the open frame as fits; seals the frame when it is full.
    fn append(&mut self, plaintext: &[u8]) -> Result<usize, Broken> {
        if self.out.len() == self.sealed {
            let plain_len = plaintext.len().min(self.max_plain);
            self.out.reserve(plain_len + OVERHEAD_LEN);
            self.out.extend_from_slice(&[0; HEADER_LEN]);
        }
        let filled = self.out.len() - self.sealed - HEADER_LEN;
        let room = self.max_plain - filled;
        let taken = plaintext.len().min(room);
        self.out.extend_from_slice(&plaintext[..taken]);
        if taken == room {
            self.seal_open_frame()?;
        }
        Ok(taken)
    }

    fn seal_open_frame(&mut self) -> Result<(), Broken> {
        if self.out.len() == self.sealed {
            return Ok(());
        }
        self.out.extend_from_slice(&[0; TAG_LEN]);
        if let Err(error) = self.sealer.seal_in_place(&mut self.out[self.sealed..]) {
            return Err(self.fail(Broken::Record(error)));
        }
        self.sealed = self.out.len();
        Ok(())
    }

    fn poll_send<IO: AsyncWrite>(
        &mut self,
        mut io: Pin<&mut IO>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        self.seal_open_frame()?;
        while self.sent < self.sealed {
            let unsent = &self.out[self.sent..self.sealed];
            let sent = match ready!(io.as_mut().poll_write(cx, unsent)) {
                Ok(0) => Err(io::ErrorKind::WriteZero.into()),
                sent => sent,
            };
            self.sent += sent.map_err(|error| self.fail(Broken::transport(&error)))?;
        }
        self.out.clear();
        self.out.shrink_to(KEPT_LEN);
        (self.sealed, self.sent) = (0, 0);
        Poll::Ready(Ok(()))
    }

    /// Bytes of memory held for data to come.
    #[cfg(test)]
    pub(super) fn held_len(&self) -> usize {
        self.out.capacity()
    }

    fn check(&self) -> Result<(), Broken> {
        self.broken.clone().map_or(Ok(()), Err)
    }

    fn fail(&mut self, broken: Broken) -> Broken {
        self.out = Vec::new();
        (self.sealed, self.sent) = (0, 0);
        self.broken.insert(broken).clone()
    }
}
