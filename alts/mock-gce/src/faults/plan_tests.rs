//! What may be typed, and what is said about the rest.

use super::{super::fault::names, *};

#[test]
fn what_is_typed_is_what_is_shown() {
    for text in [
        "",
        "delay=500ms,split=1,bad-mac",
        "max-frame-size=16384,limit-streams=1,leave-open",
        "expired,late-error",
    ] {
        assert_eq!(text.parse::<Plan>().unwrap().to_string(), text);
    }
    assert_eq!(
        " delay=2s , bad-mac,".parse::<Plan>().unwrap().to_string(),
        "delay=2000ms,bad-mac"
    );
}

#[test]
fn every_name_is_a_fault() {
    for name in names() {
        let value = match name.as_str() {
            "delay" => "=1s",
            "split" | "max-frame-size" | "limit-streams" => "=1",
            _ => "",
        };
        let plan: Plan = format!("{name}{value}").parse().unwrap();
        assert_eq!(plan.faults()[0].0.to_string(), name);
    }
}

#[test]
fn what_is_no_fault_is_named() {
    for (text, expected) in [
        (
            "bad-luck",
            "there is no fault \"bad-luck\"; there are: delay, split",
        ),
        ("delay", "the fault delay wants a time"),
        ("delay=500", "the fault delay wants a time"),
        ("delay=301s", "the fault delay wants a time"),
        ("split=-1", "the fault split wants a number of bytes"),
        (
            "limit-streams=0",
            "the fault limit-streams wants a number above 0",
        ),
        ("bad-mac=1", "the fault bad-mac wants no value"),
        ("bad-mac,bad-mac", "the fault bad-mac is there twice"),
        ("expired,revoked", "expired and revoked cannot both be"),
    ] {
        let problem = text.parse::<Plan>().unwrap_err().to_string();
        assert!(problem.starts_with(expected), "{problem}");
    }
}
