//! Where bars stand, which lane they take, what is late: tables over the pure parts.

use jiff::{Timestamp, civil::date};

use super::{
    civil::{Civil, how_long, later, long_date, monday},
    grid::{GridSpan, Window},
    lanes::lanes,
    wording::{patient_tail, procedure},
};

fn t(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn london() -> Civil {
    Civil::of("Europe/London")
}

fn day_of(civil: &Civil, year: i16, month: i8, day: i8) -> (Timestamp, Timestamp) {
    let day = date(year, month, day);
    (
        civil.midnight(day),
        civil.midnight(super::civil::days_later(day, 1)),
    )
}

#[test]
fn a_window_is_seven_to_seven_and_stretches_over_early_and_late_cases_in_whole_hours() {
    let civil = london();
    let day = day_of(&civil, 2026, 3, 2);
    let usual = Window::of(day, [], None);
    assert_eq!(
        (civil.time(usual.from), civil.time(usual.to), usual.hours()),
        ("07:00".into(), "19:00".into(), 12)
    );
    let early_and_late = [
        (t("2026-03-02T05:40:00Z"), t("2026-03-02T06:30:00Z")),
        (t("2026-03-02T18:00:00Z"), t("2026-03-02T20:10:00Z")),
    ];
    let wide = Window::of(day, early_and_late, None);
    assert_eq!(
        (civil.time(wide.from), civil.time(wide.to)),
        ("05:00".into(), "21:00".into())
    );
}

#[test]
fn a_night_does_not_make_the_day_too_narrow_to_read_unless_it_is_night_now() {
    let civil = london();
    let day = day_of(&civil, 2026, 3, 2);
    let shown = |from: &str, to: &str, now: Option<&str>| {
        let window = Window::of(day, [(t(from), t(to))], now.map(t));
        format!("{}–{}", civil.time(window.from), civil.time(window.to))
    };
    for (from, to, hours) in [
        // In the night: the day is as ever.
        (
            "2026-03-02T02:10:00Z",
            "2026-03-02T03:40:00Z",
            "07:00–19:00",
        ),
        (
            "2026-03-02T22:30:00Z",
            "2026-03-02T23:59:00Z",
            "07:00–19:00",
        ),
        // Out of the night, or into it: as far as the day reaches.
        (
            "2026-03-02T03:00:00Z",
            "2026-03-02T08:00:00Z",
            "05:00–19:00",
        ),
        (
            "2026-03-02T18:00:00Z",
            "2026-03-03T02:00:00Z",
            "07:00–21:00",
        ),
        (
            "2026-03-01T22:00:00Z",
            "2026-03-03T06:00:00Z",
            "05:00–21:00",
        ),
    ] {
        assert_eq!(shown(from, to, None), hours, "{from} to {to}");
    }
    let emergency = ("2026-03-02T02:10:00Z", "2026-03-02T03:40:00Z");
    let at_night = shown(emergency.0, emergency.1, Some("2026-03-02T02:50:00Z"));
    assert_eq!(at_night, "01:00–19:00");
    let late = shown(emergency.0, emergency.1, Some("2026-03-02T23:20:00Z"));
    assert_eq!(late, "07:00–00:00");
}

#[test]
fn hours_are_what_the_hospitals_clocks_show_also_when_they_change() {
    let civil = london();
    let all_day = |day: (Timestamp, Timestamp)| {
        let (from, to) = day;
        Window { from, to }
            .axis(&civil)
            .into_iter()
            .map(|hour| hour.label)
            .collect::<Vec<_>>()
    };
    let spring = all_day(day_of(&civil, 2026, 3, 29));
    assert_eq!(
        (spring.len(), &spring[..3]),
        (
            23,
            &["00:00".to_owned(), "02:00".into(), "03:00".into()][..]
        )
    );
    let autumn = all_day(day_of(&civil, 2026, 10, 25));
    assert_eq!(
        (autumn.len(), &autumn[..4]),
        (
            25,
            &[
                "00:00".to_owned(),
                "01:00".into(),
                "01:00".into(),
                "02:00".into()
            ][..]
        )
    );
}

#[test]
fn bars_stand_on_columns_of_five_minutes_and_are_never_invisible() {
    let civil = london();
    let window = Window::of(day_of(&civil, 2026, 3, 2), [], None);
    let place = |from: &str, to: &str| {
        let GridSpan { start, columns } = window.place(
            t(&format!("2026-03-02T{from}:00Z")),
            t(&format!("2026-03-02T{to}:00Z")),
        );
        (start, columns)
    };
    for (from, to, expected) in [
        ("07:00", "07:05", (1, 1)),
        ("08:10", "08:45", (15, 7)),
        ("08:10", "08:46", (15, 8)),
        ("06:00", "07:05", (1, 1)),
        ("18:55", "22:00", (144, 1)),
        ("08:00", "08:00", (13, 1)),
        ("20:00", "21:00", (144, 1)),
    ] {
        assert_eq!(place(from, to), expected, "{from}–{to}");
    }
}

#[test]
fn cases_that_overlap_do_not_hide_each_other_and_back_to_back_ones_share_a_lane() {
    assert_eq!(lanes(&[(0, 60), (60, 90), (90, 120)]), [1, 1, 1]);
    assert_eq!(
        lanes(&[(0, 60), (30, 90), (45, 50), (60, 70)]),
        [1, 2, 3, 1]
    );
    let crowd: Vec<(i64, i64)> = (0..40).map(|start| (start, 1000)).collect();
    assert!(
        lanes(&crowd)
            .into_iter()
            .all(|lane| (1..=super::lanes::MAX_LANES).contains(&lane))
    );
}

#[test]
fn a_time_that_the_clocks_skip_is_refused_and_of_one_that_comes_twice_the_first_is_meant() {
    let civil = london();
    let at = |y, m, d, hour, minute| civil.at(date(y, m, d), jiff::civil::time(hour, minute, 0, 0));
    assert!(at(2026, 3, 29, 1, 30).unwrap_err().contains("skip"));
    assert_eq!(at(2026, 10, 25, 1, 30), Ok(t("2026-10-25T00:30:00Z")));
    assert_eq!(at(2026, 7, 1, 9, 0), Ok(t("2026-07-01T08:00:00Z")));
}

#[test]
fn durations_dates_and_names_read_as_people_write_them() {
    let table = [
        (0, "0 min"),
        (119, "119 min"),
        (120, "2 h"),
        (125, "2 h 05"),
        (1500, "25 h"),
        (2880, "2 days"),
    ];
    for (min, words) in table {
        assert_eq!(how_long(min), words);
    }
    assert_eq!(long_date(date(2026, 11, 26)), "Thursday 26 November 2026");
    assert_eq!(monday(date(2026, 11, 29)), date(2026, 11, 23));
    assert_eq!(patient_tail("patients/PT-1204"), "…204");
    assert_eq!(patient_tail(""), "");
    use booking_proto::ot::v1::Laterality;
    assert_eq!(
        procedure("Hernia repair", Laterality::Left),
        "Hernia repair, left"
    );
    assert_eq!(
        procedure("Appendicectomy", Laterality::NotApplicable),
        "Appendicectomy"
    );
    assert_eq!(
        later(t("2026-03-02T08:00:00Z"), 5),
        t("2026-03-02T08:05:00Z")
    );
}
