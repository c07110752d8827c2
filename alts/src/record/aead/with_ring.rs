//! AES-128-GCM by `ring`: BoringSSL's kernels, three times the speed of pure Rust where we measured.
//!
//! `ring` expands a key into memory of its own that it does not zeroise; the 16 bytes it was
//! expanded from are zeroised by the caller.

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, Tag, UnboundKey};

use super::{KEY_LEN, NONCE_LEN, TAG_LEN, TagMismatch};

/// The `ring` back end.
pub struct Ring(LessSafeKey);

impl std::fmt::Debug for Ring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ring(..)")
    }
}

impl Ring {
    pub(super) fn new(key: &[u8; KEY_LEN]) -> Self {
        let key = UnboundKey::new(&AES_128_GCM, key).expect("sixteen bytes are an AES-128 key");
        Self(LessSafeKey::new(key))
    }

    pub(super) fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &mut [u8],
    ) -> [u8; TAG_LEN] {
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(aad), in_out)
            .expect("a frame is far below GCM's limit of 2^36 - 32 bytes");
        let mut bytes = [0; TAG_LEN];
        bytes.copy_from_slice(tag.as_ref());
        bytes
    }

    pub(super) fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &mut [u8],
        tag: &[u8; TAG_LEN],
    ) -> Result<(), TagMismatch> {
        let nonce = Nonce::assume_unique_for_key(*nonce);
        self.0
            .open_in_place_separate_tag(nonce, Aad::from(aad), Tag::from(*tag), in_out, 0..)
            .map(drop)
            .map_err(|_| TagMismatch)
    }
}
