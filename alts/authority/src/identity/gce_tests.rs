//! Tokens that prove something, and a table of those that do not.

use alts::ServiceAccount;
use alts_handshake::MachineName;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::identity::Question;
use crate::identity::{
    jwt::MAX_TOKEN_LEN,
    test_signer::{KID, claims, jwks, token, token_with},
};

const NOW_S: u64 = 1_700_000_000;
const ACCOUNT: &str = "svc@grpc-alts-demo.iam.gserviceaccount.com";
const MACHINE: &str = "vm-1";

fn claimed<T>(look: impl FnOnce(&Claim<'_>) -> T) -> T {
    let machine = MachineName::parse(MACHINE).unwrap();
    let account: ServiceAccount = ACCOUNT.parse().unwrap();
    look(&Claim {
        machine: &machine,
        account: &account,
        question: Question::Certificate(&[1; 32]),
        nonce: &[2; 16],
        asked_at: Timestamp::from_unix_s(3),
    })
}

fn audience() -> String {
    claimed(|claim| claim.audience())
}

fn check(token: &str) -> Result<String, TokenError> {
    let expectation = Expectation {
        issuer: GOOGLE_ISSUER.to_owned(),
        projects: vec!["other-project".to_owned(), "grpc-alts-demo".to_owned()],
        keys: KeysLocation::default(),
        roots: TlsRoots::default(),
    };
    let keys = Jwks::parse(jwks().as_bytes()).unwrap();
    let now = Timestamp::from_unix_s(NOW_S);
    claimed(|claim| verify(token, claim, &keys, &expectation, now))
}

fn good() -> Value {
    claims(&audience(), ACCOUNT, MACHINE, NOW_S)
}

/// The good claims with one of them changed.
fn with_claim(path: &[&str], value: Value) -> Value {
    let mut claims = good();
    let mut at = &mut claims;
    for key in path {
        at = &mut at[*key];
    }
    *at = value;
    claims
}

/// The same, signed.
fn with(path: &[&str], value: Value) -> String {
    token(&with_claim(path, value))
}

/// The good claims under another header.
fn headed(header: Value) -> String {
    token_with(&header, &good())
}

#[test]
fn a_good_token_tells_which_machine_it_is() {
    assert_eq!(check(&token(&good())), Ok("8087716956832600000".to_owned()));
}

#[test]
fn each_wrong_token_is_refused_for_what_is_wrong_with_it() {
    let instance = ["google", "compute_engine"];
    let at = |field| [instance[0], instance[1], field];
    let cases = [
        (
            "no algorithm",
            headed(json!({"alg": "none", "kid": KID})),
            "with \"none\"",
        ),
        (
            "a shared secret",
            headed(json!({"alg": "HS256", "kid": KID})),
            "with \"HS256\"",
        ),
        (
            "lower case",
            headed(json!({"alg": "rs256", "kid": KID})),
            "with \"rs256\"",
        ),
        (
            "another RSA",
            headed(json!({"alg": "PS256", "kid": KID})),
            "with \"PS256\"",
        ),
        ("no key", headed(json!({"alg": "RS256"})), "no kid"),
        (
            "another key",
            headed(json!({"alg": "RS256", "kid": "k2"})),
            "unknown key \"k2\"",
        ),
        (
            "an extension",
            headed(json!({"alg": "RS256", "kid": KID, "crit": ["b64"]})),
            "extensions",
        ),
        (
            "another issuer",
            with(&["iss"], json!("https://evil.example")),
            "issued by \"https://evil",
        ),
        (
            "another audience",
            with(&["aud"], json!("urn:alts-local:1:claim:00")),
            "another audience",
        ),
        (
            "expired",
            token(&claims(&audience(), ACCOUNT, MACHINE, NOW_S - 3600 - 300)),
            "expired 300 s ago",
        ),
        (
            "from the future",
            token(&claims(&audience(), ACCOUNT, MACHINE, NOW_S + 301)),
            "valid in 301 s",
        ),
        (
            "valid for years",
            with(&["exp"], json!(NOW_S + 100_000)),
            "more than a day",
        ),
        (
            "valid backwards",
            with(&["exp"], json!(NOW_S - 1)),
            "before it was issued",
        ),
        (
            "unverified e-mail",
            with(&["email_verified"], json!(false)),
            "not verified",
        ),
        (
            "no word about the e-mail",
            {
                let mut claims = good();
                claims.as_object_mut().unwrap().remove("email_verified");
                token(&claims)
            },
            "not verified",
        ),
        (
            "another signer's",
            {
                let signed = token(&with_claim(&["sub"], json!("2")));
                let (claims, _) = signed.rsplit_once('.').unwrap();
                let good = token(&good());
                format!("{claims}.{}", good.rsplit_once('.').unwrap().1)
            },
            "signature",
        ),
        (
            "another account",
            with(&["email"], json!("else@p")),
            "runs as \"else@p\"",
        ),
        ("no e-mail", with(&["email"], Value::Null), "runs as \"\""),
        (
            "the account in capitals",
            with(&["email"], json!(ACCOUNT.to_uppercase())),
            "runs as",
        ),
        ("no instance", with(&["google"], Value::Null), "format=full"),
        (
            "another project",
            with(&at("project_id"), json!("evil")),
            "of project \"evil\"",
        ),
        (
            "another machine",
            with(&at("instance_name"), json!("vm-2")),
            "name is \"vm-2\"",
        ),
        (
            "claims of other types",
            with(&["exp"], json!("soon")),
            "its claims",
        ),
        ("no claims", token(&json!({})), "its claims"),
        (
            "too long",
            "a".repeat(MAX_TOKEN_LEN + 1),
            "the limit is 8192",
        ),
        ("empty", String::new(), "three parts"),
        ("two parts", "a.b".to_owned(), "three parts"),
        ("four parts", "a.b.c.d".to_owned(), "three parts"),
        ("no base64", "%.%.%".to_owned(), "its header"),
    ];
    for (name, token, expected) in cases {
        let problem = check(&token).expect_err(name).to_string();
        assert!(problem.contains(expected), "{name}: {problem}");
        assert_eq!(problem.lines().count(), 1, "{name}: {problem}");
    }
}

#[test]
fn the_edges_of_a_tokens_life_allow_for_five_minutes_of_skew() {
    for (issued_s, good) in [
        (NOW_S - 3600 - 299, true),
        (NOW_S - 3600 - 300, false),
        (NOW_S + 300, true),
        (NOW_S + 301, false),
    ] {
        let token = token(&claims(&audience(), ACCOUNT, MACHINE, issued_s));
        assert_eq!(check(&token).is_ok(), good, "{issued_s}");
    }
}

#[test]
fn a_change_anywhere_in_a_token_is_noticed() {
    let token = token(&good());
    for i in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[i] = if bytes[i] == b'A' { b'B' } else { b'A' };
        // The last character carries two bits that count and four that must be zero.
        assert!(check(&String::from_utf8(bytes).unwrap()).is_err(), "at {i}");
    }
    for cut in 0..token.len() {
        assert!(check(&token[..cut]).is_err(), "cut at {cut}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_verifier_panic(text in "\\PC*", parts in "[A-Za-z0-9_.-]{0,200}") {
        prop_assert!(check(&text).is_err());
        prop_assert!(check(&parts).is_err());
    }
}
