//! Tests of `time.rs`.

use jiff::{Timestamp, tz::TimeZone};
use theatre_log::stamp;

use super::*;

#[test]
fn times_are_the_sites_and_the_hour_that_happens_twice_is_told_apart() {
    let site = SiteTime {
        zone: TimeZone::get("Europe/London").unwrap(),
        now: Timestamp::UNIX_EPOCH,
    };
    let at = |text: &str| Some(stamp(text.parse().unwrap()));
    assert_eq!(
        date_time(at("2026-07-01T07:30:00Z"), &site),
        "Wed 2026-07-01 08:30"
    );
    assert_eq!(clock(at("2026-10-25T00:30:00Z"), &site), "01:30+01:00");
    assert_eq!(clock(at("2026-10-25T01:30:00Z"), &site), "01:30+00:00");
    let night = (at("2026-11-26T22:00:00Z"), at("2026-11-27T06:00:00Z"));
    assert_eq!(span(night.0, night.1, &site), "22:00-06:00 (Fri 27)");
    assert_eq!(clock(None, &site), "");
}
