//! Tests of `host_policy.rs`.

use super::*;

fn policy(address: &str, public: &[&str]) -> HostPolicy {
    let public = public.iter().map(ToString::to_string).collect();
    HostPolicy::new(address.parse().unwrap(), public)
}

#[test]
fn on_loopback_only_loopback_names_and_public_names_are_answered() {
    let policy = policy("127.0.0.1:8000", &["ot.hospital.example"]);
    for host in [
        "127.0.0.1:8000",
        "127.0.0.1",
        "localhost:8000",
        "LOCALHOST",
        "[::1]:8000",
        "127.9.9.9:1",
        "ot.hospital.example",
        "OT.hospital.example:443",
    ] {
        assert!(policy.answers(host), "{host}");
    }
    for host in [
        "",
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "10.0.0.1",
        "a b",
        "127.0.0.1.evil.example",
        "x@localhost@evil.example",
    ] {
        assert!(!policy.answers(host), "{host}");
    }
}

#[test]
fn elsewhere_any_name_is_answered_until_some_are_given() {
    assert!(policy("0.0.0.0:8000", &[]).answers("ot.hospital.example"));
    let named = policy("0.0.0.0:8000", &["ot.hospital.example"]);
    assert!(named.answers("ot.hospital.example:8000"));
    assert!(
        named.answers("127.0.0.1:8000"),
        "probes on the machine itself"
    );
    assert!(!named.answers("evil.example"));
}
