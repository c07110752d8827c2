//! The one seam between the record protocol and a cipher: AES-128-GCM on a buffer, tag apart.
//!
//! Two libraries stand behind it, `ring` (the fastest portable one we measured) and `aes-gcm` (pure
//! Rust, no C compiler), each with a cargo feature. They compute the same function: the tests in
//! `record/tests.rs` hold both to the same vectors and to each other. Where both are compiled in,
//! a [`BackEnd`] says which of them a connection uses.

#[cfg(feature = "aes-gcm")]
mod rust_crypto;
#[cfg(feature = "ring")]
mod with_ring;

#[cfg(feature = "aes-gcm")]
use rust_crypto::RustCrypto;
#[cfg(feature = "ring")]
use with_ring::Ring;

#[cfg(not(any(feature = "ring", feature = "aes-gcm")))]
compile_error!("alts needs an AEAD: enable the feature `ring` or the feature `aes-gcm`");

/// Bytes of an AES-128 key.
pub const KEY_LEN: usize = 16;
/// Bytes of a GCM nonce.
pub const NONCE_LEN: usize = 12;
/// Bytes of a GCM tag.
pub const TAG_LEN: usize = 16;

/// The tag does not belong to this key, nonce and ciphertext. Nothing else is known, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagMismatch;

/// Whose AES-128-GCM is used. Bytes on the wire and strength are the same; only the speed differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackEnd {
    /// The crate `ring`.
    #[cfg(feature = "ring")]
    Ring,
    /// The crate `aes-gcm`.
    #[cfg(feature = "aes-gcm")]
    AesGcm,
}

impl BackEnd {
    /// Those that are compiled in; the first is the default.
    pub const ALL: &[Self] = &[
        #[cfg(feature = "ring")]
        Self::Ring,
        #[cfg(feature = "aes-gcm")]
        Self::AesGcm,
    ];

    /// The name of its crate.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "ring")]
            Self::Ring => "ring",
            #[cfg(feature = "aes-gcm")]
            Self::AesGcm => "aes-gcm",
        }
    }

    /// The one with this name, if it is compiled in.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|back_end| back_end.name() == name)
    }
}

impl Default for BackEnd {
    fn default() -> Self {
        Self::ALL[0]
    }
}

/// AES-128-GCM in place (NIST SP 800-38D), under one key.
#[derive(Debug)]
pub enum Aead {
    /// By `ring`.
    #[cfg(feature = "ring")]
    Ring(Ring),
    /// By `aes-gcm`.
    #[cfg(feature = "aes-gcm")]
    AesGcm(RustCrypto),
}

impl Aead {
    /// Expands a key.
    #[must_use]
    pub fn new(back_end: BackEnd, key: &[u8; KEY_LEN]) -> Self {
        match back_end {
            #[cfg(feature = "ring")]
            BackEnd::Ring => Self::Ring(Ring::new(key)),
            #[cfg(feature = "aes-gcm")]
            BackEnd::AesGcm => Self::AesGcm(RustCrypto::new(key)),
        }
    }

    /// Encrypts `in_out` and returns its tag. A nonce must never repeat under one key.
    pub fn seal(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8]) -> [u8; TAG_LEN] {
        match self {
            #[cfg(feature = "ring")]
            Self::Ring(aead) => aead.seal(nonce, aad, in_out),
            #[cfg(feature = "aes-gcm")]
            Self::AesGcm(aead) => aead.seal(nonce, aad, in_out),
        }
    }

    /// Decrypts `in_out` once its tag has proven right; on a mismatch its content is worthless.
    ///
    /// # Errors
    /// [`TagMismatch`] when anything differs from what was sealed.
    pub fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &mut [u8],
        tag: &[u8; TAG_LEN],
    ) -> Result<(), TagMismatch> {
        match self {
            #[cfg(feature = "ring")]
            Self::Ring(aead) => aead.open(nonce, aad, in_out, tag),
            #[cfg(feature = "aes-gcm")]
            Self::AesGcm(aead) => aead.open(nonce, aad, in_out, tag),
        }
    }
}
