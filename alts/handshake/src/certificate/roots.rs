//! The authority's keys: the one that signs, and those that a handshaker believes.

use std::{collections::BTreeMap, fmt, sync::Arc};

use ed25519_dalek::{SigningKey, VerifyingKey};

use super::key_id::KeyId;
use crate::entropy::Seed;

/// The authority's key: the root of all trust.
pub struct RootKey(SigningKey);

impl RootKey {
    /// From 32 random bytes.
    pub fn new(seed: &Seed) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// What verifiers need.
    pub fn public(&self) -> VerifyingKey {
        self.0.verifying_key()
    }

    /// How certificates name this key.
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.public())
    }

    pub(super) fn secret(&self) -> &SigningKey {
        &self.0
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({}, redacted)", self.id())
    }
}

/// Root keys by their names: several while one replaces another. Cheap to clone.
///
/// Rotation: publish the new key beside the old one, let the authority sign with the new one, and
/// take the old one away when the last certificate it signed has expired.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Roots(Arc<BTreeMap<KeyId, VerifyingKey>>);

impl Roots {
    /// The key that a signature names, if it is believed.
    pub fn get(&self, id: KeyId) -> Option<&VerifyingKey> {
        self.0.get(&id)
    }

    /// Whether a key is believed.
    pub fn contains(&self, id: KeyId) -> bool {
        self.0.contains_key(&id)
    }
}

impl FromIterator<VerifyingKey> for Roots {
    fn from_iter<I: IntoIterator<Item = VerifyingKey>>(keys: I) -> Self {
        let named = keys.into_iter().map(|key| (KeyId::of(&key), key));
        Self(Arc::new(named.collect()))
    }
}

impl<const N: usize> From<[VerifyingKey; N]> for Roots {
    fn from(keys: [VerifyingKey; N]) -> Self {
        keys.into_iter().collect()
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
