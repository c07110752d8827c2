//! How a peer fails to prove itself.

/// How the peer failed to prove itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAuthentic {
    /// The MAC of ServerFinished.
    #[error("ServerFinished does not match the handshake")]
    ServerFinished,
    /// The MAC of ClientFinished.
    #[error("ClientFinished does not match the handshake")]
    ClientFinished,
    /// A public key of small order: the "shared" secret would be known to everybody (RFC 7748,
    /// section 6.1).
    #[error("its public key has small order")]
    SmallOrderKey,
}
