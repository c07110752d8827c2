//! Everything that can end a connection, with the blame in the type and the remedy at hand.
//!
//! A connection dies of exactly one cause, so there is one enum. `Display` is the cause; what to
//! do about it is [`Error::remedy`]; which gRPC status a caller sees is decided in `status.rs`.

use std::{fmt, io, sync::Arc, time::Duration};

use crate::{RpcVersions, record::RecordError};

/// Why a connection could not be made, or had to end.
///
/// `Debug` says the same as `Display`, and what to do about it: a `main` that returns this error prints that.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// This machine is not a Google Compute Engine VM and nobody opted out of that check.
    #[error("ALTS is only allowed to run on Google Cloud Platform")]
    NotOnGce,
    /// A setting cannot be used as given.
    #[error("{0}")]
    Misconfigured(String),
    /// The address to dial could not be reached at all.
    #[error("cannot connect to {address}: {source}")]
    PeerUnreachable {
        /// `host:port` as dialled.
        address: String,
        /// What the operating system said.
        source: Arc<io::Error>,
    },
    /// Our own handshaker does not answer.
    #[error("the handshaker at {address} is out of reach: {detail}")]
    HandshakerUnreachable {
        /// Where it should be.
        address: String,
        /// What went wrong on the way.
        detail: String,
    },
    /// Our own handshaker answers, but has no credential for us: for example, because our
    /// service account is disabled.
    #[error("the handshaker has no credential for this workload: {detail}")]
    NoCredential {
        /// The handshaker's words.
        detail: String,
    },
    /// Our own handshaker has as much to do as it may have.
    #[error("the handshaker has no room for another handshake: {detail}")]
    HandshakerOverloaded {
        /// The handshaker's words.
        detail: String,
    },
    /// Our own handshaker began and could not go on: for example, because it cannot ask whether the
    /// peer's account is still enabled.
    #[error("the handshaker could not complete the handshake: {detail}")]
    HandshakerUnable {
        /// The handshaker's words.
        detail: String,
    },
    /// Our own handshaker refused to start the handshake.
    #[error("the handshaker refused the handshake (status {code}): {detail}")]
    HandshakerRefused {
        /// Number of the gRPC status code it gave.
        code: u32,
        /// Its words.
        detail: String,
    },
    /// The handshake with the peer failed: it aborted, or what it sent did not verify.
    #[error("the handshake with the peer was refused (status {code}): {detail}")]
    Refused {
        /// Number of the gRPC status code our handshaker gave.
        code: u32,
        /// Its words; they quote the peer's reason when it gave one.
        detail: String,
    },
    /// The peer proved to be somebody, but nobody we asked for.
    #[error("the peer is not one of the expected service accounts: {detail}")]
    NotATarget {
        /// Who was expected and who was there, as far as known.
        detail: String,
    },
    /// The peer speaks other RPC protocol versions.
    #[error("the peer speaks RPC protocol versions {peer}, this side {ours}")]
    Incompatible {
        /// Ours.
        ours: RpcVersions,
        /// The peer's.
        peer: RpcVersions,
    },
    /// The peer closed the connection before anything was said on it.
    #[error("the peer closed the connection {during}")]
    PeerClosed {
        /// Which step it did not take part in.
        during: &'static str,
    },
    /// Reading from or writing to the peer failed while shaking hands.
    #[error("the connection failed {during}: {source}")]
    PeerIo {
        /// Which step was under way.
        during: &'static str,
        /// What the operating system said.
        source: Arc<io::Error>,
    },
    /// A step did not finish in time.
    #[error("the handshake took longer than {limit:?}; it was {waiting_for}")]
    TimedOut {
        /// The limit that ran out.
        limit: Duration,
        /// What was being waited for.
        waiting_for: &'static str,
    },
    /// Our own handshaker broke the rules of its interface.
    #[error("the handshaker broke its protocol: {0}")]
    HandshakerMisbehaved(#[from] Misbehaviour),
    /// A record was damaged, or the numbers ran out.
    #[error("the secured stream failed: {0}")]
    Record(#[from] RecordError),
    /// An attempt just failed and it is too early for another.
    #[error("{last} (next attempt in {retry_in:?})")]
    BackingOff {
        /// What the last attempt died of.
        last: Arc<Self>,
        /// How long until the next one may start.
        retry_in: Duration,
    },
}

/// Rules of `grpc.gcp.HandshakerService` that an answer broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// The call ended without a result and without an error.
    #[error("it ended the call before the handshake was done")]
    EndedEarly,
    /// It answered without having been asked.
    #[error("it sent an answer that nobody asked for")]
    Unasked,
    /// It claims to have consumed more than it was given.
    #[error("it consumed {consumed} of {given} bytes")]
    ConsumedTooMuch {
        /// Claimed.
        consumed: usize,
        /// Possible.
        given: usize,
    },
    /// The handshake goes on without getting anywhere.
    #[error("it did not finish within {0} rounds")]
    TooManyRounds(usize),
    /// The peer's bytes pile up unread.
    #[error("it left {0} bytes of handshake unread")]
    TooMuchUnread(usize),
    /// The keys are too few bytes.
    #[error("it gave {0} bytes of key data; 44 are needed")]
    ShortKey(usize),
    /// The result names another record protocol than the one offered.
    #[error("it chose a record protocol that was not offered")]
    RecordProtocol,
    /// The result does not name a peer.
    #[error("it finished without saying who the peer is")]
    NoPeer,
    /// The result lacks the peer's RPC versions.
    #[error("it finished without saying which RPC versions the peer speaks")]
    NoVersions,
}

