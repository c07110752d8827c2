//! Frames of the handshake: found in a stream of bytes that may be cut anywhere.
//!
//! ```text
//!  0        4        8                      4 + length
//!  +--------+--------+----------------------+
//!  | length |  type  |        body          |     both integers little-endian
//!  +--------+--------+----------------------+
//!           |<-------- length ------------->|     length counts type and body, not itself
//! ```
//!
//! The shape is that of record frames, whose type is 6; no handshake type's low byte is 6. So the
//! first bytes after the last handshake frame are recognisably a record.

use prost::Message;

use super::{invalid::InvalidMessage, kind::FrameType};

/// Bytes before a frame's body: its length and its type.
pub const HEADER_LEN: usize = 8;

/// The longest frame, header included.
///
/// Real ones stay below 2 KiB. The bound is what one side buffers for a peer it knows nothing
/// about; 64 KiB is also the most that grpc-go reads from a peer at a time.
pub const MAX_FRAME_LEN: usize = 65_536;

/// Bytes from the peer, and how many of them the handshake has taken.
///
/// Whatever is left when the handshake is established belongs to the record protocol.
#[derive(Debug)]
pub struct Input<'a> {
    /// Invariant: `consumed <= bytes.len()`.
    bytes: &'a [u8],
    consumed: usize,
}

impl<'a> Input<'a> {
    /// Nothing taken yet.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, consumed: 0 }
    }

    /// How many bytes were taken.
    pub fn consumed(&self) -> usize {
        self.consumed
    }

    /// The bytes nobody has taken.
    pub fn rest(&self) -> &'a [u8] {
        &self.bytes[self.consumed..]
    }

    fn take_up_to(&mut self, wanted: usize) -> &'a [u8] {
        let rest = self.rest();
        let taken = &rest[..wanted.min(rest.len())];
        self.consumed += taken.len();
        taken
    }
}

/// One whole frame.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    kind: FrameType,
    bytes: Vec<u8>,
}

impl Frame {
    /// Frames a message of ours.
    pub(crate) fn encode(kind: FrameType, message: &impl Message) -> Self {
        let body_len = message.encoded_len();
        let length = u32::try_from(body_len + 4).expect("our messages are far below 4 GiB");
        let mut bytes = Vec::with_capacity(HEADER_LEN + body_len);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&kind.number().to_le_bytes());
        message.encode_raw(&mut bytes);
        Self { kind, bytes }
    }

    pub(crate) fn kind(&self) -> FrameType {
        self.kind
    }

    /// Header and body: what a transcript is made of.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.bytes[HEADER_LEN..]
    }
}

/// Collects one frame at a time and never takes a byte beyond it.
#[derive(Default)]
pub(crate) struct FrameReader {
    /// Invariant: `partial.len() < MAX_FRAME_LEN`; grows with what arrived, never with what was
    /// promised.
    partial: Vec<u8>,
}

impl FrameReader {
    /// The next frame, or `None` when all of `input` was taken and more is needed.
    pub(crate) fn read(&mut self, input: &mut Input<'_>) -> Result<Option<Frame>, InvalidMessage> {
        if !self.fill(HEADER_LEN, input) {
            return Ok(None);
        }
        let (kind, total) = parse_header(&self.partial)?;
        if !self.fill(total, input) {
            return Ok(None);
        }
        Ok(Some(Frame {
            kind,
            bytes: std::mem::take(&mut self.partial),
        }))
    }

    /// Whether `partial` holds `wanted` bytes after taking what it may.
    fn fill(&mut self, wanted: usize, input: &mut Input<'_>) -> bool {
        let missing = wanted.saturating_sub(self.partial.len());
        self.partial.extend_from_slice(input.take_up_to(missing));
        self.partial.len() >= wanted
    }
}

/// The frame's type and its whole length.
fn parse_header(bytes: &[u8]) -> Result<(FrameType, usize), InvalidMessage> {
    let word = |at: usize| {
        let word: [u8; 4] = bytes[at..at + 4].try_into().expect("four bytes");
        u32::from_le_bytes(word)
    };
    if let Some(protocol) = other_protocol(&bytes[..HEADER_LEN]) {
        return Err(InvalidMessage::OtherProtocol(protocol));
    }
    let number = word(4);
    let kind = FrameType::from_number(number).ok_or(InvalidMessage::UnknownFrameType(number))?;
    let length = word(0) as usize;
    if length < 4 {
        return Err(InvalidMessage::FrameTooShort(length));
    }
    let total = length.saturating_add(4);
    if total > MAX_FRAME_LEN {
        return Err(InvalidMessage::FrameTooLong(total));
    }
    Ok((kind, total))
}

/// Names the protocol of a peer that evidently speaks another one.
///
/// Dialling a plaintext or TLS port is the commonest mistake, and "unknown frame type 0x54542a20"
/// helps nobody who makes it.
fn other_protocol(header: &[u8]) -> Option<&'static str> {
    match header {
        [b'P', b'R', b'I', b' ', ..] => Some("plaintext HTTP/2"),
        // A server's first HTTP/2 frame: u24 length, type SETTINGS, no flags, stream 0.
        [0, _, _, 4, 0, 0, 0, 0] => Some("plaintext HTTP/2"),
        [b'H', b'T', b'T', b'P', ..] | [b'G', b'E', b'T', b' ', ..] => Some("HTTP/1"),
        // TLS records: alert and handshake, major version 3.
        [21 | 22, 3, ..] => Some("TLS"),
        _ => None,
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
