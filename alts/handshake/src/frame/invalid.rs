//! What is wrong with a peer's bytes.

use super::kind::FrameType;

/// What is wrong with the peer's bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidMessage {
    /// The peer is something else.
    #[error("the peer speaks {0}, not ALTS")]
    OtherProtocol(&'static str),
    /// No frame has this type.
    #[error("unknown frame type {0:#x}")]
    UnknownFrameType(u32),
    /// A length that does not even cover the type.
    #[error("a frame claims a length of {0}, below its own type")]
    FrameTooShort(usize),
    /// A frame larger than [`MAX_FRAME_LEN`](crate::MAX_FRAME_LEN).
    #[error("a frame of {0} bytes is above the limit of 65536")]
    FrameTooLong(usize),
    /// The body is not the protobuf message that the type promises.
    #[error("a {0:?} frame does not decode")]
    Undecodable(FrameType),
    /// A good frame at the wrong time.
    #[error("{found:?} came where {expected:?} was due")]
    Unexpected {
        /// What came.
        found: FrameType,
        /// What was due.
        expected: FrameType,
    },
    /// A field that breaks its rule.
    #[error("the field `{0}` is missing or out of bounds")]
    BadField(&'static str),
    /// The server chose what the client never offered.
    #[error("the server chose a {0} that was not offered")]
    NotOffered(&'static str),
    /// The client went on before it was its turn.
    #[error("{0} bytes follow ClientInit before the server has answered")]
    BytesOutOfTurn(usize),
}
