//! Key agreements: which Diffie-Hellman results make a session's secret.

use x25519_dalek::{PublicKey, StaticSecret};

use super::{error::NotAuthentic, keys::SharedSecrets};

/// How the two sides agree on a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// The certified keys alone, as the ALTS whitepaper has it by default. No forward secrecy, and
    /// who steals a side's certified key can pose to that side as anybody ("Tradeoffs", key
    /// compromise impersonation).
    Static,
    /// Four agreements, between each side's certified key and a key used once. Forward secrecy, and
    /// no such impersonation.
    Pfs,
}

impl Cipher {
    /// Its number in messages and certificates.
    pub const fn number(self) -> u32 {
        match self {
            Self::Static => 1,
            Self::Pfs => 2,
        }
    }

    /// `None` for a number of a later version.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Static),
            2 => Some(Self::Pfs),
            _ => None,
        }
    }
}

/// A side's two keys.
#[derive(Clone, Copy)]
pub(crate) struct Pair<Key> {
    pub(crate) certified: Key,
    pub(crate) ephemeral: Option<Key>,
}

/// The secret as the client computes it.
///
/// # Errors
/// When one of the server's keys has small order.
pub(crate) fn agree_as_client(
    ours: Pair<&StaticSecret>,
    theirs: Pair<&PublicKey>,
) -> Result<SharedSecrets, NotAuthentic> {
    let mut secrets = SharedSecrets::new();
    if let (Some(our_ephemeral), Some(their_ephemeral)) = (ours.ephemeral, theirs.ephemeral) {
        secrets.agree(our_ephemeral, their_ephemeral)?;
        secrets.agree(our_ephemeral, theirs.certified)?;
        secrets.agree(ours.certified, their_ephemeral)?;
    }
    secrets.agree(ours.certified, theirs.certified)?;
    Ok(secrets)
}

/// The same secret as the server computes it: client's key first in each agreement, so the middle
/// two swap.
///
/// # Errors
/// When one of the client's keys has small order.
pub(crate) fn agree_as_server(
    ours: Pair<&StaticSecret>,
    theirs: Pair<&PublicKey>,
) -> Result<SharedSecrets, NotAuthentic> {
    let mut secrets = SharedSecrets::new();
    if let (Some(our_ephemeral), Some(their_ephemeral)) = (ours.ephemeral, theirs.ephemeral) {
        secrets.agree(our_ephemeral, their_ephemeral)?;
        secrets.agree(ours.certified, their_ephemeral)?;
        secrets.agree(our_ephemeral, theirs.certified)?;
    }
    secrets.agree(ours.certified, theirs.certified)?;
    Ok(secrets)
}
