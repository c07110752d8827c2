//! A token on its way to the authority, for a source whose tokens do not cover the claim: sealed to the authority's root key and
//! to this claim. Pure but for the randomness of a seal.
//!
//! ```text
//!   0            32
//!   +------------+-------------------------------------+
//!   | ephemeral  |  AES-128-GCM(token)  |  tag[16]     |     HPKE (RFC 9180), mode base:
//!   +------------+-------------------------------------+     DHKEM(X25519, HKDF-SHA256), HKDF-SHA256
//!
//!   info = "alts-local/2 sealed identity token"      aad = the claim's digest
//! ```
//!
//! The recipient's key is the root key, whose Ed25519 point is also one of X25519 (RFC 7748, section 4.1). That one pair may do
//! both is proven for Ed25519 beside this very KEM: E. Thormarker, "On using the same key pair for Ed25519 and an X25519
//! based KEM", IACR ePrint 2021/509.

use ed25519_dalek::{SigningKey, VerifyingKey};
use hpke::{
    Deserializable, HpkeError, Kem, OpModeR, OpModeS, Serializable, aead::AesGcm128,
    kdf::HkdfSha256, kem::X25519HkdfSha256 as Own, single_shot_open, single_shot_seal,
};
use zeroize::Zeroizing;

use super::Claim;

const INFO: &[u8] = b"alts-local/2 sealed identity token";

/// What sealing adds to a token's bytes.
pub(crate) const OVERHEAD: usize = 32 + 16;

/// Seals a token for the authority that has this root key: the newest one that the machine knows, which is the first of its
/// configuration until the authority has told it of others. There is randomness: the claim's nonce was made of it.
///
/// # Errors
/// When nobody can have that key.
pub(crate) fn seal(
    token: &str,
    claim: &Claim<'_>,
    root: &VerifyingKey,
) -> Result<Vec<u8>, HpkeError> {
    let recipient = <Own as Kem>::PublicKey::from_bytes(root.to_montgomery().as_bytes())?;
    let (key, sealed) = single_shot_seal::<AesGcm128, HkdfSha256, Own>(
        &OpModeS::Base,
        &recipient,
        INFO,
        token.as_bytes(),
        &claim.digest(),
    )?;
    Ok([key.to_bytes().as_slice(), &sealed].concat())
}

/// Opens a token that was sealed to one of these keys for this very claim.
pub(crate) fn open(
    sealed: &[u8],
    claim: &Claim<'_>,
    mut roots: impl Iterator<Item = SigningKey>,
) -> Option<Zeroizing<String>> {
    let (key, sealed) = sealed.split_first_chunk::<32>()?;
    let key = <Own as Kem>::EncappedKey::from_bytes(key).ok()?;
    let token = roots.find_map(|root| {
        let own = Zeroizing::new(root.to_scalar_bytes());
        single_shot_open::<AesGcm128, HkdfSha256, Own>(
            &OpModeR::Base,
            &<Own as Kem>::PrivateKey::from_bytes(own.as_slice()).ok()?,
            &key,
            INFO,
            sealed,
            &claim.digest(),
        )
        .ok()
    })?;
    String::from_utf8(token).ok().map(Zeroizing::new)
}

#[cfg(test)]
#[path = "sealed_tests.rs"]
mod tests;
