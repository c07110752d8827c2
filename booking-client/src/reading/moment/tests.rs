//! What is typed is what is meant, also where clocks change.

use proptest::prelude::*;
use theatre_log::stamp;

use super::*;

fn place(zone: &str, now: &str) -> SiteTime {
    SiteTime {
        zone: TimeZone::get(zone).unwrap(),
        now: now.parse().unwrap(),
    }
}

fn london() -> SiteTime {
    place("Europe/London", "2026-07-01T06:10:40Z")
}

#[test]
fn every_form_names_the_instant_it_says() {
    let table = [
        ("now", "2026-07-01T06:10:00Z"),
        ("08:30", "2026-07-01T07:30:00Z"),
        ("2026-11-27 08:30", "2026-11-27T08:30:00Z"),
        ("2026-11-27T08:30", "2026-11-27T08:30:00Z"),
        ("tomorrow 08:30", "2026-07-02T07:30:00Z"),
        ("+2 08:30", "2026-07-03T07:30:00Z"),
        ("2026-11-27T08:30:00Z", "2026-11-27T08:30:00Z"),
        ("2026-11-27T08:30+05:30", "2026-11-27T03:00:00Z"),
        // The fold, told apart by its offset.
        ("2026-10-25T01:30+01:00", "2026-10-25T00:30:00Z"),
        ("2026-10-25T01:30+00:00", "2026-10-25T01:30:00Z"),
    ];
    for (typed, expected) in table {
        let moment: Moment = typed.parse().unwrap();
        let expected: Timestamp = expected.parse().unwrap();
        assert_eq!(moment.resolve(&london()), Ok(expected), "{typed}");
    }
}

#[test]
fn what_is_no_time_is_told_what_would_be() {
    for typed in [
        "",
        "soon",
        "8",
        "25:00",
        "2026-13-01 08:00",
        "2026-11-27",
        "08:30 tomorrow",
    ] {
        let error = typed.parse::<Moment>().unwrap_err();
        assert!(error.contains("08:30"), "{typed}: {error}");
    }
}

#[test]
fn a_time_that_the_clocks_leave_out_or_repeat_is_refused_with_what_to_write() {
    let table = [
        (
            "Europe/London",
            "2026-03-29 01:30",
            "does not exist in Europe/London",
        ),
        (
            "Europe/London",
            "2026-10-25 01:30",
            "write +01 behind it for the first, +00",
        ),
        (
            "America/New_York",
            "2026-03-08 02:30",
            "does not exist in America/New_York",
        ),
        (
            "America/New_York",
            "2026-11-01 01:30",
            "write -04 behind it for the first, -05",
        ),
        // Half an hour of daylight saving.
        ("Australia/Lord_Howe", "2026-10-04 02:15", "does not exist"),
        (
            "Australia/Lord_Howe",
            "2026-04-05 01:45",
            "write +11 behind it for the first, +10:30",
        ),
    ];
    for (zone, typed, complaint) in table {
        let moment: Moment = typed.parse().unwrap();
        let error = moment
            .resolve(&place(zone, "2026-01-01T00:00:00Z"))
            .unwrap_err();
        assert!(error.to_string().contains(complaint), "{typed}: {error}");
    }
    // Never ambiguous: no daylight saving.
    let kolkata = place("Asia/Kolkata", "2026-01-01T00:00:00Z");
    let moment: Moment = "2026-03-29 01:30".parse().unwrap();
    assert_eq!(
        moment.resolve(&kolkata),
        Ok("2026-03-28T20:00:00Z".parse().unwrap())
    );
}

#[test]
fn days_are_relative_or_by_the_calendar() {
    let table = [
        ("today", "2026-07-01"),
        ("tomorrow", "2026-07-02"),
        ("yesterday", "2026-06-30"),
        ("+30", "2026-07-31"),
        ("-1", "2026-06-30"),
        ("2026-11-27", "2026-11-27"),
    ];
    for (typed, expected) in table {
        let day: Day = typed.parse().unwrap();
        assert_eq!(
            day.resolve(&london()),
            Ok(expected.parse().unwrap()),
            "{typed}"
        );
    }
    for typed in [
        "",
        "monday",
        "1",
        "+9999",
        "2026-02-30",
        "2026-11-27T08:30",
        "20261127",
    ] {
        assert!(typed.parse::<Day>().is_err(), "{typed}");
    }
}

#[test]
fn a_day_in_a_range_counts_whole_even_when_it_has_25_hours() {
    let (from, to): (Bound, Bound) = ("2026-10-25".parse().unwrap(), "2026-10-25".parse().unwrap());
    let (from, to) = (from.from(&london()).unwrap(), to.to(&london()).unwrap());
    assert_eq!(from.duration_until(to).as_mins(), 25 * 60);
    let noon: Bound = "2026-10-25 12:00".parse().unwrap();
    assert_eq!(noon.to(&london()), noon.from(&london()));
}

proptest! {
    #[test]
    fn instants_come_back_and_nanoseconds_count_forward(
        seconds in -1_000_000_000_i64..10_000_000_000, nanos in 0..1_000_000_000_i32
    ) {
        let instant = Timestamp::new(seconds, nanos).unwrap();
        let kept = stamp(instant);
        prop_assert!((0..1_000_000_000).contains(&kept.nanos));
        prop_assert_eq!(timestamp(kept), Some(instant));
    }
}
