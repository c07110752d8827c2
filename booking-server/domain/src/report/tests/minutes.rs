//! Utilisation against counting every minute.

use proptest::prelude::*;

use super::*;
use crate::TheatreId;

/// Patients in a theatre at random, overlaps and all, at random minutes of two days.
fn any_rows() -> impl Strategy<Value = Vec<ReportRow>> {
    let one = (0u8..2, 0i64..2880, 0i64..300).prop_map(|(theatre, minute, length)| {
        let theatre = ["OT-1", "OT-2"][usize::from(theatre)];
        let wheels_in = later(at("2026-06-01T00:00"), minute);
        let mut row = row(theatre, "06:00", "06:00", "07:00");
        row.milestones.wheels_in = Some(wheels_in);
        row.milestones.wheels_out = Some(later(wheels_in, length));
        row
    });
    proptest::collection::vec(one, 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn utilisation_is_what_counting_minutes_finds(rows in any_rows(), idle in 0u16..200) {
        let period = Period { last: "2026-06-03".parse().unwrap(), ..june() };
        let days = theatre_days(&theatres()[..2], &[], Window::OpeningHours, &period);
        let report = utilisation(&rows, &days, Window::OpeningHours, idle, &period);
        for theatre in ["OT-1", "OT-2"].map(theatre_id) {
            let (mut in_room, mut between) = (0.0, 0.0);
            for day in days.iter().filter(|day| day.theatre == theatre) {
                for open in &day.window {
                    let mut minute = open.start();
                    while minute < open.end() {
                        let inside = is_inside(&rows, &theatre, minute);
                        in_room += f64::from(u8::from(inside));
                        let gap = !inside && is_turnover(&rows, day, minute, idle, &period);
                        between += f64::from(u8::from(gap));
                        minute = later(minute, 1);
                    }
                }
            }
            let found = report.rows.iter().find(|row| row.theatre.as_ref() == Some(&theatre));
            prop_assert_eq!(found.map(|row| row.in_room_min), Some(in_room));
            prop_assert_eq!(found.map(|row| row.turnover_min), Some(between));
        }
    }
}

fn is_inside(rows: &[ReportRow], theatre: &TheatreId, minute: Timestamp) -> bool {
    rows.iter().any(|row| {
        row.theatre.as_ref() == Some(theatre)
            && row.milestones.wheels_in <= Some(minute)
            && Some(minute) < row.milestones.wheels_out
    })
}

/// Whether the day's patients were in before this empty minute and after it, not too far apart.
fn is_turnover(
    rows: &[ReportRow],
    day: &TheatreDay,
    minute: Timestamp,
    idle_min: u16,
    period: &Period,
) -> bool {
    let of_day: Vec<(Timestamp, Timestamp)> = rows
        .iter()
        .filter(|row| row.theatre.as_ref() == Some(&day.theatre))
        .filter_map(|row| Some((row.milestones.wheels_in?, row.milestones.wheels_out?)))
        .filter(|(wheels_in, out)| {
            civil_date(*wheels_in, &period.zone) == day.date && wheels_in < out
        })
        .collect();
    let before = of_day
        .iter()
        .map(|(_, out)| *out)
        .filter(|out| *out <= minute)
        .max();
    let after = of_day
        .iter()
        .map(|(wheels_in, _)| *wheels_in)
        .filter(|i| *i > minute)
        .min();
    let in_between = of_day.iter().any(|(i, out)| *i <= minute && minute < *out);
    match (before, after) {
        (Some(before), Some(after)) if !in_between => {
            before.duration_until(after).as_mins() <= i64::from(idle_min)
        }
        _ => false,
    }
}
