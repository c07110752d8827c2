//! The record protocol `ALTSRP_GCM_AES128_REKEY`: plaintext to frames and back, without I/O.
//!
//! [`protect`] turns the keys of a finished handshake into a [`Sealer`] for what this side sends
//! and an [`Opener`] for what it receives. Both work in place on buffers of the caller's; neither
//! blocks, allocates or reads a clock. Frame layout: `frame.rs`; counters: `counter.rs`;
//! keys: `rekey.rs`; ciphers: `aead.rs`.
//!
//! An error is final: the connection it belongs to must be closed. The [`Opener`] enforces that
//! by refusing everything after its first error.

pub mod aead;
mod counter;
mod frame;
mod rekey;
#[cfg(test)]
mod tests;

use aead::{BackEnd, TAG_LEN};
use counter::Counter;
pub use counter::Side;
pub use frame::{HEADER_LEN, MAX_LENGTH, MAX_SENT_FRAME_LEN, OVERHEAD_LEN, frame_len};
use rekey::RekeyingAead;
pub use rekey::{TRAFFIC_KEY_LEN, TrafficKeys};

/// The protocol's name in handshakes.
pub const RECORD_PROTOCOL: &str = "ALTSRP_GCM_AES128_REKEY";

/// Why a record could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The length field is below a frame's minimum or above its maximum.
    #[error(
        "frame length {length} is outside 20 to {MAX_LENGTH}: the peer does not speak ALTS records or the stream is damaged"
    )]
    Length {
        /// The length field's value.
        length: usize,
    },
    /// The type field is not 6.
    #[error(
        "frame type {message_type} is not 6: the peer does not speak ALTS records or the stream is damaged"
    )]
    Type {
        /// The type field's value.
        message_type: u32,
    },
    /// The tag does not verify: the frame was altered, replayed, reordered or reflected.
    #[error("a frame failed authentication: it was altered, replayed or reordered on its way")]
    Tag,
    /// 2^64 frames were protected in this direction.
    #[error("the connection has used up its frame numbers; open a new one")]
    Exhausted,
}

/// Splits the keys of a handshake into the two directions as `side` sees them.
#[must_use]
pub fn protect(back_end: BackEnd, keys: &TrafficKeys, side: Side) -> (Sealer, Opener) {
    (
        Sealer::new(back_end, keys, side),
        Opener::new(back_end, keys, side),
    )
}

/// Protects what one side sends.
#[derive(Debug)]
pub struct Sealer {
    aead: RekeyingAead,
    counter: Counter,
}

impl Sealer {
    /// For frames that `side` sends.
    #[must_use]
    pub fn new(back_end: BackEnd, keys: &TrafficKeys, side: Side) -> Self {
        Self {
            aead: RekeyingAead::new(back_end, keys),
            counter: Counter::new(side),
        }
    }

    /// Seals one frame where it lies: `frame` is eight bytes of room for the header, the
    /// plaintext, and sixteen bytes of room for the tag.
    ///
    /// # Errors
    /// [`RecordError::Exhausted`] after 2^64 frames; [`RecordError::Length`] when `frame` has
    /// no room for header and tag, or is larger than any peer accepts.
    pub fn seal_in_place(&mut self, frame: &mut [u8]) -> Result<(), RecordError> {
        let frame_len = frame.len();
        if !(OVERHEAD_LEN..=MAX_SENT_FRAME_LEN).contains(&frame_len) {
            return Err(RecordError::Length { length: frame_len });
        }
        let out_of_bounds = RecordError::Length { length: frame_len };
        let (header, rest) = frame.split_first_chunk_mut().ok_or(out_of_bounds)?;
        let (text, tag) = rest
            .split_last_chunk_mut::<TAG_LEN>()
            .ok_or(out_of_bounds)?;
        let counter = self.counter.advance().ok_or(RecordError::Exhausted)?;
        frame::write_header(header, frame_len);
        *tag = self.aead.seal(counter, &[], text);
        Ok(())
    }

    /// Appends one sealed frame with `plaintext` to `out`.
    ///
    /// # Errors
    /// As [`Sealer::seal_in_place`]; `out` is then as it was.
    pub fn seal(&mut self, plaintext: &[u8], out: &mut Vec<u8>) -> Result<(), RecordError> {
        let start = out.len();
        out.resize(start + HEADER_LEN, 0);
        out.extend_from_slice(plaintext);
        out.resize(out.len() + TAG_LEN, 0);
        let sealed = self.seal_in_place(&mut out[start..]);
        if sealed.is_err() {
            out.truncate(start);
        }
        sealed
    }
}

/// Verifies and decrypts what one side receives.
#[derive(Debug)]
pub struct Opener {
    aead: RekeyingAead,
    counter: Counter,
    /// The first error, which is also every later one.
    failed: Option<RecordError>,
}

impl Opener {
    /// For frames that `side` receives, that is, that its peer sent.
    #[must_use]
    pub fn new(back_end: BackEnd, keys: &TrafficKeys, side: Side) -> Self {
        Self {
            aead: RekeyingAead::new(back_end, keys),
            counter: Counter::new(side.peer()),
            failed: None,
        }
    }

    /// Opens one whole frame where it lies and returns its plaintext.
    ///
    /// Use [`frame_len`] to learn where a frame ends.
    ///
    /// # Errors
    /// Any [`RecordError`]; the opener then refuses everything that follows, and what `frame`
    /// holds is worthless.
    pub fn open_in_place<'a>(&mut self, frame: &'a mut [u8]) -> Result<&'a mut [u8], RecordError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.try_open(frame)
            .inspect_err(|error| self.failed = Some(*error))
    }

    fn try_open<'a>(&mut self, frame: &'a mut [u8]) -> Result<&'a mut [u8], RecordError> {
        let damaged = RecordError::Length {
            length: frame.len(),
        };
        if frame_len(frame)? != Some(frame.len()) {
            return Err(damaged);
        }
        let counter = self.counter.advance().ok_or(RecordError::Exhausted)?;
        let (text, tag) = frame[HEADER_LEN..]
            .split_last_chunk_mut::<TAG_LEN>()
            .ok_or(damaged)?;
        self.aead
            .open(counter, &[], text, tag)
            .map_err(|_| RecordError::Tag)?;
        Ok(text)
    }
}
