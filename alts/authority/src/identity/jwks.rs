//! Public keys as a JSON Web Key Set (RFC 7517), as far as RS256 needs them. Pure.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;

/// Largest document, in bytes. Google's is 2 KiB.
pub const MAX_JWKS_LEN: usize = 64 * 1024;

/// More keys than this nobody has under way at once.
const MAX_KEYS: usize = 32;

/// A document that is no usable key set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no JSON Web Key Set with RSA keys: {0}")]
pub struct InvalidJwks(String);

/// RSA keys by their `kid`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jwks {
    keys: BTreeMap<String, RsaKey>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct RsaKey {
    n: Vec<u8>,
    e: Vec<u8>,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl Jwks {
    /// Reads a document. Keys of other kinds or for other purposes are skipped.
    ///
    /// # Errors
    /// When it is malformed, too large, or nothing usable is left.
    pub fn parse(json: &[u8]) -> Result<Self, InvalidJwks> {
        if json.len() > MAX_JWKS_LEN {
            return Err(InvalidJwks(format!("it has {} bytes", json.len())));
        }
        let document: Document =
            serde_json::from_slice(json).map_err(|error| InvalidJwks(error.to_string()))?;
        if document.keys.len() > MAX_KEYS {
            return Err(InvalidJwks(format!("it has {} keys", document.keys.len())));
        }
        let mut keys = BTreeMap::new();
        for entry in document.keys.into_iter().filter(Entry::is_for_rs256) {
            let (kid, key) = entry.into_key()?;
            keys.insert(kid, key);
        }
        if keys.is_empty() {
            return Err(InvalidJwks("it has no RSA key for RS256".to_owned()));
        }
        Ok(Self { keys })
    }

    /// Whether there is a key of this name.
    pub fn knows(&self, kid: &str) -> bool {
        self.keys.contains_key(kid)
    }

    /// Checks an RS256 signature (RFC 7518, section 3.3) by the key `kid`. Keys below 2,048 bits
    /// verify nothing.
    pub fn verifies(&self, kid: &str, message: &[u8], signature: &[u8]) -> bool {
        self.keys.get(kid).is_some_and(|key| {
            RsaPublicKeyComponents {
                n: &key.n,
                e: &key.e,
            }
            .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            .is_ok()
        })
    }
}

impl Entry {
    fn is_for_rs256(&self) -> bool {
        let fits = |value: &Option<String>, wanted| value.as_deref().is_none_or(|v| v == wanted);
        self.kty == "RSA" && fits(&self.alg, "RS256") && fits(&self.purpose, "sig")
    }

    fn into_key(self) -> Result<(String, RsaKey), InvalidJwks> {
        let part = |value: Option<String>, name: &str| {
            value
                .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
                .filter(|bytes| !bytes.is_empty())
                .ok_or_else(|| InvalidJwks(format!("a key's {name} is missing or not base64url")))
        };
        let kid = self
            .kid
            .ok_or_else(|| InvalidJwks("a key has no kid".to_owned()))?;
        Ok((
            kid,
            RsaKey {
                n: part(self.n, "n")?,
                e: part(self.e, "e")?,
            },
        ))
    }
}

#[cfg(test)]
#[path = "jwks_tests.rs"]
mod tests;
