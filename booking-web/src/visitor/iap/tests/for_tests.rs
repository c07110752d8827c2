//! Identity-Aware Proxy as a test plays it: keys of its own, assertions of any content.

use std::sync::Arc;

use axum::http::Uri;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};

use crate::visitor::Iap;

pub(crate) const AUDIENCE: &str = "/projects/123456789012/global/backendServices/4567";

/// One key.
pub(crate) struct Signer {
    pub(crate) kid: &'static str,
    pair: EcdsaKeyPair,
}

impl Signer {
    pub(crate) fn new(kid: &'static str) -> Self {
        let (random, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let document = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("entropy");
        let pair = EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &random).expect("a key");
        Self { kid, pair }
    }

    /// The point of its public half.
    pub(crate) fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// As the key set has it.
    pub(crate) fn jwk(&self) -> Value {
        let (x, y) = self.public()[1..].split_at(32);
        json!({
            "alg": "ES256", "crv": "P-256", "kid": self.kid, "kty": "EC", "use": "sig",
            "x": BASE64.encode(x), "y": BASE64.encode(y),
        })
    }

    pub(crate) fn header(&self) -> Value {
        json!({"alg": "ES256", "typ": "JWT", "kid": self.kid})
    }

    /// With this header and these claims, signed as they are.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        format!("{signed}.{}", BASE64.encode(signature.expect("entropy")))
    }

    /// A good one of this second.
    pub(crate) fn assertion(&self, email: &str, now_s: i64) -> String {
        self.sign(&self.header(), &claims(email, now_s))
    }
}

impl Iap {
    /// One that has fetched this key.
    pub(crate) fn knowing(signer: &Signer) -> Arc<Self> {
        let iap = Self::new(AUDIENCE.to_owned(), Uri::from_static("http://127.0.0.1:1/"));
        let mut keys = iap.keys.lock();
        let now = Timestamp::now();
        keys.take_turn(signer.kid, now);
        let set = set(&[signer]);
        keys.replace(set.as_bytes(), now).expect("a set");
        drop(keys);
        iap
    }
}

/// As Google's documentation shows them.
pub(crate) fn claims(email: &str, now_s: i64) -> Value {
    json!({
        "iss": "https://cloud.google.com/iap", "aud": AUDIENCE, "email": email,
        "sub": "accounts.google.com:104107606523710296052", "hd": "hospital.example",
        "iat": now_s, "exp": now_s + 600,
    })
}

/// A key set.
pub(crate) fn set(keys: &[&Signer]) -> String {
    let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
    json!({ "keys": keys }).to_string()
}
