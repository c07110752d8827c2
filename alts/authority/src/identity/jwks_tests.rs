//! Tests of `jwks.rs`.

use super::*;

#[test]
fn keys_of_other_kinds_are_skipped_and_the_rest_is_kept() {
    let json = br#"{"keys": [
            {"kty": "EC", "kid": "curve", "crv": "P-384"},
            {"kty": "EC", "kid": "agree", "crv": "P-256", "use": "enc", "x": "AQAB", "y": "AQAB"},
            {"kty": "EC", "kid": "es384", "crv": "P-256", "alg": "ES384", "x": "AQAB", "y": "AQAB"},
            {"kty": "RSA", "kid": "enc", "use": "enc", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "ps", "alg": "PS256", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "good", "alg": "RS256", "use": "sig", "n": "AQAB", "e": "AQAB"}
        ]}"#;
    let jwks = Jwks::parse(json).unwrap();
    assert_eq!(jwks.keys.keys().collect::<Vec<_>>(), ["good"]);
    assert!(!jwks.verifies("good", "RS256", b"message", &[0; 256]));
    assert!(!jwks.verifies("curve", "ES256", b"message", &[0; 256]));
}

#[test]
fn what_is_no_key_set_is_refused_in_one_line() {
    let large = vec![b' '; MAX_JWKS_LEN + 1];
    let many = format!(
        "{{\"keys\": [{}]}}",
        vec![r#"{"kty":"EC"}"#; MAX_KEYS + 1].join(",")
    );
    let cases: [(&[u8], &str); 9] = [
        (b"", "EOF"),
        (b"<html>", "expected value"),
        (br#"{"keys": []}"#, "no RSA key"),
        (
            br#"{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}"#,
            "no kid",
        ),
        (
            br#"{"keys": [{"kty": "RSA", "kid": "k", "n": "*", "e": "AQAB"}]}"#,
            "a key's n",
        ),
        (
            br#"{"keys": [{"kty": "EC", "kid": "k", "crv": "P-256", "x": "AQAB"}]}"#,
            "a key's y",
        ),
        (
            br#"{"keys": [{"kty": "oct", "kid": "k", "k": "AQAB"}]}"#,
            "no RSA key for RS256 and no P-256 key",
        ),
        (&large, "bytes"),
        (many.as_bytes(), "33 keys"),
    ];
    for (json, expected) in cases {
        let problem = Jwks::parse(json).unwrap_err().to_string();
        assert!(
            problem.contains(expected) && problem.lines().count() == 1,
            "{problem}"
        );
    }
}

#[test]
fn a_key_that_names_no_algorithm_is_for_that_of_its_kind() {
    let json = br#"{"keys": [
            {"kty": "EC", "kid": "p", "crv": "P-256", "x": "AQAB", "y": "AQAB"},
            {"kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB"}
        ]}"#;
    let jwks = Jwks::parse(json).unwrap();
    assert_eq!(jwks.keys.keys().collect::<Vec<_>>(), ["p", "r"]);
    // No point of the curve verifies nothing.
    assert!(!jwks.verifies("p", "ES256", b"message", &[0; 64]));
}
