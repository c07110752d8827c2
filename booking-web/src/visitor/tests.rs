//! Signing in, as cookies and tokens show it.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, HeaderName, header};
use jiff::Timestamp;

use super::{attempts::Attempts, *};

fn now() -> Timestamp {
    "2026-03-02T07:00:00Z".parse().unwrap()
}

fn sign_in(folder: &std::path::Path) -> SignIn {
    let file = folder.join("users.toml");
    let hash = hash_password("correct horse").unwrap();
    std::fs::write(
        &file,
        format!("[people.anna]\ndisplay_name = \"Anna Berg\"\npassword = \"{hash}\"\n"),
    )
    .unwrap();
    let users = Users::in_file(&file).unwrap();
    let way = Way::Local { users, demo: None };
    SignIn::new(way, Seal::random().unwrap(), false)
}

fn with_cookie(value: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::COOKIE,
        format!("a=b; {SESSION_COOKIE}={value}").parse().unwrap(),
    );
    headers
}

#[test]
fn a_sign_in_lasts_a_shift_and_no_longer_and_ends_when_it_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let sign_in = sign_in(folder.path());
    let cookie = sign_in.begin("anna", false, now());
    let headers = with_cookie(&cookie);
    let at = |s: i64| now() + jiff::SignedDuration::from_secs(s);
    let seen = sign_in.visitor(&headers, None, at(SESSION_S - 1)).unwrap();
    assert_eq!(seen.person.as_deref(), Some("anna"));
    assert_eq!(seen.display_name, "Anna Berg");
    assert_eq!(sign_in.visitor(&headers, None, at(SESSION_S)), None);
    sign_in.end(&cookie, now());
    assert_eq!(sign_in.visitor(&headers, None, now()), None);
}

#[test]
fn a_cookie_that_was_changed_in_any_place_is_nobodys() {
    let folder = tempfile::tempdir().unwrap();
    let sign_in = sign_in(folder.path());
    let cookie = sign_in.begin("anna", false, now());
    for place in 0..cookie.len() {
        let mut changed = cookie.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let seen = sign_in.visitor(&with_cookie(&changed), None, now());
        // The last letter of base64 has bits that say nothing.
        assert!(
            seen.is_none() || place == cookie.len() - 1 || cookie.as_bytes()[place + 1] == b'.',
            "{place}"
        );
    }
}

#[test]
fn somebody_taken_off_the_list_is_signed_out() {
    let folder = tempfile::tempdir().unwrap();
    let sign_in = sign_in(folder.path());
    let headers = with_cookie(&sign_in.begin("bert", false, now()));
    assert_eq!(sign_in.visitor(&headers, None, now()), None);
}

#[test]
fn only_the_right_password_of_a_known_name_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let sign_in = sign_in(folder.path());
    let Way::Local { users, .. } = &sign_in.way else {
        panic!("local")
    };
    assert!(users.verify("anna", "correct horse"));
    for (name, password) in [
        ("anna", ""),
        ("anna", "Correct horse"),
        ("bert", "correct horse"),
        ("", ""),
    ] {
        assert!(!users.verify(name, password), "{name}");
    }
}

#[test]
fn a_form_of_one_sign_in_is_nothing_in_another() {
    let folder = tempfile::tempdir().unwrap();
    let sign_in = sign_in(folder.path());
    let visitor = |cookie: &str| sign_in.visitor(&with_cookie(cookie), None, now()).unwrap();
    let (one, other) = (
        visitor(&sign_in.begin("anna", false, now())),
        visitor(&sign_in.begin("anna", false, now())),
    );
    let token = one.form_token(&sign_in.seal);
    assert!(one.sent(&sign_in.seal, &token));
    assert!(!other.sent(&sign_in.seal, &token));
    assert!(!one.sent(&sign_in.seal, &sign_in.seal.seal("session", &("x", "y"))));
    assert_ne!(
        token,
        one.form_token(&sign_in.seal),
        "each page has its own"
    );
}

#[test]
fn a_name_in_a_header_is_believed_of_the_proxy_only() {
    let proxy: IpAddr = "10.0.0.7".parse().unwrap();
    let header = HeaderName::from_static("x-person");
    let way = Way::Proxy {
        header: header.clone(),
        trusted: vec![proxy],
    };
    let sign_in = SignIn::new(way, Seal::random().unwrap(), true);
    let mut headers = HeaderMap::new();
    headers.insert(header, "anna".parse().unwrap());
    let from = |address: &str| sign_in.visitor(&headers, address.parse().ok(), now());
    assert_eq!(from("10.0.0.7").unwrap().person.as_deref(), Some("anna"));
    assert_eq!(
        from("::ffff:10.0.0.7").unwrap().person.as_deref(),
        Some("anna")
    );
    assert_eq!(from("10.0.0.8"), None);
    assert_eq!(sign_in.visitor(&HeaderMap::new(), Some(proxy), now()), None);
}

