//! Plays Google, or a cluster, for tests: signs identity tokens with a key that is in the repository and good for
//! nothing else. Used by unit tests and, by its path, by the integration tests.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents},
};
use serde_json::{Value, json};

const KEY: &[u8] = include_bytes!("identity-tokens.p8");

/// The name of the key.
pub(crate) const KID: &str = "test-key-1";

/// The key as a JSON Web Key Set.
pub(crate) fn jwks() -> String {
    let pair = RsaKeyPair::from_pkcs8(KEY).unwrap();
    let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
    json!({"keys": [{
        "kty": "RSA", "alg": "RS256", "use": "sig", "kid": KID,
        "n": URL_SAFE_NO_PAD.encode(public.n), "e": URL_SAFE_NO_PAD.encode(public.e),
    }]})
    .to_string()
}

/// The claims of a machine's `full` token.
pub(crate) fn claims(audience: &str, account: &str, machine: &str, now_s: u64) -> Value {
    json!({
        "iss": "https://accounts.google.com", "aud": audience, "sub": "1", "azp": "1",
        "iat": now_s, "exp": now_s + 3600, "email": account, "email_verified": true,
        "google": {"compute_engine": {
            "project_id": "grpc-alts-demo", "project_number": 739_419_398_126_u64,
            "zone": "us-central1-a", "instance_id": "8087716956832600000",
            "instance_name": machine, "instance_creation_timestamp": 1_700_000_000,
        }},
    })
}

/// The claims of a projected token: of the pod `pod` of the service account `NAMESPACE:NAME`.
pub(crate) fn pod_claims(
    issuer: &str,
    audience: &str,
    account: &str,
    pod: &str,
    now_s: u64,
) -> Value {
    let (namespace, name) = account.split_once(':').unwrap();
    json!({
        "iss": issuer, "aud": [audience], "sub": format!("system:serviceaccount:{account}"),
        "iat": now_s, "nbf": now_s, "exp": now_s + 600, "jti": "8c1f5a3e-52a4-4cb7-9c4d-0f1f6d2a7e11",
        "kubernetes.io": {
            "namespace": namespace,
            "node": {"name": "gke-node-1", "uid": "0b7e5a51-6f5c-4f0c-8a35-52f0f3c1d6b0"},
            "pod": {"name": pod, "uid": "5f5a9d56-6b53-4a2e-8a0e-6dfb5f5ad3c4"},
            "serviceaccount": {"name": name, "uid": "c1e7a7a0-3f0c-4b0e-bb1c-6a2d2c0a9f10"},
        },
    })
}

/// A token over these claims, signed as it should be.
pub(crate) fn token(claims: &Value) -> String {
    token_with(&json!({"alg": "RS256", "kid": KID, "typ": "JWT"}), claims)
}

/// The same under another header; always signed with RS256.
pub(crate) fn token_with(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let pair = RsaKeyPair::from_pkcs8(KEY).unwrap();
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
