//! Why a handshake fails, with the blame in the type, and what the peer is told about it.

use alts::ServiceAccount;

use crate::{
    certificate::CertificateError,
    frame::{InvalidMessage, PeerAbort, append_abort, printable},
    keys::NotAuthentic,
    wire,
};

/// A handshake's one cause of death. Final: the state that met it is gone. Exhaustive: whoever
/// gives each a status must hear of a new one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// The bytes are not a message of this protocol, or not one that may come now.
    #[error(
        "the peer's handshake bytes are malformed: {0}; check that both ends speak ALTS through \
         handshakers of this kind"
    )]
    InvalidMessage(#[from] InvalidMessage),
    /// Both sides are sane and cannot agree.
    #[error("{0}")]
    Incompatible(#[from] Incompatible),
    /// The peer's certificate chain does not hold.
    #[error("the peer's certificate is refused: {0}")]
    Certificate(#[from] CertificateError),
    /// The peer has a good certificate and could not prove that it holds the key, or the bytes were
    /// changed on the way.
    #[error("the peer did not prove its identity: {0}; somebody may be altering the connection")]
    NotAuthentic(#[from] NotAuthentic),
    /// An honest peer, but not one the caller asked for.
    #[error(
        "the peer is {peer} but only {} may be called; check the target service accounts",
        list(expected)
    )]
    WrongPeer {
        /// Who it proved to be.
        peer: ServiceAccount,
        /// Whom the caller asked for.
        expected: Vec<ServiceAccount>,
    },
    /// An honest peer that the caller may want, but not under the name that was dialled.
    #[error(
        "the peer is {peer}, and this machine's name policy does not let it answer to {}; dial a \
         name of its own, or add it to the policy",
        printable(name)
    )]
    WrongName {
        /// Who it proved to be.
        peer: ServiceAccount,
        /// What was dialled.
        name: String,
    },
    /// The peer gave up and said why.
    #[error("peer aborted the handshake: {0}")]
    PeerAborted(PeerAbort),
}

/// Names that fit on a line: a caller may list many.
fn list(accounts: &[ServiceAccount]) -> String {
    const SHOWN: usize = 3;
    let names: Vec<&str> = accounts.iter().take(SHOWN).map(AsRef::as_ref).collect();
    let listed = names.join(" or ");
    match accounts.len().saturating_sub(SHOWN) {
        0 => listed,
        more => format!("{listed} or {more} others"),
    }
}

/// What two sane sides cannot agree on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Incompatible {
    /// Another version of the handshake.
    #[error(
        "the peer speaks version {0} of alts-local, this side version 2; run the same \
         alts-handshaker on both machines"
    )]
    Version(u32),
    /// No record protocol in common.
    #[error(
        "the client offers no record protocol that the server knows; both sides' gRPC libraries \
         must offer ALTSRP_GCM_AES128_REKEY"
    )]
    RecordProtocol,
    /// No application protocol in common.
    #[error(
        "the client offers no application protocol that the server knows; both sides' gRPC \
         libraries must offer grpc"
    )]
    ApplicationProtocol,
}

impl HandshakeError {
    /// Appends the Abort that tells the peer, when it should be told.
    pub(crate) fn append_abort(&self, out: &mut Vec<u8>) {
        if let Some(code) = self.abort_code() {
            append_abort(code, &self.to_string(), out);
        }
    }

    fn abort_code(&self) -> Option<wire::AbortCode> {
        match self {
            // Whoever guesses at MACs gets no answer; an abort is not answered with an abort.
            Self::NotAuthentic(NotAuthentic::ClientFinished) | Self::PeerAborted(_) => None,
            Self::NotAuthentic(_) => Some(wire::AbortCode::NotAuthentic),
            Self::InvalidMessage(_) => Some(wire::AbortCode::BadMessage),
            Self::Incompatible(Incompatible::Version(_)) => Some(wire::AbortCode::BadVersion),
            Self::Incompatible(_) => Some(wire::AbortCode::NothingInCommon),
            Self::Certificate(_) => Some(wire::AbortCode::BadCertificate),
            Self::WrongPeer { .. } | Self::WrongName { .. } => Some(wire::AbortCode::WrongPeer),
        }
    }
}
