//! The root keys a handshaker believes: several while one replaces another.

use std::{collections::BTreeMap, fmt, sync::Arc};

use ed25519_dalek::VerifyingKey;

use super::{CertificateError, KeyId};

/// Root keys by their names. Cheap to clone.
///
/// Rotation: publish the new key beside the old one, let the authority sign with the new one, and
/// take the old one away when the last certificate it signed has expired.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Roots(Arc<BTreeMap<KeyId, VerifyingKey>>);

impl Roots {
    /// The key that a signature names.
    ///
    /// # Errors
    /// [`CertificateError::UnknownAuthority`].
    pub fn get(&self, id: KeyId) -> Result<&VerifyingKey, CertificateError> {
        self.0
            .get(&id)
            .ok_or(CertificateError::UnknownAuthority(id))
    }

    /// Whether a key is believed.
    pub fn contains(&self, id: KeyId) -> bool {
        self.0.contains_key(&id)
    }

    /// All of them, in order of their names.
    pub fn keys(&self) -> impl Iterator<Item = &VerifyingKey> + '_ {
        self.0.values()
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
