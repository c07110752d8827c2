//! Which Diffie-Hellman results make a session's secret.
//!
//! ```text
//!              server's ephemeral     server's certified
//!   client's
//!   ephemeral          ee                     es
//!   certified          se                     -
//! ```
//!
//! Of the four possible agreements the three that involve an ephemeral key. `ee` gives forward
//! secrecy; `es` proves the server and `se` the client, each also to a side whose own certified key
//! is stolen. The fourth, between two keys that stay, would add nothing to these, and alone, as the
//! ALTS whitepaper has it by default, it gives neither: whoever later steals one certified key reads
//! all that was ever said with it ("Tradeoffs").

use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::not_authentic::NotAuthentic;

/// For which side an agreement is computed: the client's key comes first in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Client,
    Server,
}

/// Our side's two keys.
#[derive(Clone, Copy)]
pub(crate) struct KeyPair<'a> {
    pub(crate) certified: &'a StaticSecret,
    pub(crate) ephemeral: &'a StaticSecret,
}

/// The other side's two keys.
#[derive(Clone, Copy)]
pub(crate) struct PublicKeys<'a> {
    pub(crate) certified: &'a PublicKey,
    pub(crate) ephemeral: &'a PublicKey,
}

/// What both sides know and nobody else.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct SharedSecret(Vec<u8>);

impl SharedSecret {
    /// ee | es | se.
    ///
    /// # Errors
    /// When one of the other side's keys has small order.
    pub(crate) fn agree(
        role: Role,
        ours: KeyPair<'_>,
        theirs: PublicKeys<'_>,
    ) -> Result<Self, NotAuthentic> {
        let mut secret = Self::with_room();
        secret.add(ours.ephemeral, theirs.ephemeral)?;
        match role {
            Role::Client => {
                secret.add(ours.ephemeral, theirs.certified)?;
                secret.add(ours.certified, theirs.ephemeral)?;
            }
            Role::Server => {
                secret.add(ours.certified, theirs.ephemeral)?;
                secret.add(ours.ephemeral, theirs.certified)?;
            }
        }
        Ok(secret)
    }

    /// R | ee: what an earlier session left, and what makes the resumed one secret also from who
    /// steals the key that opens tickets.
    ///
    /// # Errors
    /// When the other side's key has small order.
    pub(crate) fn resume(
        resumption: &[u8; 32],
        ours: &StaticSecret,
        theirs: &PublicKey,
    ) -> Result<Self, NotAuthentic> {
        let mut secret = Self::with_room();
        secret.0.extend_from_slice(resumption);
        secret.add(ours, theirs)?;
        Ok(secret)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Room for all, so that growing never leaves a copy behind.
    fn with_room() -> Self {
        Self(Vec::with_capacity(3 * 32))
    }

    /// X25519 of two keys. Its result is all zeroes for a key of small order, and for no honest one
    /// (RFC 7748, section 6.1).
    fn add(&mut self, ours: &StaticSecret, theirs: &PublicKey) -> Result<(), NotAuthentic> {
        let agreed = ours.diffie_hellman(theirs);
        if !agreed.was_contributory() {
            return Err(NotAuthentic::SmallOrderKey);
        }
        self.0.extend_from_slice(agreed.as_bytes());
        Ok(())
    }
}