#[test]
fn what_a_visitor_sends_in_the_proxys_name_signs_nobody_in() {
    let proxy: IpAddr = "10.0.0.7".parse().unwrap();
    let header = HeaderName::from_static("x-forwarded-user");
    let way = Way::Proxy {
        header: header.clone(),
        trusted: vec![proxy],
    };
    let sign_in = SignIn::new(way, Seal::random().unwrap(), true);
    let with = |names: &[&str]| {
        let mut headers = HeaderMap::new();
        for name in names {
            headers.append(header.clone(), name.parse().unwrap());
        }
        headers
    };
    let person = |headers: &HeaderMap, from: Option<IpAddr>| {
        sign_in
            .visitor(headers, from, now())
            .and_then(|it| it.person)
    };
    // Past the proxy: whatever other headers say about where a request comes from.
    let mut forged = with(&["admin"]);
    for name in ["x-forwarded-for", "x-real-ip", "forwarded"] {
        forged.insert(name, "10.0.0.7".parse().unwrap());
    }
    for from in ["10.0.0.70", "10.0.0.8", "127.0.0.1", "::1"] {
        assert_eq!(person(&forged, from.parse().ok()), None, "{from}");
    }
    assert_eq!(person(&forged, None), None, "nobody knows from where");
    // Through a proxy that adds a name and leaves the visitor's own.
    assert_eq!(person(&with(&["admin", "anna"]), Some(proxy)), None);
    assert_eq!(person(&with(&["admin, anna"]), Some(proxy)), None);
    assert_eq!(person(&with(&["x-other"; 0]), Some(proxy)), None);
    for odd in ["", " ", "an na", "\u{e9}va", &"a".repeat(65)] {
        assert_eq!(person(&with(&[odd]), Some(proxy)), None, "{odd:?}");
    }
    assert_eq!(
        person(&with(&["anna.berg@hospital.example"]), Some(proxy)).as_deref(),
        Some("anna.berg@hospital.example")
    );
}

#[test]
fn a_sign_in_that_is_used_goes_on_and_ends_everywhere_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let sign_in = sign_in(folder.path());
    let first = sign_in.begin("anna", false, now());
    let at = |s: i64| now() + jiff::SignedDuration::from_secs(s);
    let half = SESSION_S / 2;
    assert_eq!(sign_in.renewed(&with_cookie(&first), at(half - 1)), None);
    let second = sign_in.renewed(&with_cookie(&first), at(half)).unwrap();
    let seen = |cookie: &str, s| sign_in.visitor(&with_cookie(cookie), None, at(s));
    let later = half + SESSION_S - 1;
    assert_eq!(
        seen(&second, later).unwrap().person.as_deref(),
        Some("anna")
    );
    assert_eq!(seen(&first, later), None);
    let token = seen(&first, half).unwrap().form_token(&sign_in.seal);
    assert!(
        seen(&second, half).unwrap().sent(&sign_in.seal, &token),
        "forms that are open go on"
    );
    // Signed out with the older of two cookies: the newer is worth nothing either.
    sign_in.end(&first, at(half));
    assert_eq!(seen(&second, half), None);
    assert_eq!(seen(&second, later), None);
}

#[test]
fn a_new_password_ends_what_the_old_one_began() {
    let folder = tempfile::tempdir().unwrap();
    let sign_in = sign_in(folder.path());
    let headers = with_cookie(&sign_in.begin("anna", false, now()));
    assert!(sign_in.visitor(&headers, None, now()).is_some());
    let hash = hash_password("another one").unwrap();
    let file = folder.path().join("users.toml");
    std::fs::write(&file, format!("[people.anna]\npassword = \"{hash}\"\n")).unwrap();
    let later = std::time::SystemTime::now() + Duration::from_secs(5);
    let file = std::fs::File::options().append(true).open(&file).unwrap();
    file.set_modified(later).unwrap();
    assert_eq!(sign_in.visitor(&headers, None, now()), None);
}

#[test]
fn after_ten_wrong_tries_there_is_one_every_half_minute() {
    let attempts = Attempts::default();
    let start = Instant::now();
    let from = "10.0.0.1".parse().ok();
    assert!((0..10).all(|_| attempts.take("anna", from, start)));
    assert!(!attempts.take("anna", from, start));
    assert!(
        !attempts.take("bert", from, start),
        "the address counts too"
    );
    assert!(attempts.take("bert", "10.0.0.2".parse().ok(), start));
    assert!(attempts.take("anna", from, start + Duration::from_secs(31)));
    assert!(!attempts.take("anna", from, start + Duration::from_secs(31)));
}

#[test]
fn whoever_keeps_guessing_at_a_name_does_not_keep_its_owner_out() {
    let attempts = Attempts::default();
    let start = Instant::now();
    let at = |s| start + Duration::from_secs(s);
    for s in 0..600 {
        attempts.take("anna", "10.0.0.1".parse().ok(), at(s));
    }
    assert!(attempts.take("anna", "10.0.0.2".parse().ok(), at(600)));
}

#[test]
fn made_up_names_do_not_fill_anybodys_bucket_again() {
    let attempts = Attempts::default();
    let start = Instant::now();
    let guesser = "10.0.0.1".parse().ok();
    while attempts.take("anna", guesser, start) {}
    for number in 0..12_000_u32 {
        let from = IpAddr::from(std::net::Ipv4Addr::from_bits(0x0b00_0000 + number));
        attempts.take(&format!("nobody-{number}"), Some(from), start);
        let later = start + Duration::from_millis(1);
        if number % 1000 == 0 {
            assert!(!attempts.take("anna", guesser, later), "after {number}");
        }
    }
}

#[test]
fn right_passwords_of_many_people_at_one_address_use_nothing_up() {
    let attempts = Attempts::default();
    let start = Instant::now();
    let ward = "10.0.0.1".parse().ok();
    for number in 0..50 {
        let name = format!("nurse-{number}");
        assert!(attempts.take(&name, ward, start), "{name}");
        attempts.forgive(&name, ward);
    }
}

#[test]
fn addresses_of_one_network_are_one() {
    let attempts = Attempts::default();
    let start = Instant::now();
    let tries = (0..20).filter(|number| {
        let from = format!("2001:db8:1:2::{number:x}").parse().ok();
        attempts.take(&format!("name-{number}"), from, start)
    });
    assert_eq!(tries.count(), 10);
}
