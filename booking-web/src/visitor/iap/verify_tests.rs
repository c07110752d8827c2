//! What is believed, and each way in which something is not; which keys are taken from a set, and when it is due.

use serde_json::{Value, json};

use super::{
    super::tests::for_tests::{AUDIENCE, Signer, claims, set},
    *,
};

const NOW_S: i64 = 1_780_000_000;
const FORM: &str = "it is malformed";
const ALGORITHM: &str = "it is not simply signed by ES256";
const SIGNATURE: &str = "its signature is wrong";
const NO_TIME: &str = "it lacks a time";
const SERVICE: &str = "it is for another backend service; check --iap-audience";
const TIME: &str = "it is not valid now, or for too long; check this machine's clock";
const NOBODY: &str = "it is about nobody";

const ANNA: &str = "anna.berg@hospital.example";

fn judged(key: &Signer, text: &str) -> Result<String, &'static str> {
    judged_at(key, text, NOW_S)
}

fn judged_at(key: &Signer, text: &str, now_s: i64) -> Result<String, &'static str> {
    key_name(text)?;
    person(
        text,
        key.public(),
        AUDIENCE,
        Timestamp::from_second(now_s).unwrap(),
    )
}

/// The good claims with one of them changed; null takes it away.
fn with(name: &str, value: Value) -> Value {
    let mut changed = claims(ANNA, NOW_S);
    match value {
        Value::Null => drop(changed.as_object_mut().unwrap().remove(name)),
        value => changed[name] = value,
    }
    changed
}

#[test]
fn a_good_one_names_the_person() {
    let key = Signer::new("k1");
    let text = key.assertion(ANNA, NOW_S);
    assert_eq!(key_name(&text).as_deref(), Ok("k1"));
    assert_eq!(judged(&key, &text).as_deref(), Ok(ANNA));
}

#[test]
fn each_claim_has_to_be_right_although_the_signature_is() {
    let key = Signer::new("k1");
    let table = [
        ("iss", json!("https://accounts.google.com"), SERVICE),
        ("iss", json!("https://cloud.google.com/iap/"), SERVICE),
        (
            "aud",
            json!("/projects/1/global/backendServices/4567"),
            SERVICE,
        ),
        ("aud", json!(format!("{AUDIENCE}8")), SERVICE),
        ("aud", json!([AUDIENCE]), SERVICE),
        ("aud", Value::Null, SERVICE),
        ("iss", Value::Null, SERVICE),
        ("exp", Value::Null, NO_TIME),
        ("iat", Value::Null, NO_TIME),
        ("exp", json!("2100"), NO_TIME),
        ("exp", json!(NOW_S - 30), TIME),
        ("exp", json!(i64::MIN), TIME),
        ("iat", json!(NOW_S + 31), TIME),
        ("iat", json!(i64::MAX), TIME),
        ("exp", json!(NOW_S + 661), TIME),
        ("exp", json!(i64::MAX), TIME),
        ("iat", json!(i64::MIN), TIME),
        ("sub", Value::Null, NOBODY),
        ("sub", json!(""), NOBODY),
        ("email", Value::Null, NOBODY),
    ];
    for (name, value, wanted) in table {
        let text = key.sign(&key.header(), &with(name, value.clone()));
        assert_eq!(judged(&key, &text), Err(wanted), "{name}: {value}");
    }
}

#[test]
fn clocks_may_be_half_a_minute_apart_and_no_more() {
    let key = Signer::new("k1");
    let text = key.assertion(ANNA, NOW_S);
    for (now_s, good) in [
        (NOW_S - 31, false),
        (NOW_S - 30, true),
        (NOW_S + 629, true),
        (NOW_S + 630, false),
    ] {
        assert_eq!(judged_at(&key, &text, now_s).is_ok(), good, "{now_s}");
    }
    let longest = key.sign(&key.header(), &with("exp", json!(NOW_S + 660)));
    assert!(judged(&key, &longest).is_ok());
}

