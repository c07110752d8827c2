//! Opaque tokens: page tokens, resume tokens, options of an emergency plan.
//!
//! ```text
//!  token   = base64url( payload , HMAC-SHA256(key, purpose , 0 , payload)[..16] )
//!  purpose = what it is for, and for a page of what: a token fits one question alone
//! ```
//!
//! A token grants nothing: whoever shows it is checked as if without. The MAC keeps what is made
//! here apart from what is made up, so that what is inside need not be distrusted. The key is the
//! database's, so that every server takes every other's.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;
use thiserror::Error;

/// Bytes of the MAC: 128 bits, beyond guessing.
const MAC_BYTES: usize = 16;

/// The longest token that is looked at, in bytes of base64.
const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// A token that was not made here, or for something else, or by another version of this server.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("was not given out for this request, or was altered; begin again without one")]
pub(crate) struct InvalidToken;

/// Makes and reads tokens.
#[derive(Clone)]
pub(crate) struct Tokens(Hmac<Sha256>);

impl Tokens {
    /// Under `key`, which must be secret and the same on every server of a database.
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes a key of any length"))
    }

    fn mac(&self, purpose: &str, payload: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(payload);
        mac
    }

    /// A token that holds `payload`.
    pub(crate) fn seal(&self, purpose: &str, payload: &[u8]) -> String {
        let mac = self.mac(purpose, payload).finalize().into_bytes();
        URL_SAFE_NO_PAD.encode([payload, &mac[..MAC_BYTES]].concat())
    }

    /// A token that holds a value.
    pub(crate) fn seal_value(&self, purpose: &str, value: &impl Serialize) -> String {
        let payload = serde_json::to_vec(value).expect("keys and options are always JSON");
        self.seal(purpose, &payload)
    }

    /// The value that a token holds.
    pub(crate) fn open_value<T: DeserializeOwned>(
        &self,
        purpose: &str,
        token: &str,
    ) -> Result<T, InvalidToken> {
        let payload = self.open(purpose, token)?;
        // Sealed here, so it is one of ours, if not of another version.
        serde_json::from_slice(&payload).map_err(|_| InvalidToken)
    }

    /// What a token holds.
    pub(crate) fn open(&self, purpose: &str, token: &str) -> Result<Vec<u8>, InvalidToken> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(InvalidToken);
        }
        let mut payload = URL_SAFE_NO_PAD.decode(token).map_err(|_| InvalidToken)?;
        let at = payload.len().checked_sub(MAC_BYTES).ok_or(InvalidToken)?;
        let mac = payload.split_off(at);
        let expected = self.mac(purpose, &payload);
        expected
            .verify_truncated_left(&mac)
            .map_err(|_| InvalidToken)?;
        Ok(payload)
    }
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
