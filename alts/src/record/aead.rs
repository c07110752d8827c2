//! The one seam between the record protocol and a cipher: AES-128-GCM on a buffer, tag apart.
//!
//! Two libraries stand behind it, `ring` (BoringSSL's kernels, three times the speed of pure Rust
//! where we measured) and `aes-gcm` (Rust all the way down, no C compiler), each with a cargo feature.
//! They compute the same function: the tests in `record/tests.rs` hold both to the same vectors and
//! to each other. Where both are compiled in, a [`BackEnd`] says which of them a connection uses.
//!
//! `aes-gcm` zeroises its expanded key when it is dropped. `ring` expands a key into memory of its own
//! that it does not zeroise; the 16 bytes it was expanded from are zeroised by the caller.

#[cfg(feature = "aes-gcm")]
use aes_gcm::{
    Aes128Gcm,
    aead::{AeadInOut, KeyInit},
};
#[cfg(feature = "ring")]
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, Tag, UnboundKey};

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
pub struct Aead(Cipher);

enum Cipher {
    #[cfg(feature = "ring")]
    Ring(LessSafeKey),
    #[cfg(feature = "aes-gcm")]
    AesGcm(Aes128Gcm),
}

/// Why sealing cannot fail.
const BELOW_LIMIT: &str = "a frame is far below GCM's limit of 2^36 - 32 bytes";

impl Aead {
    /// Expands a key.
    #[must_use]
    pub fn new(back_end: BackEnd, key: &[u8; KEY_LEN]) -> Self {
        Self(match back_end {
            #[cfg(feature = "ring")]
            BackEnd::Ring => {
                let key = UnboundKey::new(&AES_128_GCM, key);
                Cipher::Ring(LessSafeKey::new(
                    key.expect("sixteen bytes are an AES-128 key"),
                ))
            }
            #[cfg(feature = "aes-gcm")]
            BackEnd::AesGcm => Cipher::AesGcm(Aes128Gcm::new(key.into())),
        })
    }

    /// Encrypts `in_out` and returns its tag. A nonce must never repeat under one key.
    pub fn seal(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8]) -> [u8; TAG_LEN] {
        match &self.0 {
            #[cfg(feature = "ring")]
            Cipher::Ring(key) => {
                let nonce = Nonce::assume_unique_for_key(*nonce);
                let sealed = key.seal_in_place_separate_tag(nonce, Aad::from(aad), in_out);
                let mut tag = [0; TAG_LEN];
                tag.copy_from_slice(sealed.expect(BELOW_LIMIT).as_ref());
                tag
            }
            #[cfg(feature = "aes-gcm")]
            Cipher::AesGcm(cipher) => {
                let sealed = cipher.encrypt_inout_detached(nonce.into(), aad, in_out.into());
                sealed.expect(BELOW_LIMIT).into()
            }
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
        match &self.0 {
            #[cfg(feature = "ring")]
            Cipher::Ring(key) => {
                let (nonce, tag) = (Nonce::assume_unique_for_key(*nonce), Tag::from(*tag));
                key.open_in_place_separate_tag(nonce, Aad::from(aad), tag, in_out, 0..)
                    .map(drop)
                    .map_err(|_| TagMismatch)
            }
            #[cfg(feature = "aes-gcm")]
            Cipher::AesGcm(cipher) => cipher
                .decrypt_inout_detached(nonce.into(), aad, in_out.into(), tag.into())
                .map_err(|_| TagMismatch),
        }
    }
}

impl std::fmt::Debug for Aead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Aead(redacted)")
    }
}
