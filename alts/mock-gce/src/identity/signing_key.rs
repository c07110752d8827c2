//! The RSA key behind identity tokens, and its public half as the world sees it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rsa::{
    RsaPrivateKey, RsaPublicKey,
    pkcs1v15::SigningKey as Pkcs1v15Key,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding},
    rand_core::CryptoRng,
    sha2::{Digest, Sha256},
    signature::{SignatureEncoding, Signer},
    traits::PublicKeyParts,
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// What Google's keys have.
const MODULUS_BITS: usize = 2048;

/// How much of a key's hash names it: enough that two never meet.
const KEY_ID_BYTES: usize = 20;

/// Signs tokens. Its private half is in no log and in no `Debug`.
pub struct SigningKey {
    key: Pkcs1v15Key<Sha256>,
    public: RsaPublicKey,
    id: String,
}

impl SigningKey {
    /// Makes a new one.
    ///
    /// # Errors
    /// When the randomness is no good.
    pub fn generate(rng: &mut impl CryptoRng) -> anyhow::Result<Self> {
        Ok(RsaPrivateKey::new(rng, MODULUS_BITS)?.into())
    }

    /// Reads one that [`SigningKey::to_pem`] wrote.
    ///
    /// # Errors
    /// When it is not PKCS#8.
    pub fn from_pem(pem: &str) -> anyhow::Result<Self> {
        Ok(RsaPrivateKey::from_pkcs8_pem(pem)?.into())
    }

    /// As PKCS#8 (RFC 5958), for a file that only its owner can read.
    ///
    /// # Errors
    /// When the key cannot be encoded.
    pub fn to_pem(&self) -> anyhow::Result<Zeroizing<String>> {
        Ok(self.key.to_pkcs8_pem(LineEnding::LF)?)
    }

    /// How tokens name it: `kid`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A JWT (RFC 7519) with these claims, signed with RS256 (RFC 7518, section 3.3).
    ///
    /// ```text
    ///   base64url(header) . base64url(claims) . base64url(signature over the first two)
    /// ```
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign(&self, claims: &Value) -> anyhow::Result<String> {
        let header = json!({ "alg": "RS256", "kid": self.id, "typ": "JWT" });
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let signature = self.key.try_sign(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut token);
        Ok(token)
    }

    /// The public half as a JWK set (RFC 7517), as Google publishes its own.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [{
            "kty": "RSA",
            "alg": "RS256",
            "use": "sig",
            "kid": self.id,
            "n": URL_SAFE_NO_PAD.encode(self.public.n_bytes()),
            "e": URL_SAFE_NO_PAD.encode(self.public.e_bytes()),
        }] })
    }
}

impl From<RsaPrivateKey> for SigningKey {
    fn from(key: RsaPrivateKey) -> Self {
        let public = key.to_public_key();
        let digest = Sha256::digest(public.n_bytes());
        let id = base16ct::lower::encode_string(&digest[..KEY_ID_BYTES]);
        Self {
            key: Pkcs1v15Key::new(key),
            public,
            id,
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.id)
    }
}
