//! Tests of `theatres.rs`.

use super::*;

#[test]
fn days_with_the_same_hours_are_drawn_together() {
    let rules = [
        "mon-wed=08:00-18:00",
        "thu=08:00-13:00",
        "fri=08:00-18:00",
        "sat-sun=22:00-06:00",
    ];
    let rules = rules
        .iter()
        .flat_map(|typed| typed.parse::<OpenOn>().unwrap().0);
    let theatre = Theatre {
        opening_rules: rules.collect(),
        ..Theatre::default()
    };
    assert_eq!(
        opening(&theatre),
        "mon-wed 08:00-18:00, thu 08:00-13:00, fri 08:00-18:00, sat-sun 22:00-06:00"
    );
}
