//! The one seam between the record protocol and a cipher: AES-128-GCM on a buffer, tag apart.
//!
//! Two back ends stand behind it, chosen by cargo feature: `ring` (the fastest portable one we
//! measured) and `aes-gcm` (pure Rust, no C compiler). They are held to the same vectors and to
//! each other by the tests in `record/tests.rs`.

#[cfg(feature = "aes-gcm")]
mod rust_crypto;
#[cfg(feature = "ring")]
mod with_ring;

#[cfg(feature = "aes-gcm")]
pub use rust_crypto::RustCrypto;
#[cfg(feature = "ring")]
pub use with_ring::Ring;

/// The back end that a build uses: `ring` when both are compiled in.
#[cfg(feature = "ring")]
pub type DefaultAead = Ring;
/// The back end that a build uses.
#[cfg(all(feature = "aes-gcm", not(feature = "ring")))]
pub type DefaultAead = RustCrypto;
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

/// AES-128-GCM in place (NIST SP 800-38D). Sealed: the record protocol is proven for these two.
pub trait Aead: sealed::Sealed + Send + Sync + 'static {
    /// The back end's name, for benchmarks and test messages.
    const NAME: &'static str;

    /// Expands a key.
    fn new(key: &[u8; KEY_LEN]) -> Self;

    /// Encrypts `in_out` and returns its tag. A nonce must never repeat under one key.
    fn seal(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8]) -> [u8; TAG_LEN];

    /// Decrypts `in_out` once its tag has proven right; on a mismatch its content is worthless.
    ///
    /// # Errors
    /// [`TagMismatch`] when anything differs from what was sealed.
    fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        in_out: &mut [u8],
        tag: &[u8; TAG_LEN],
    ) -> Result<(), TagMismatch>;
}

mod sealed {
    /// Keeps [`super::Aead`] to the two back ends of this folder.
    pub trait Sealed {}
    #[cfg(feature = "ring")]
    impl Sealed for super::Ring {}
    #[cfg(feature = "aes-gcm")]
    impl Sealed for super::RustCrypto {}
}