#[test]
fn no_other_algorithm_counts_whatever_it_is_signed_with() {
    let key = Signer::new("k1");
    for alg in ["none", "None", "HS256", "RS256", "ES384", "es256", ""] {
        let header = json!({"alg": alg, "typ": "JWT", "kid": "k1"});
        let text = key.sign(&header, &claims(ANNA, NOW_S));
        assert_eq!(judged(&key, &text), Err(ALGORITHM), "{alg}");
    }
    // The public key as the secret of an HMAC.
    let header = json!({"alg": "HS256", "typ": "JWT", "kid": "k1"});
    let signed = [header, claims(ANNA, NOW_S)].map(|part| BASE64.encode(part.to_string()));
    let signed = signed.join(".");
    let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key.public());
    let tag = BASE64.encode(ring::hmac::sign(&secret, signed.as_bytes()));
    let text = format!("{signed}.{tag}");
    assert_eq!(judged(&key, &text), Err(ALGORITHM));
}

#[test]
fn a_header_that_asks_for_more_or_says_too_little_is_refused() {
    let key = Signer::new("k1");
    let extended = json!({"alg": "ES256", "kid": "k1", "crit": ["b64"], "b64": false});
    let text = key.sign(&extended, &claims(ANNA, NOW_S));
    assert_eq!(judged(&key, &text), Err(ALGORITHM));
    for header in [json!({"alg": "ES256"}), json!({"alg": "ES256", "kid": 1})] {
        let text = key.sign(&header, &claims(ANNA, NOW_S));
        let found = judged(&key, &text);
        assert!(found == Err(FORM), "{header}: {found:?}");
    }
}

#[test]
fn nothing_of_it_can_be_changed_and_another_key_signs_nothing() {
    let key = Signer::new("k1");
    let text = key.assertion(ANNA, NOW_S);
    let parts: Vec<&str> = text.split('.').collect();
    let other = BASE64.encode(claims("admin@hospital.example", NOW_S).to_string());
    let altered = format!("{}.{other}.{}", parts[0], parts[2]);
    assert_eq!(judged(&key, &altered), Err(SIGNATURE));
    let stranger = Signer::new("k1").assertion(ANNA, NOW_S);
    assert_eq!(judged(&key, &stranger), Err(SIGNATURE));
    for place in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(judged(&key, &changed).is_err(), "{place}");
    }
    // A signature of nothing, and the same one in ASN.1's longer form.
    for signature in [vec![0; 64], vec![], vec![0x30; 70]] {
        let text = format!("{}.{}.{}", parts[0], parts[1], BASE64.encode(signature));
        assert_eq!(judged(&key, &text), Err(SIGNATURE));
    }
}

#[test]
fn what_is_cut_off_or_garbage_is_refused_without_ado() {
    let key = Signer::new("k1");
    let text = key.assertion(ANNA, NOW_S);
    for end in 0..text.len() {
        assert!(judged(&key, &text[..end]).is_err(), "{end}");
    }
    for garbage in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "{}.{}.{}",
        &format!("{text}."),
        &format!(".{text}"),
        &format!("{text}.{text}"),
        &format!("{text}="),
        &format!(" {text}"),
        &".".repeat(5000),
        &"A".repeat(5000),
    ] {
        assert!(judged(&key, garbage).is_err(), "{garbage:.40}");
    }
}

#[test]
fn why_it_is_refused_quotes_nothing_of_it() {
    let key = Signer::new("k1");
    let text = key.sign(&key.header(), &with("aud", json!("/secret")));
    let why = judged(&key, &text).unwrap_err();
    for part in text.split('.').chain([ANNA, "/secret"]) {
        assert!(!why.contains(part), "{why}");
    }
}

fn at(s: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + s).unwrap()
}

#[test]
fn keys_of_p_256_are_taken_and_others_passed_over() {
    let signer = Signer::new("k1");
    let mut keys = Keys::default();
    let mut halved = signer.jwk();
    halved["x"] = json!("AAAA");
    halved["kid"] = json!("halved");
    let mut nameless = signer.jwk();
    nameless.as_object_mut().unwrap().remove("kid");
    let document = json!({"keys": [
        {"kty": "RSA", "kid": "rsa", "n": "AQAB", "e": "AQAB"},
        {"kty": "EC", "crv": "P-384", "kid": "p384", "x": signer.jwk()["x"], "y": signer.jwk()["y"]},
        {"kty": "OKP", "crv": "P-256", "kid": "okp", "x": signer.jwk()["x"], "y": signer.jwk()["y"]},
        halved, nameless, signer.jwk(),
    ]});
    keys.replace(document.to_string().as_bytes(), at(0))
        .unwrap();
    assert_eq!(keys.key("k1", at(0)).as_deref(), Some(signer.public()));
    assert_eq!(keys.known.len(), 1, "{keys:?}");
}

