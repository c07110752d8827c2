//! Tests of `common.rs`.

use super::*;

#[test]
fn durations_are_read_as_people_type_them() {
    let table = [
        ("5s", 5_000),
        ("500ms", 500),
        ("1m30s", 90_000),
        ("1m 30s", 90_000),
        ("1h", 3_600_000),
        ("PT2S", 2_000),
    ];
    for (typed, millis) in table {
        assert_eq!(
            parse_timeout(typed),
            Ok(Duration::from_millis(millis)),
            "{typed}"
        );
    }
}

#[test]
fn a_wrong_duration_is_told_what_would_be_right() {
    for typed in [
        "",
        "5",
        "0s",
        "-5s",
        "5s ago",
        "soon",
        "61m",
        "1y",
        "9223372036854775807h",
    ] {
        let error = parse_timeout(typed).unwrap_err();
        assert!(
            error.contains("500ms") || error.contains("1h"),
            "{typed}: {error}"
        );
    }
}

#[test]
fn a_rule_is_set_aside_only_with_a_reason() {
    let read = parse_rule("R8=the owner agreed").unwrap();
    assert_eq!(
        (read.rule.as_str(), read.reason.as_str()),
        ("R8", "the owner agreed")
    );
    for typed in ["R8", "R8=", "R8=  ", "=why", "8=why"] {
        assert!(parse_rule(typed).is_err(), "{typed}");
    }
}
