//! The one table from causes to what the library on this side is told: a gRPC status code and a
//! sentence.
//!
//! | cause | code |
//! |---|---|
//! | malformed frames, messages or requests; nothing in common | INVALID_ARGUMENT |
//! | a frame or a first request above its limit; too many handshakes wait | RESOURCE_EXHAUSTED |
//! | a request out of order | FAILED_PRECONDITION |
//! | certificate or proof refused; the peer aborted | UNAUTHENTICATED |
//! | the peer is nobody the caller asked for, or not by that name | PERMISSION_DENIED |
//! | a local identity that is not this machine's | PERMISSION_DENIED |
//! | no credential | UNAVAILABLE |

use alts::ServiceAccount;
use alts_authority::issuer::NoCredential;
use alts_handshake::{
    HandshakeError, InvalidMessage, MAX_LIST_ENTRIES, MAX_PROTOCOL_LEN, MAX_TARGET_NAME_LEN,
};
use tonic::Code;

/// Longest first request, in bytes: the longest frame of a peer, and half as much for names.
pub const MAX_FIRST_REQUEST_LEN: usize = 96 * 1024;

/// How an RPC fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The RPC's status, and the number in `HandshakerStatus`.
    pub code: Code,
    /// The RPC's message, and the text in `HandshakerStatus`: the cause and the remedy, on one
    /// line.
    pub details: String,
}

/// What the library on this side asked that cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRequest {
    /// More than a start has to say.
    #[error(
        "the first request has {0} bytes, the limit is {MAX_FIRST_REQUEST_LEN}: a frame of the peer \
         and a few names; send what the peer says next in the next request"
    )]
    FirstTooLong(usize),
    /// No message inside.
    #[error(
        "the request holds neither a start nor a next message; use a client library that speaks \
         grpc.gcp.HandshakerService"
    )]
    Empty,
    /// `next` before a start.
    #[error(
        "the first request must be client_start or server_start, and this is next; start the \
         handshake first"
    )]
    NotStarted,
    /// A start after a start.
    #[error(
        "the handshake is already under way, and this is another start; use one RPC per handshake"
    )]
    SecondStart,
    /// TLS, or nothing.
    #[error("only the handshake protocol ALTS is offered here; ask for ALTS")]
    NotAlts,
    /// No `handshake_parameters` under the number of ALTS.
    #[error("server_start has no handshake_parameters for ALTS; add them under key 2")]
    NoAltsParameters,
    /// Nothing in the list, or nothing known.
    #[error("no application protocol is offered; offer grpc")]
    NoApplicationProtocol,
    /// Nothing in the list, or nothing known.
    #[error("none of the offered record protocols is known here; offer ALTSRP_GCM_AES128_REKEY")]
    NoRecordProtocol,
    /// Lists or names beyond their bounds.
    #[error(
        "a list has more than {MAX_LIST_ENTRIES} entries or a protocol's name more than \
         {MAX_PROTOCOL_LEN} bytes; offer fewer"
    )]
    TooMuch,
    /// A target name beyond its bound.
    #[error("the target name is longer than {MAX_TARGET_NAME_LEN} bytes; dial a shorter name")]
    TargetNameTooLong,
    /// Targets that are no service accounts.
    #[error("a target identity is not a service account; name service accounts only")]
    BadTarget,
    /// The caller wants to be somebody else.
    #[error(
        "this machine's handshaker speaks for {own} only; leave the local identity out, or call \
         the handshaker of the machine that runs as it"
    )]
    ForeignIdentity {
        /// Whom it speaks for.
        own: ServiceAccount,
    },
}

impl Failure {
    fn new(code: Code, error: &impl ToString) -> Self {
        let details = error.to_string();
        Self { code, details }
    }
}

impl From<&BadRequest> for Failure {
    fn from(error: &BadRequest) -> Self {
        let code = match error {
            BadRequest::NotStarted | BadRequest::SecondStart => Code::FailedPrecondition,
            BadRequest::ForeignIdentity { .. } => Code::PermissionDenied,
            BadRequest::FirstTooLong(_) => Code::ResourceExhausted,
            _ => Code::InvalidArgument,
        };
        Self::new(code, error)
    }
}

impl From<&HandshakeError> for Failure {
    fn from(error: &HandshakeError) -> Self {
        let code = match error {
            HandshakeError::InvalidMessage(InvalidMessage::FrameTooLong(_)) => {
                Code::ResourceExhausted
            }
            HandshakeError::InvalidMessage(_) | HandshakeError::Incompatible(_) => {
                Code::InvalidArgument
            }
            HandshakeError::WrongPeer { .. } | HandshakeError::WrongName { .. } => {
                Code::PermissionDenied
            }
            HandshakeError::Certificate(_)
            | HandshakeError::NotAuthentic(_)
            | HandshakeError::PeerAborted(_) => Code::Unauthenticated,
        };
        Self::new(code, error)
    }
}

impl From<&NoCredential> for Failure {
    fn from(error: &NoCredential) -> Self {
        Self::new(Code::Unavailable, error)
    }
}
