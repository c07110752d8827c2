//! The shape of a frame on the wire: where one ends, and what may not be one.
//!
//! ```text
//!  byte 0         4         8              8+N             24+N
//!       +---------+---------+---------------+----------------+
//!       | length  | type=6  | ciphertext, N | GCM tag, 16    |
//!       | u32 LE  | u32 LE  |               |                |
//!       +---------+---------+---------------+----------------+
//!                 \______________ length ___________________/
//! ```
//!
//! The header is not authenticated (there is no AAD), so the type is checked exactly and the
//! length is trusted only to find the frame's end. Boundaries carry no meaning; there is no
//! close message: HTTP/2 says when a conversation is over.

use super::{RecordError, aead::TAG_LEN};

/// Bytes before the ciphertext: length and type.
pub const HEADER_LEN: usize = LENGTH_LEN + TYPE_LEN;
/// Bytes a frame has beyond its plaintext.
pub const OVERHEAD_LEN: usize = HEADER_LEN + TAG_LEN;
/// The largest length field accepted: what we declare to peers, and the most that C-core, Go
/// and Java ever send to one that declared it.
pub const MAX_LENGTH: usize = 1024 * 1024;
/// The largest frame, all bytes counted, that every known peer accepts: Java's limit is the
/// lowest (length at most 1 MiB - 4).
pub const MAX_SENT_FRAME_LEN: usize = MAX_LENGTH;

const LENGTH_LEN: usize = 4;
const TYPE_LEN: usize = 4;
/// The only message type of the record protocol.
const MESSAGE_TYPE: u32 = 6;
/// A frame with an empty plaintext.
const MIN_LENGTH: usize = TYPE_LEN + TAG_LEN;

/// Writes the header of a frame that is `frame_len` bytes long in all.
pub(super) fn write_header(header: &mut [u8; HEADER_LEN], frame_len: usize) {
    let length = u32::try_from(frame_len - LENGTH_LEN).expect("frames are at most 1 MiB + 4");
    header[..LENGTH_LEN].copy_from_slice(&length.to_le_bytes());
    header[LENGTH_LEN..].copy_from_slice(&MESSAGE_TYPE.to_le_bytes());
}

/// How many bytes the frame at the start of `buffer` has, all counted; `None` means "not yet".
///
/// # Errors
/// What stands there can never become a frame: its length is out of bounds or its type is wrong.
pub fn frame_len(buffer: &[u8]) -> Result<Option<usize>, RecordError> {
    let Some(length) = read_u32(buffer, 0) else {
        return Ok(None);
    };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
        return Err(RecordError::Length { length });
    }
    let Some(message_type) = read_u32(buffer, LENGTH_LEN) else {
        return Ok(None);
    };
    if message_type != MESSAGE_TYPE {
        return Err(RecordError::Type { message_type });
    }
    Ok(Some(LENGTH_LEN + length))
}

fn read_u32(buffer: &[u8], at: usize) -> Option<u32> {
    buffer
        .get(at..)?
        .first_chunk()
        .copied()
        .map(u32::from_le_bytes)
}
