//! Key agreements: which Diffie-Hellman results make a session's secret.

use x25519_dalek::{PublicKey, StaticSecret};

use super::{
    HandshakeError,
    certified_key::CertifiedKey,
    error::NotAuthentic,
    keys::{ResumptionSecret, SessionKeys, SharedSecrets, TranscriptHash},
};

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

/// Our side's two keys.
#[derive(Clone, Copy)]
pub(crate) struct Ours<'a> {
    pub(crate) certified: &'a CertifiedKey,
    pub(crate) ephemeral: Option<&'a StaticSecret>,
}

/// The other side's two keys.
#[derive(Clone, Copy)]
pub(crate) struct Theirs<'a> {
    pub(crate) certified: &'a PublicKey,
    pub(crate) ephemeral: Option<&'a PublicKey>,
}

/// The secret as the client computes it.
///
/// # Errors
/// When one of the server's keys has small order.
pub(crate) fn agree_as_client(
    ours: Ours<'_>,
    theirs: Theirs<'_>,
) -> Result<SharedSecrets, NotAuthentic> {
    let mut secrets = SharedSecrets::new();
    if let (Some(our_ephemeral), Some(their_ephemeral)) = (ours.ephemeral, theirs.ephemeral) {
        secrets.agree(our_ephemeral, their_ephemeral)?;
        secrets.agree(our_ephemeral, theirs.certified)?;
        secrets.agree(ours.certified.secret(), their_ephemeral)?;
    }
    secrets.add(&*ours.certified.agree(theirs.certified)?);
    Ok(secrets)
}

/// The same secret as the server computes it: client's key first in each agreement, so the middle
/// two swap.
///
/// # Errors
/// When one of the client's keys has small order.
pub(crate) fn agree_as_server(
    ours: Ours<'_>,
    theirs: Theirs<'_>,
) -> Result<SharedSecrets, NotAuthentic> {
    let mut secrets = SharedSecrets::new();
    if let (Some(our_ephemeral), Some(their_ephemeral)) = (ours.ephemeral, theirs.ephemeral) {
        secrets.agree(our_ephemeral, their_ephemeral)?;
        secrets.agree(ours.certified.secret(), their_ephemeral)?;
        secrets.agree(our_ephemeral, theirs.certified)?;
    }
    secrets.add(&*ours.certified.agree(theirs.certified)?);
    Ok(secrets)
}

/// The keys of a resumed session. `ephemeral`: our key and theirs, if the session has any.
///
/// # Errors
/// When the other side's key has small order.
pub(crate) fn resumed_keys(
    secret: ResumptionSecret,
    ephemeral: Option<(&StaticSecret, &PublicKey)>,
    transcript: TranscriptHash,
) -> Result<SessionKeys, HandshakeError> {
    let mut agreed = SharedSecrets::new();
    if let Some((ours, theirs)) = ephemeral {
        agreed
            .agree(ours, theirs)
            .map_err(HandshakeError::NotAuthentic)?;
    }
    let agreed = ephemeral.map(|_| &agreed);
    Ok(secret.into_keys(agreed, transcript))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> ResumptionSecret {
        ResumptionSecret::take(&mut vec![7; 32]).unwrap()
    }

    #[test]
    fn a_resumed_session_with_ephemeral_keys_cannot_be_read_with_its_ticket_alone() {
        let [ours, theirs] = [[1; 32], [2; 32]].map(StaticSecret::from);
        let [our_public, their_public] = [&ours, &theirs].map(PublicKey::from);
        let transcript = crate::keys::Transcript::default().hash();
        let key = |ephemeral| {
            let keys = resumed_keys(secret(), ephemeral, transcript).unwrap();
            *keys.into_record_key().as_bytes()
        };
        let fresh = key(Some((&ours, &their_public)));
        assert_eq!(fresh, key(Some((&theirs, &our_public))));
        assert_ne!(fresh, key(None));
        let small_order = PublicKey::from([0; 32]);
        assert!(resumed_keys(secret(), Some((&ours, &small_order)), transcript).is_err());
    }
}
