//! What distinguishes contenders. Data only.

use std::fmt;

use super::Provider;

/// One contender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setup {
    /// What protects the bytes.
    pub(crate) security: Security,
    /// How large its HTTP/2 frames are.
    pub(crate) frames: Http2Frames,
    /// Whether its connections build on earlier ones.
    pub(crate) handshakes: Handshakes,
}

impl Setup {
    /// Default HTTP/2 frames, full handshakes.
    pub(crate) const fn of(security: Security) -> Self {
        Self {
            security,
            frames: Http2Frames::Default,
            handshakes: Handshakes::Full,
        }
    }

    /// With HTTP/2 frames of this size.
    pub(crate) const fn frames(self, frames: Http2Frames) -> Self {
        Self { frames, ..self }
    }

    /// With resumption allowed.
    pub(crate) const fn resuming(self) -> Self {
        Self {
            handshakes: Handshakes::Resumed,
            ..self
        }
    }
}

/// What protects the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Security {
    /// Nothing.
    Plain,
    /// TLS 1.3, `TLS13_AES_128_GCM_SHA256`, mutual P-256 certificates, by rustls on this provider.
    Tls(Provider),
    /// ALTS on the back end that this program is built with.
    Alts,
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain => f.write_str("plaintext"),
            Self::Tls(provider) => write!(f, "rustls/{provider}"),
            Self::Alts => f.write_str("ALTS"),
        }
    }
}

/// The size of HTTP/2 frames, set on both sides because the receiver decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Http2Frames {
    /// Whatever hyper does: 16 KiB.
    Default,
    /// As many bytes as fit into one 128 KiB ALTS frame with its overhead and HTTP/2's header.
    Large,
}

/// 128 KiB less an ALTS frame's 24 bytes and an HTTP/2 frame header's 9.
const LARGE_FRAME_LEN: u32 = 128 * 1024 - 24 - 9;

impl Http2Frames {
    /// For tonic; `None` leaves its default.
    pub(super) fn max_frame_size(self) -> Option<u32> {
        match self {
            Self::Default => None,
            Self::Large => Some(LARGE_FRAME_LEN),
        }
    }
}

impl fmt::Display for Http2Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default h2",
            Self::Large => "128 KiB h2",
        })
    }
}

/// Whether connections build on earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handshakes {
    /// Every handshake from the start: both certificates, new keys, no ticket given or taken.
    Full,
    /// With tickets, as rustls and our handshaker come.
    Resumed,
}
