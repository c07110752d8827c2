//! Tests of `week.rs`.

use super::*;

#[test]
fn days_and_hours_become_one_rule_a_day() {
    let table = [
        ("mon-fri=08:00-18:00", vec![1, 2, 3, 4, 5], 480, 1080),
        ("sat=09:00-13:30", vec![6], 540, 810),
        ("sat-mon=22:00-06:00", vec![6, 7, 1], 1320, 360),
        ("mon-sun=00:00-24:00", vec![1, 2, 3, 4, 5, 6, 7], 0, 0),
    ];
    for (typed, days, open, close) in table {
        let OpenOn(rules) = typed.parse().unwrap();
        let seen: Vec<i32> = rules.iter().map(|rule| rule.weekday).collect();
        assert_eq!(seen, days, "{typed}");
        assert!(
            rules
                .iter()
                .all(|r| (r.open_minute, r.close_minute) == (open, close)),
            "{typed}"
        );
    }
    for typed in [
        "",
        "mon",
        "mon=8-18",
        "mon=08:00",
        "xyz=08:00-18:00",
        "mon=25:00-26:00",
    ] {
        assert!(typed.parse::<OpenOn>().is_err(), "{typed}");
    }
}
