//! Days, hours and windows where clocks change.

use jiff::civil::Weekday;
use proptest::prelude::*;

use super::*;
use crate::{
    OpeningRule,
    testing::{at, hospital, range, theatre_id, zone},
    time_range::later,
};

const ZONES: [&str; 4] = [
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
];

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn minutes(range: Option<TimeRange>) -> Option<f64> {
    range.map(|range| range.duration().as_secs_f64() / 60.0)
}

#[test]
fn a_day_lasts_as_long_as_the_site_lives_it() {
    let table = [
        ("Europe/London", "2026-03-28", Some(24.0)),
        ("Europe/London", "2026-03-29", Some(23.0)),
        ("Europe/London", "2026-10-25", Some(25.0)),
        ("America/New_York", "2026-03-08", Some(23.0)),
        ("America/New_York", "2026-11-01", Some(25.0)),
        ("Asia/Kolkata", "2026-03-29", Some(24.0)),
        ("Australia/Lord_Howe", "2026-04-05", Some(24.5)),
        ("Australia/Lord_Howe", "2026-10-04", Some(23.5)),
        // Clocks here change at midnight: the day begins at 01:00.
        ("Africa/Cairo", "2026-04-24", Some(23.0)),
        // Samoa crossed the date line and had no such day.
        ("Pacific/Apia", "2011-12-30", None),
        ("UTC", "9999-12-31", None),
    ];
    for (name, day, hours) in table {
        let got = minutes(day_range(&zone(name), date(day)));
        assert_eq!(got.map(|minutes| minutes / 60.0), hours, "{name} {day}");
    }
    let london = day_range(&zone("Europe/London"), date("2026-03-29")).unwrap();
    assert_eq!(london, range("2026-03-29T00:00", "2026-03-29T23:00"));
    let kolkata = day_range(&zone("Asia/Kolkata"), date("2026-03-29")).unwrap();
    assert_eq!(kolkata.start(), at("2026-03-28T18:30"));
}

#[test]
fn hours_are_elapsed_time_where_clocks_change() {
    // zone, date, from, to, elapsed minutes
    let table = [
        // A night session over each change, and over none.
        (
            "Europe/London",
            "2026-03-28",
            "22:00",
            "08:00",
            Some(9 * 60),
        ),
        (
            "Europe/London",
            "2026-10-24",
            "22:00",
            "08:00",
            Some(11 * 60),
        ),
        (
            "Europe/London",
            "2026-06-01",
            "22:00",
            "08:00",
            Some(10 * 60),
        ),
        (
            "America/New_York",
            "2026-03-07",
            "22:00",
            "08:00",
            Some(9 * 60),
        ),
        (
            "America/New_York",
            "2026-10-31",
            "22:00",
            "08:00",
            Some(11 * 60),
        ),
        (
            "Asia/Kolkata",
            "2026-03-28",
            "22:00",
            "08:00",
            Some(10 * 60),
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-04",
            "22:00",
            "08:00",
            Some(10 * 60 + 30),
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-03",
            "22:00",
            "08:00",
            Some(9 * 60 + 30),
        ),
        // Round the clock.
        (
            "Europe/London",
            "2026-06-01",
            "00:00",
            "00:00",
            Some(24 * 60),
        ),
        (
            "Europe/London",
            "2026-10-25",
            "00:00",
            "00:00",
            Some(25 * 60),
        ),
        // Both ends in the gap: an hour later each. One end: what is left of it.
        ("Europe/London", "2026-03-29", "01:00", "01:30", Some(30)),
        ("Europe/London", "2026-03-29", "00:30", "01:30", Some(60)),
        ("Europe/London", "2026-03-29", "01:30", "02:15", None),
        // A time said twice means the first.
        ("Europe/London", "2026-10-25", "00:30", "01:30", Some(60)),
        ("Europe/London", "2026-10-25", "01:30", "02:00", Some(90)),
        // Half an hour of gap: 02:15 is read as 02:45, after 02:40.
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "02:40", None),
    ];
    let minute = |clock: &str| -> u16 {
        let (hour, minute) = clock.split_once(':').unwrap();
        hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
    };
    for (name, day, from, to, expected) in table {
        let got = civil_range(&zone(name), date(day), minute(from), minute(to));
        let got = got.map(|range| range.duration().as_mins());
        assert_eq!(got, expected, "{name} {day} {from}-{to}");
    }
    let london = zone("Europe/London");
    for nonsense in [1440, 2000, u16::MAX] {
        assert_eq!(civil_range(&london, date("2026-06-01"), nonsense, 60), None);
        assert_eq!(civil_range(&london, date("2026-06-01"), 60, nonsense), None);
    }
}

#[test]
fn hours_that_meet_are_one_and_the_evening_before_counts() {
    let hospital = hospital();
    let london = zone("Europe/London");
    let round_the_clock = &hospital.theatres[&theatre_id("OT-3")];
    let week = range("2026-10-22T12:00", "2026-10-28T12:00");
    assert_eq!(open_within(round_the_clock, &london, &week), [week]);

    let mut night = hospital.theatres[&theatre_id("OT-1")].clone();
    night.opening = vec![OpeningRule {
        weekday: Weekday::Saturday,
        open_minute: 22 * 60,
        close_minute: 8 * 60,
    }];
    // Asked on Sunday, open since Saturday 22:00 BST, until 08:00 GMT.
    let sunday = day_range(&london, date("2026-10-25")).unwrap();
    let open = open_within(&night, &london, &sunday);
    assert_eq!(open, [range("2026-10-24T23:00", "2026-10-25T08:00")]);
    night.opening.clear();
    assert_eq!(open_within(&night, &london, &sunday), []);
}

proptest! {
    #[test]
    fn days_follow_on_one_another_without_gap_or_overlap(
        name in proptest::sample::select(ZONES.to_vec()), offset in 0i64..3000,
    ) {
        let zone = zone(name);
        let today = date("2022-01-01").saturating_add(jiff::Span::new().days(offset));
        let tomorrow = today.tomorrow().unwrap();
        let (one, next) = (day_range(&zone, today).unwrap(), day_range(&zone, tomorrow).unwrap());
        prop_assert_eq!(one.end(), next.start());
        let last = later(one.end(), -1);
        prop_assert_eq!(civil_date(one.start(), &zone), today);
        prop_assert_eq!(civil_date(last, &zone), today);
    }

    #[test]
    fn a_theatre_is_open_when_the_wall_clock_says_so(
        name in proptest::sample::select(ZONES.to_vec()), step in 0i64..60_000,
    ) {
        // A minute of the years 2026 to 2028, chosen coarsely; hours away from any clock change.
        let zone = zone(name);
        let instant = later(at("2026-01-01T00:00"), step * 25);
        let theatre = &hospital().theatres[&theatre_id("OT-1")];
        let wall = zone.to_datetime(instant);
        let workday = !matches!(wall.weekday(), Weekday::Saturday | Weekday::Sunday);
        let expected = workday && (7..19).contains(&wall.hour());
        let minute = TimeRange::lasting(instant, 1);
        let open = open_within(theatre, &zone, &minute);
        // Zones with seconds of offset aside, a minute is open as a whole or not at all.
        prop_assert_eq!(open == [minute], expected, "{}", wall);
    }
}
