//! What every token must have, whoever made it: an algorithm that is its key's, an issuer, one audience, a time.

use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};

use super::*;
use crate::identity::test_signer::{KID, jwks, token, token_with};

const NOW_S: u64 = 1_700_000_000;
const ISSUER: &str = "https://issuer.example/clusters/c";
const AUDIENCE: &str = "alts-authority.test";

fn good() -> Value {
    json!({"iss": ISSUER, "aud": [AUDIENCE], "sub": "s", "iat": NOW_S, "nbf": NOW_S, "exp": NOW_S + 600})
}

fn with(key: &str, value: Value) -> Value {
    let mut claims = good();
    claims[key] = value;
    claims
}

fn check_by(keys: &str, token: &str) -> Result<Value, TokenError> {
    let keys = Jwks::parse(keys.as_bytes()).unwrap();
    let now = Timestamp::from_unix_s(NOW_S);
    verify(token, &keys, ISSUER, AUDIENCE, now)
}

fn check(token: &str) -> Result<Value, TokenError> {
    check_by(&jwks(), token)
}

/// A signer on P-256, and its key set.
struct P256 {
    pair: EcdsaKeyPair,
    jwks: String,
}

impl P256 {
    fn new() -> Self {
        let random = SystemRandom::new();
        let signing = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(signing, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(signing, pkcs8.as_ref(), &random).unwrap();
        let point = pair.public_key().as_ref();
        let [x, y] = [&point[1..33], &point[33..]].map(|part| URL_SAFE_NO_PAD.encode(part));
        let key = json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "p", "x": x, "y": y});
        let jwks = json!({"keys": [key]}).to_string();
        Self { pair, jwks }
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        format!(
            "{signed}.{}",
            URL_SAFE_NO_PAD.encode(signature.unwrap().as_ref())
        )
    }
}

#[test]
fn both_algorithms_are_verified_by_their_own_kind_of_key_and_by_no_other() {
    assert_eq!(check(&token(&good())).unwrap()["sub"], "s");
    let signer = P256::new();
    let header = json!({"alg": "ES256", "kid": "p"});
    let good_token = signer.token(&header, &good());
    assert_eq!(check_by(&signer.jwks, &good_token).unwrap()["sub"], "s");
    // Its neighbour's signature.
    let stranger = P256::new();
    assert_eq!(
        check_by(&stranger.jwks, &good_token),
        Err(TokenError::BadSignature)
    );
    // A key's name with the other algorithm: the key decides.
    let claimed = json!({"alg": "RS256", "kid": "p"});
    let confused = signer.token(&claimed, &good());
    assert_eq!(
        check_by(&signer.jwks, &confused),
        Err(TokenError::BadSignature)
    );
    let confused = token_with(&json!({"alg": "ES256", "kid": KID}), &good());
    assert_eq!(check(&confused), Err(TokenError::BadSignature));
    for alg in ["none", "HS256", "ES384", "es256", ""] {
        let refused = check(&token_with(&json!({"alg": alg, "kid": KID}), &good()));
        assert_eq!(refused, Err(TokenError::Algorithm(alg.to_owned())));
    }
}

#[test]
fn a_token_for_somebody_else_too_is_for_somebody_else() {
    assert!(check(&token(&with("aud", json!(AUDIENCE)))).is_ok());
    for aud in [
        json!([AUDIENCE, "https://kubernetes.default.svc"]),
        json!(["https://kubernetes.default.svc", AUDIENCE]),
        json!([AUDIENCE, AUDIENCE]),
        json!(["https://kubernetes.default.svc"]),
        json!([]),
        json!(""),
        json!(format!("{AUDIENCE}.evil")),
        json!(AUDIENCE.to_uppercase()),
        json!(null),
        json!(1),
        json!({AUDIENCE: AUDIENCE}),
    ] {
        let refused = check(&token(&with("aud", aud.clone())));
        assert_eq!(
            refused,
            Err(TokenError::Audience(AUDIENCE.to_owned())),
            "{aud}"
        );
    }
}

#[test]
fn the_issuer_is_the_configured_one_to_the_letter() {
    for iss in [format!("{ISSUER}/"), ISSUER.to_uppercase(), String::new()] {
        let refused = check(&token(&with("iss", json!(iss))));
        assert_eq!(refused, Err(TokenError::Issuer(iss)));
    }
}

#[test]
fn a_token_is_good_within_its_times_and_five_minutes_of_skew() {
    for (name, key, value, problem) in [
        ("just expired", "exp", NOW_S - 1, "before it was issued"),
        ("not yet", "nbf", NOW_S + 301, "becomes valid in 301 s"),
        (
            "issued tomorrow",
            "iat",
            NOW_S + 590,
            "becomes valid in 590 s",
        ),
        ("too long", "exp", NOW_S + 86_401, "more than a day"),
    ] {
        let refused = check(&token(&with(key, json!(value)))).unwrap_err();
        assert!(refused.to_string().contains(problem), "{name}: {refused}");
    }
    let old = |age_s: u64| {
        let mut claims = good();
        for key in ["iat", "nbf", "exp"] {
            claims[key] = json!(claims[key].as_u64().unwrap() - age_s);
        }
        check(&token(&claims))
    };
    assert!(old(600 + 299).is_ok());
    assert_eq!(old(600 + 300), Err(TokenError::Expired(300)));
    assert!(check(&token(&with("nbf", json!(NOW_S + 300)))).is_ok());
    let mut no_nbf = good();
    no_nbf.as_object_mut().unwrap().remove("nbf");
    assert!(check(&token(&no_nbf)).is_ok());
}

#[test]
fn a_key_that_is_new_or_gone_is_unknown() {
    let rotated = jwks().replace(KID, "rotated");
    let refused = check_by(&rotated, &token(&good()));
    assert_eq!(refused, Err(TokenError::UnknownKey(KID.to_owned())));
    let anew = token_with(&json!({"alg": "RS256", "kid": "rotated"}), &good());
    assert!(check_by(&rotated, &anew).is_ok());
}
