//! The authority's root keys, and how one replaces another. Pure.
//!
//! ```text
//!   generation 1      signs: A                         machines pin A
//!   rotate            signs: A     published: B A      whoever knows A learns of B
//!   a lead later      signs: B     published: B A      nobody is surprised by B
//!   retire            signs: B     published: B        A's certificates are refused from now on
//! ```
//!
//! Every statement of roots is signed by all keys that there are when it is made. The one that
//! retires a key still bears that key's signature: a machine that slept through the overlap can
//! follow.

use std::time::Duration;

use alts_handshake::{RootKey, Seed, Signed, SignedBody, Timestamp};
use ed25519_dalek::{SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use super::{
    identity::{Claim, sealed},
    proto::authority as proto,
    statement::{MAX_ROOTS, SignedRoots},
};

/// Why the keys cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RotationError {
    /// So many keys in use are a mistake.
    #[error("there are {MAX_ROOTS} root keys already; retire the old ones first")]
    TooMany,
    /// The new key does not sign yet.
    #[error("the newest root key does not sign for another {0} s; wait until it does")]
    Pending(u64),
    /// Nothing to retire.
    #[error("there is one root key only, the one that signs; rotate first")]
    NothingToRetire,
}

/// One key that signs, and those that are on their way out.
#[derive(Clone)]
pub struct RootKeys {
    /// Never empty; newest first.
    pub(super) seeds: Vec<Seed>,
    /// When the newest begins to sign; the one before it signs until then.
    pub(super) signs_from: Timestamp,
    pub(super) generation: u64,
    pub(super) statement: SignedRoots,
}

impl RootKeys {
    /// A first key.
    pub fn new(seed: Seed, now: Timestamp) -> Self {
        Self::stated(vec![seed.clone()], &[seed], 1, now)
    }

    /// Keys that sign at once, and their statement.
    pub(super) fn stated(
        seeds: Vec<Seed>,
        signers: &[Seed],
        generation: u64,
        now: Timestamp,
    ) -> Self {
        let key = |seed: &Seed| SigningKey::from_bytes(seed);
        let body = proto::RootsBody {
            generation,
            issued_at_s: now.as_unix_s(),
            keys: seeds
                .iter()
                .map(|seed| key(seed).verifying_key().as_bytes().to_vec())
                .collect(),
        };
        let signers: Vec<SigningKey> = signers.iter().map(key).collect();
        let statement = Signed::new(&body, &signers);
        Self {
            seeds,
            signs_from: now,
            generation,
            statement,
        }
    }

    /// A new key is published now and signs when `lead` has passed; the others stay published.
    ///
    /// # Errors
    /// [`RotationError::TooMany`]; [`RotationError::Pending`] when the last one does not sign yet.
    pub fn rotated(
        &self,
        seed: Seed,
        lead: Duration,
        now: Timestamp,
    ) -> Result<Self, RotationError> {
        self.check_settled(now)?;
        if self.seeds.len() >= MAX_ROOTS {
            return Err(RotationError::TooMany);
        }
        let mut seeds = vec![seed];
        seeds.extend(self.seeds.iter().cloned());
        let signers = seeds.clone();
        let stated = Self::stated(seeds, &signers, self.generation + 1, now);
        Ok(Self {
            signs_from: now.after(lead),
            ..stated
        })
    }

    fn check_settled(&self, now: Timestamp) -> Result<(), RotationError> {
        match self.signs_from.as_unix_s().saturating_sub(now.as_unix_s()) {
            0 => Ok(()),
            left_s if self.seeds.len() > 1 => Err(RotationError::Pending(left_s)),
            _ => Ok(()),
        }
    }

    /// Forgets all keys but the one that signs.
    ///
    /// # Errors
    /// [`RotationError::NothingToRetire`]; [`RotationError::Pending`].
    pub fn retired(&self, now: Timestamp) -> Result<Self, RotationError> {
        self.check_settled(now)?;
        if self.seeds.len() == 1 {
            return Err(RotationError::NothingToRetire);
        }
        let kept = vec![self.seeds[0].clone()];
        Ok(Self::stated(kept, &self.seeds, self.generation + 1, now))
    }

    /// The key that signs certificates and lists at `now`.
    pub fn signing(&self, now: Timestamp) -> RootKey {
        let settled = self.check_settled(now).is_ok();
        RootKey::new(&self.seeds[usize::from(!settled)])
    }

    /// When the newest key begins to sign, or began.
    pub fn signs_from(&self) -> Timestamp {
        self.signs_from
    }

    /// Signs a statement with every key, so that whoever knows any of them believes it.
    pub(crate) fn state<Body: SignedBody>(&self, body: &Body) -> Signed<Body> {
        Signed::new(body, &self.signing_keys().collect::<Vec<_>>())
    }

    /// What verifiers need; newest first.
    pub fn public(&self) -> Vec<VerifyingKey> {
        self.signing_keys().map(|key| key.verifying_key()).collect()
    }

    /// Grows by one with every change.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// What is published of them.
    pub fn statement(&self) -> &SignedRoots {
        &self.statement
    }

    /// A token that was sealed to any of the keys for this claim.
    pub(crate) fn unseal(&self, token: &[u8], claim: &Claim<'_>) -> Option<Zeroizing<String>> {
        sealed::open(token, claim, self.signing_keys())
    }

    fn signing_keys(&self) -> impl Iterator<Item = SigningKey> + '_ {
        self.seeds.iter().map(|seed| SigningKey::from_bytes(seed))
    }
}

impl std::fmt::Debug for RootKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "RootKeys({} of generation {}, redacted)",
            self.seeds.len(),
            self.generation
        )
    }
}

#[cfg(test)]
#[path = "root_keys_tests.rs"]
mod tests;
