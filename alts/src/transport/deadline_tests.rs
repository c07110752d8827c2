//! Tests of `deadline.rs`.

use super::*;

#[test]
fn every_unit_of_the_specification_is_read_and_nothing_else() {
    let rows = [
        ("1H", Some(Duration::from_secs(3600))),
        ("2M", Some(Duration::from_secs(120))),
        ("3S", Some(Duration::from_secs(3))),
        ("100m", Some(Duration::from_millis(100))),
        ("82u", Some(Duration::from_micros(82))),
        ("0n", Some(Duration::ZERO)),
        ("99999999H", Some(Duration::from_secs(99_999_999 * 3600))),
        ("", None),
        ("S", None),
        ("1", None),
        ("1s", None),
        ("-1S", None),
        ("+1S", None),
        ("1.5S", None),
        ("123456789S", None),
        ("1 S", None),
        ("1\u{e9}", None),
    ];
    for (text, expected) in rows {
        assert_eq!(parse(text), expected, "{text:?}");
    }
}
