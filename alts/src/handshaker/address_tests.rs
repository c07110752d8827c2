//! Tests of `address.rs`.

use super::*;

#[test]
fn only_googles_two_product_names_count() {
    for name in [
        "Google",
        "Google Compute Engine",
        " Google\n",
        "Google Compute Engine\n",
    ] {
        assert!(is_google(name), "{name:?}");
    }
    for name in [
        "",
        "google",
        "Google LLC",
        "Google Compute",
        "KVM",
        "Not Google",
    ] {
        assert!(!is_google(name), "{name:?}");
    }
}

#[test]
fn addresses_are_host_and_port() {
    for address in [
        "127.0.0.1:8080",
        "[::1]:1",
        DEFAULT_HANDSHAKER_ADDRESS,
        "h:65535",
    ] {
        assert!(endpoint(address).is_ok(), "{address}");
    }
    for address in [
        "",
        "host",
        ":1",
        "host:",
        "host:x",
        "host:65536",
        "http://h:1",
        "a b:1",
    ] {
        let error = endpoint(address).expect_err(address).to_string();
        assert!(error.contains("such as 127.0.0.1:8080"), "{error}");
    }
}

#[test]
fn a_back_end_has_the_name_of_its_crate_and_no_other() {
    for known in BackEnd::ALL {
        assert_eq!(back_end(known.name()).expect("compiled in"), *known);
    }
    for name in ["", "none", "Ring", "aes", "aes-gcm,ring"] {
        let error = back_end(name).expect_err(name).to_string();
        assert!(error.contains("here it can be ring"), "{error}");
    }
}

#[test]
fn the_concurrency_limit_is_a_positive_number() {
    assert_eq!(max_concurrent("1"), Some(1));
    assert_eq!(max_concurrent(" 250 "), Some(250));
    for text in ["", "0", "-1", "many", "1e3", "99999999999999999999999"] {
        assert_eq!(max_concurrent(text), None, "{text}");
    }
}

#[test]
fn the_environment_names_a_handshaker_and_accepts_it() {
    let named = |address: &str, allowed| {
        super::super::HandshakerBuilder::from_variables(Some(address.to_owned()), allowed)
    };
    let handshaker = named("h:1", Some("true")).build().expect("accepted");
    assert_eq!(handshaker.address(), "h:1");
    let handshaker = named("", Some("1")).build().expect("accepted");
    assert_eq!(handshaker.address(), DEFAULT_HANDSHAKER_ADDRESS);
    for no in [None, Some(""), Some("0"), Some("False"), Some("off")] {
        let refused = named("h:1", no).build();
        assert!(
            on_gce() || matches!(refused, Err(Error::NotOnGce)),
            "{no:?}"
        );
    }
}
