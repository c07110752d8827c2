//! Frames: how messages are found in a stream of bytes, and how one side says that it gives up.

mod abort;
mod invalid;
mod kind;
mod reader;

pub use self::{
    abort::{PeerAbort, append_no_credential_abort},
    invalid::InvalidMessage,
    kind::FrameType,
    reader::{HEADER_LEN, Input, MAX_FRAME_LEN},
};
pub(crate) use self::{
    abort::{append_abort, printable},
    reader::{Frame, FrameReader},
};
