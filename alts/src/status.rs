//! The one table from [`Error`] to the gRPC status that a caller sees.
//!
//! | cause | status | as in |
//! |---|---|---|
//! | not on Google Compute Engine, no opt-in | `INTERNAL` | grpc-java |
//! | a setting that cannot be | `INVALID_ARGUMENT` | ours |
//! | handshaker out of reach, or no credential to be had | `UNAVAILABLE` | all |
//! | handshaker has no room, or cannot ask about the peer's account | `UNAVAILABLE` | ours |
//! | handshaker refuses to begin | `UNKNOWN` | grpc-java |
//! | handshaker breaks its interface's rules | `INTERNAL` | ours |
//! | refused by the peer in the handshake, or its proof does not verify | `UNKNOWN` | grpc-java |
//! | identity not among the targets | `UNAVAILABLE` | C-core, Go |
//! | peer out of reach, silent, gone, or of other versions | `UNAVAILABLE` | all |
//! | traffic altered | `UNAVAILABLE` | all |
//! | too early for another attempt | that of the last attempt | all |
//! | not allowed by the server's policy | `PERMISSION_DENIED` | all; raised by `authorization.rs` |
//!
//! tonic turns every error of a connector into `UNAVAILABLE`; `AltsChannel` undoes that by this
//! table, and keeps the [`Error`] as the status's source.

use std::sync::Arc;

use tonic::{Code, Status};

use crate::Error;

impl Error {
    /// The status code that a caller of an RPC sees for this cause.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NotOnGce => Code::Internal,
            Self::Misconfigured(_) => Code::InvalidArgument,
            Self::HandshakerRefused { .. } | Self::Refused { .. } => Code::Unknown,
            Self::HandshakerMisbehaved(_) => Code::Internal,
            Self::PeerUnreachable { .. }
            | Self::HandshakerUnreachable { .. }
            | Self::NoCredential { .. }
            | Self::HandshakerOverloaded { .. }
            | Self::StandingUnknown { .. }
            | Self::NotATarget { .. }
            | Self::Incompatible { .. }
            | Self::PeerClosed { .. }
            | Self::PeerIo { .. }
            | Self::TimedOut { .. }
            | Self::Record(_) => Code::Unavailable,
            Self::BackingOff { last, .. } => last.code(),
        }
    }

    /// The cause behind a status, when it was one of ours.
    #[must_use]
    pub fn from_status(status: &Status) -> Option<&Self> {
        Self::find(std::error::Error::source(status)?)
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let mut status = Self::new(error.code(), format!("{error}; {}", error.remedy()));
        status.set_source(Arc::new(error));
        status
    }
}
