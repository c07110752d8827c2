//! A certified key, and what it agreed on with the certified keys of peers met before.
//!
//! Of the four agreements of a handshake one is between two keys that stay: it is the same every
//! time until either is replaced, so it is worked out once. Who can read this memory can read the key
//! beside it, and with that work out every entry: remembering them gives nothing away. They go when
//! the key goes.

use std::sync::Arc;

use x25519_dalek::{PublicKey, SharedSecret, StaticSecret};

use super::{error::NotAuthentic, keys::agreement, recent::Recent};

/// The secret half.
pub(crate) struct CertifiedKey {
    secret: StaticSecret,
    /// By the peer's public key. Behind pointers: what wipes itself is not to be moved.
    met: Recent<Arc<SharedSecret>>,
}

impl CertifiedKey {
    pub(super) fn new(secret: StaticSecret) -> Self {
        Self {
            secret,
            met: Recent::default(),
        }
    }

    pub(super) fn public(&self) -> PublicKey {
        PublicKey::from(&self.secret)
    }

    /// For agreements with keys that are used once.
    pub(super) fn secret(&self) -> &StaticSecret {
        &self.secret
    }

    /// The agreement with another certified key.
    ///
    /// # Errors
    /// When the key has small order; see [`agreement`].
    pub(super) fn agree(&self, theirs: &PublicKey) -> Result<Arc<SharedSecret>, NotAuthentic> {
        if let Some(known) = self.met.get(theirs.as_bytes()) {
            return Ok(known);
        }
        let agreed = Arc::new(agreement(&self.secret, theirs)?);
        self.met.insert(*theirs.as_bytes(), Arc::clone(&agreed));
        Ok(agreed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_peers_agreement_is_its_own_and_worked_out_once() {
        let ours = CertifiedKey::new(StaticSecret::from([1; 32]));
        let peers = [2, 3].map(|seed| CertifiedKey::new(StaticSecret::from([seed; 32])));
        let met = peers
            .each_ref()
            .map(|peer| ours.agree(&peer.public()).unwrap());
        for (peer, first) in peers.iter().zip(&met) {
            let fresh = agreement(&ours.secret, &peer.public()).unwrap();
            assert_eq!(first.as_bytes(), fresh.as_bytes());
            let again = ours.agree(&peer.public()).unwrap();
            assert!(Arc::ptr_eq(first, &again), "worked out again");
        }
    }

    #[test]
    fn a_key_of_small_order_is_refused_every_time() {
        let ours = CertifiedKey::new(StaticSecret::from([1; 32]));
        let small_order = PublicKey::from([0; 32]);
        for _ in 0..2 {
            let refused = ours.agree(&small_order);
            assert!(matches!(refused, Err(NotAuthentic::SmallOrderKey)));
        }
    }
}
