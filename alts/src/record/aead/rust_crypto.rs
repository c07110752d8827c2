//! AES-128-GCM by RustCrypto's `aes-gcm`: Rust all the way down, needs no C compiler.

use aes_gcm::{
    Aes128Gcm,
    aead::{AeadInOut, KeyInit},
};

use super::{KEY_LEN, NONCE_LEN, TAG_LEN, TagMismatch};

/// The `aes-gcm` back end. Its expanded key is zeroised when dropped.
pub struct RustCrypto(Aes128Gcm);

impl std::fmt::Debug for RustCrypto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RustCrypto(..)")
    }
}

impl RustCrypto {
    pub(super) fn new(key: &[u8; KEY_LEN]) -> Self {
        Self(Aes128Gcm::new(key.into()))
    }

    pub(super) fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &mut [u8],
    ) -> [u8; TAG_LEN] {
        self.0
            .encrypt_inout_detached(nonce.into(), aad, in_out.into())
            .expect("a frame is far below GCM's limit of 2^36 - 32 bytes")
            .into()
    }

    pub(super) fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &mut [u8],
        tag: &[u8; TAG_LEN],
    ) -> Result<(), TagMismatch> {
        self.0
            .decrypt_inout_detached(nonce.into(), aad, in_out.into(), tag.into())
            .map_err(|_| TagMismatch)
    }
}
