//! What frames there are.

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameType {
    /// The client's offer and certificate.
    ClientInit,
    /// The server's choice and certificate.
    ServerInit,
    /// The server's proof that it holds its key and saw the same bytes.
    ServerFinished,
    /// The client's proof.
    ClientFinished,
    /// The sender gives up, and says why.
    Abort,
}

impl FrameType {
    /// Its number on the wire.
    pub const fn number(self) -> u32 {
        match self {
            Self::ClientInit => 0x11,
            Self::ServerInit => 0x12,
            Self::ServerFinished => 0x13,
            Self::ClientFinished => 0x14,
            Self::Abort => 0x1f,
        }
    }

    pub(super) fn from_number(number: u32) -> Option<Self> {
        [
            Self::ClientInit,
            Self::ServerInit,
            Self::ServerFinished,
            Self::ClientFinished,
            Self::Abort,
        ]
        .into_iter()
        .find(|kind| kind.number() == number)
    }
}
