//! Public keys as a JSON Web Key Set (RFC 7517), as far as RS256 and ES256 need them. Pure.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

/// Largest document, in bytes. Google's is 2 KiB.
pub const MAX_JWKS_LEN: usize = 64 * 1024;

/// More keys than this nobody has under way at once.
const MAX_KEYS: usize = 32;

/// RSASSA-PKCS1-v1_5 and ECDSA on P-256, with SHA-256.
const RS256: &str = "RS256";
const ES256: &str = "ES256";

/// A document that is no usable key set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no JSON Web Key Set with keys for tokens: {0}")]
pub struct InvalidJwks(String);

/// Keys by their `kid`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jwks {
    keys: BTreeMap<String, Key>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// The point on P-256, uncompressed (SEC 1, section 2.3.3).
    P256(Vec<u8>),
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
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
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
        for entry in document.keys {
            if let Some(algorithm) = entry.algorithm() {
                let (kid, key) = entry.into_key(algorithm)?;
                keys.insert(kid, key);
            }
        }
        if keys.is_empty() {
            let problem = "it has no RSA key for RS256 and no P-256 key for ES256";
            return Err(InvalidJwks(problem.to_owned()));
        }
        Ok(Self { keys })
    }

    /// Whether there is a key of this name.
    pub fn knows(&self, kid: &str) -> bool {
        self.keys.contains_key(kid)
    }

    /// Checks a signature (RFC 7518, sections 3.3 and 3.4) by the key `kid`, which is for one algorithm
    /// whatever a token says. RSA keys below 2,048 bits verify nothing.
    pub fn verifies(&self, kid: &str, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        let verified = match (self.keys.get(kid), algorithm) {
            (Some(Key::Rsa { n, e }), RS256) => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
            (Some(Key::P256(point)), ES256) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            _ => return false,
        };
        verified.is_ok()
    }
}

impl Entry {
    /// `None`: for something else than tokens.
    fn algorithm(&self) -> Option<&'static str> {
        let fits = |value: &Option<String>, wanted| value.as_deref().is_none_or(|v| v == wanted);
        let algorithm = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => RS256,
            ("EC", Some("P-256")) => ES256,
            _ => return None,
        };
        (fits(&self.alg, algorithm) && fits(&self.purpose, "sig")).then_some(algorithm)
    }

    fn into_key(self, algorithm: &'static str) -> Result<(String, Key), InvalidJwks> {
        let part = |value: Option<String>, name: &str| {
            value
                .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
                .filter(|bytes| !bytes.is_empty())
                .ok_or_else(|| InvalidJwks(format!("a key's {name} is missing or not base64url")))
        };
        let kid = self
            .kid
            .ok_or_else(|| InvalidJwks("a key has no kid".to_owned()))?;
        let key = match algorithm {
            RS256 => Key::Rsa {
                n: part(self.n, "n")?,
                e: part(self.e, "e")?,
            },
            _ => Key::P256([vec![4], part(self.x, "x")?, part(self.y, "y")?].concat()),
        };
        Ok((kid, key))
    }
}

#[cfg(test)]
#[path = "jwks_tests.rs"]
mod tests;