/// Programs with [`crate::HandshakerArgs`] have flags; others call the builder or read its variables.
const NOT_ON_GCE_REMEDY: &str = if cfg!(feature = "clap") {
    "run it on a Compute Engine VM, or name a handshaker of your own with --handshaker-address and \
     accept it with --allow-untrusted-handshaker"
} else {
    "run it on a Compute Engine VM, or name a handshaker of your own with HandshakerBuilder::address \
     and accept it with allow_untrusted; HandshakerBuilder::from_env reads both from \
     ALTS_HANDSHAKER_ADDRESS and ALTS_ALLOW_UNTRUSTED_HANDSHAKER"
};
const HANDSHAKER_UNREACHABLE_REMEDY: &str = if cfg!(feature = "clap") {
    "start the handshaker, or name its address with --handshaker-address"
} else {
    "start the handshaker, or name its address with HandshakerBuilder::address"
};

impl Error {
    /// What the person who runs this can do about it, as one sentence.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NotOnGce => NOT_ON_GCE_REMEDY,
            Self::Misconfigured(_) => "correct that setting",
            Self::PeerUnreachable { .. } => "check the address and that the server is running",
            Self::HandshakerUnreachable { .. } => HANDSHAKER_UNREACHABLE_REMEDY,
            Self::NoCredential { .. } => {
                "enable this machine's service account, and check that the handshaker can reach \
                 its authority"
            }
            Self::HandshakerOverloaded { .. } => {
                "try again later, or let it run more handshakes at once; its log says which limit it was"
            }
            Self::HandshakerUnable { .. } => {
                "check that this machine's handshaker runs and can reach its authority"
            }
            Self::HandshakerRefused { .. } => "see the handshaker's log for the reason",
            Self::Refused { .. } => {
                "check the peer's service account and handshaker: its log has the reason"
            }
            Self::NotATarget { .. } => {
                "check the address, or name the account that really runs there as a target"
            }
            Self::Incompatible { .. } => "bring both sides to versions that overlap",
            Self::PeerClosed { .. } | Self::PeerIo { .. } => {
                "check that the address is an ALTS server's; its log may say why it hung up"
            }
            Self::TimedOut { .. } => "check the network, the peer and both handshakers",
            Self::HandshakerMisbehaved(_) => "replace the handshaker; this is its error",
            Self::Record(_) => "open a new connection; if it recurs, look for what alters traffic",
            Self::BackingOff { last, .. } => last.remedy(),
        }
    }

    /// What ended reading from a peer, or writing to it: this type inside, or the transport's own.
    pub(crate) fn of_peer(error: io::Error, during: &'static str) -> Self {
        let ours = Self::find(&error).cloned();
        let source = Arc::new(error);
        ours.unwrap_or(Self::PeerIo { during, source })
    }

    /// Finds this type among the causes of another error, also inside `io::Error`s.
    #[must_use]
    pub fn find<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Self> {
        for error in std::iter::successors(Some(error), |error| error.source()) {
            if let Some(found) = error.downcast_ref::<Self>() {
                return Some(found);
            }
            let inside = error
                .downcast_ref::<io::Error>()
                .and_then(|io| io.get_ref());
            if let Some(found) = inside.and_then(|inner| inner.downcast_ref::<Self>()) {
                return Some(found);
            }
        }
        None
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}; {}", self.remedy())
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}
