//! Tests of `jwks.rs`.

use super::*;

#[test]
fn keys_of_other_kinds_are_skipped_and_the_rest_is_kept() {
    let json = br#"{"keys": [
            {"kty": "EC", "kid": "curve", "crv": "P-256"},
            {"kty": "RSA", "kid": "enc", "use": "enc", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "ps", "alg": "PS256", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "good", "alg": "RS256", "use": "sig", "n": "AQAB", "e": "AQAB"}
        ]}"#;
    let jwks = Jwks::parse(json).unwrap();
    assert_eq!(jwks.keys.keys().collect::<Vec<_>>(), ["good"]);
    assert!(!jwks.verifies("good", b"message", &[0; 256]));
    assert!(!jwks.verifies("curve", b"message", &[0; 256]));
}

#[test]
fn what_is_no_key_set_is_refused_in_one_line() {
    let large = vec![b' '; MAX_JWKS_LEN + 1];
    let many = format!(
        "{{\"keys\": [{}]}}",
        vec![r#"{"kty":"EC"}"#; MAX_KEYS + 1].join(",")
    );
    let cases: [(&[u8], &str); 7] = [
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
