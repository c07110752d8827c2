//! The implicit frame counter: never sent, equal on both sides as long as nobody tampers.
//!
//! ```text
//!  byte   0    1    2    3    4    5    6    7    8    9   10   11
//!       +----+----+----+----+----+----+----+----+----+----+----+----+
//!       |        frame number, little-endian    |  0    0    0 |side|
//!       +----+----+----+----+----+----+----+----+----+----+----+----+
//!                 \__ bytes 2..8: the key's epoch __/            80 = sent by the server
//! ```
//!
//! A frame number is used once per direction, so a lost, repeated, reordered or reflected frame
//! meets the wrong counter and its tag fails. The layout is grpc-go's
//! (`credentials/alts/internal/conn/counter.go`) and C-core's (`alts_counter.cc`).

use super::aead::NONCE_LEN;

/// One side of a connection; decides the counter's last byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The one that dialled.
    Client,
    /// The one that accepted.
    Server,
}

impl Side {
    /// The other end.
    #[must_use]
    pub fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// Where the epoch lies: six bytes, so that a key serves 2^16 frames.
const EPOCH: std::ops::Range<usize> = 2..8;
/// Bytes of an epoch.
pub(super) const EPOCH_LEN: usize = 6;
/// The byte that keeps the two directions' nonces apart.
const SIDE_BYTE: usize = 11;
/// Its value in frames that the server sends.
const SENT_BY_SERVER: u8 = 0x80;

/// The counter of one frame, as the twelve bytes that key and nonce are derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameCounter(pub(super) [u8; NONCE_LEN]);

impl FrameCounter {
    pub(super) fn new(number: u64, sender: Side) -> Self {
        let mut bytes = [0; NONCE_LEN];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        if sender == Side::Server {
            bytes[SIDE_BYTE] = SENT_BY_SERVER;
        }
        Self(bytes)
    }

    /// Two frames with equal epochs share an AES key.
    pub(super) fn epoch(&self) -> [u8; EPOCH_LEN] {
        let mut epoch = [0; EPOCH_LEN];
        epoch.copy_from_slice(&self.0[EPOCH]);
        epoch
    }
}

/// Hands out each frame number once.
#[derive(Debug)]
pub(super) struct Counter {
    /// Invariant: every number below `next` has been used; `None` once 2^64 - 1 was.
    next: Option<u64>,
    sender: Side,
}

impl Counter {
    pub(super) fn new(sender: Side) -> Self {
        Self::starting_at(0, sender)
    }

    pub(super) fn starting_at(number: u64, sender: Side) -> Self {
        Self {
            next: Some(number),
            sender,
        }
    }

    /// The next frame's counter, or `None` when there is none left and the connection must end.
    pub(super) fn advance(&mut self) -> Option<FrameCounter> {
        let number = self.next?;
        self.next = number.checked_add(1);
        Some(FrameCounter::new(number, self.sender))
    }
}

#[cfg(test)]
#[path = "counter_tests.rs"]
mod tests;
