//! Enrolment by a secret that a machine and its authority share: the source "static". Pure.

use std::fmt;

use alts_daemon::config::values::in_file;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserializer;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Claim;

/// Shortest secret, in bytes: what is shorter can be guessed off line from one overheard request.
const MIN_SECRET_LEN: usize = 32;

/// Longest secret, in bytes. Nobody needs more; it bounds what is read from a file.
pub(crate) const MAX_SECRET_LEN: usize = 1024;

/// A secret shared by one machine and the authority.
#[derive(Clone)]
pub struct EnrolmentSecret(Zeroizing<Vec<u8>>);

impl EnrolmentSecret {
    /// Takes a file's contents; white space around it does not count.
    ///
    /// # Errors
    /// Says what is wrong with it, not what it is.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let secret = text.trim_ascii();
        if secret.len() < MIN_SECRET_LEN || secret.len() > MAX_SECRET_LEN {
            return Err("an enrolment secret has 32 to 1024 bytes; make one: openssl rand -hex 32");
        }
        Ok(Self(Zeroizing::new(secret.as_bytes().to_vec())))
    }

    /// Takes the file that a configuration names.
    ///
    /// # Errors
    /// When it is none.
    pub fn in_file<'de, D: Deserializer<'de>, Found: From<Self>>(
        from: D,
    ) -> Result<Found, D::Error> {
        in_file(from, |text, _| Self::parse(text)).map(Found::from)
    }

    /// Proves knowledge of the secret, for this claim alone.
    pub fn prove(&self, claim: &Claim<'_>) -> [u8; 32] {
        self.mac(claim).finalize().into_bytes().into()
    }

    /// Whether a proof holds; takes the same time whatever is wrong with it.
    pub fn verifies(&self, claim: &Claim<'_>, proof: &[u8]) -> bool {
        self.mac(claim).verify_slice(proof).is_ok()
    }

    fn mac(&self, claim: &Claim<'_>) -> Hmac<Sha256> {
        Hmac::new_from_slice(&self.0)
            .expect("HMAC takes keys of any length")
            .chain_update(claim.digest())
    }
}

impl fmt::Debug for EnrolmentSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolmentSecret(redacted)")
    }
}

impl PartialEq for EnrolmentSecret {
    fn eq(&self, other: &Self) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.0.as_slice(), other.0.as_slice()).into()
    }
}

impl Eq for EnrolmentSecret {}

#[cfg(test)]
#[path = "enrolment_tests.rs"]
mod tests;