#[test]
fn what_is_no_set_of_keys_changes_nothing() {
    let signer = Signer::new("k1");
    let mut keys = Keys::default();
    keys.replace(set(&[&signer]).as_bytes(), at(0)).unwrap();
    for document in [
        "",
        "{}",
        "[]",
        "{\"keys\": []}",
        "{\"keys\": [{\"kty\": \"RSA\"}]}",
        "<html>",
    ] {
        assert!(
            keys.replace(document.as_bytes(), at(1)).is_err(),
            "{document}"
        );
        assert!(keys.key("k1", at(1)).is_some(), "{document}");
        assert_eq!(keys.fetched_s, Some(at(0).as_second()), "{document}");
    }
}

#[test]
fn a_set_is_due_when_it_lacks_a_key_or_is_an_hour_old_and_once_a_minute_at_most() {
    let signer = Signer::new("k1");
    let mut keys = Keys::default();
    let set = set(&[&signer]);
    assert_eq!(keys.key("k1", at(0)), None);
    assert!(keys.take_turn("k1", at(0)));
    // Not again at once, although it brought nothing; but soon, for nobody can open a page.
    assert!(!keys.take_turn("k1", at(4)));
    assert!(keys.take_turn("k1", at(5)));
    assert!(keys.take_turn("k1", at(60)));
    keys.replace(set.as_bytes(), at(60)).unwrap();
    for (kid, s, due) in [
        ("k1", 61, false),
        ("k2", 61, false),
        ("k2", 119, false),
        ("k2", 120, true),
        ("k2", 121, false),
        ("k1", 3719, false),
        ("k1", 3720, true),
        ("k1", 3721, false),
        // The clock was set back: no age is known.
        ("k1", 59, true),
    ] {
        assert_eq!(keys.take_turn(kid, at(s)), due, "{kid} at {s}");
        if due {
            keys.replace(set.as_bytes(), at(s)).unwrap();
        }
    }
}

#[test]
fn a_try_in_vain_makes_no_set_younger() {
    let signer = Signer::new("k1");
    let mut keys = Keys::default();
    keys.replace(set(&[&signer]).as_bytes(), at(0)).unwrap();
    // A made-up name just before the hour brings nothing.
    assert!(keys.take_turn("k2", at(3590)));
    for (kid, s, due) in [
        ("k1", 3599, false),
        ("k1", 3600, false),
        ("k1", 3649, false),
        ("k1", 3650, true),
        ("k1", 3709, false),
        ("k1", 3710, true),
    ] {
        assert_eq!(keys.take_turn(kid, at(s)), due, "{kid} at {s}");
    }
    // As long as none comes, the last one counts for a day; then every few seconds one is asked for.
    const DAY_S: i64 = 24 * 60 * 60;
    assert!(keys.key("k1", at(DAY_S - 1)).is_some());
    assert_eq!(keys.key("k1", at(DAY_S)), None);
    assert!(keys.take_turn("k1", at(DAY_S)) && keys.take_turn("k1", at(DAY_S + 5)));
    // A clock that was set back a little locks nobody out, and one set back by years is no proof of youth.
    assert!(keys.key("k1", at(-1)).is_some());
    assert_eq!(keys.key("k1", at(-DAY_S)), None);
}

#[test]
fn a_key_that_is_no_longer_in_the_set_is_forgotten() {
    let (old, new) = (Signer::new("k1"), Signer::new("k2"));
    let mut keys = Keys::default();
    keys.replace(set(&[&old]).as_bytes(), at(0)).unwrap();
    keys.replace(set(&[&new]).as_bytes(), at(0)).unwrap();
    assert!(keys.key("k1", at(0)).is_none() && keys.key("k2", at(0)).is_some());
}
