//! Figures by hand.

mod minutes;
mod session_use;

use jiff::Timestamp;

use super::*;
use crate::{
    CaseState, Milestones, ReasonGroup, Subject, Theatre, Urgency, civil_date,
    testing::{at, footprint, hospital, reason_code, theatre_id, unavailable, zone},
    time_range::later,
};

fn june() -> Period {
    Period {
        first: "2026-06-01".parse().unwrap(),
        last: "2026-06-30".parse().unwrap(),
        zone: zone("Europe/London"),
    }
}

/// A completed elective case of 60 minutes booked, planned and done at these times of 1 June, UTC.
fn row(theatre: &str, planned: &str, wheels_in: &str, wheels_out: &str) -> ReportRow {
    let day = |clock: &str| Some(at(&format!("2026-06-01T{clock}")));
    ReportRow {
        theatre: Some(theatre_id(theatre)),
        planned_start: day(planned),
        footprint: footprint(10, 50, 15),
        milestones: Milestones {
            wheels_in: day(wheels_in),
            wheels_out: day(wheels_out),
            ..Milestones::default()
        },
        state: CaseState::Completed,
        cancellation: None,
        postponements: 0,
        urgency: Urgency::Elective,
        decided_at: at("2026-05-01T08:00"),
        target_at: None,
        procedure: "Hernia repair".to_owned(),
        imported: false,
    }
}

fn theatres() -> Vec<Theatre> {
    hospital().theatres.into_values().collect()
}

/// OT-1, from 06:00 to 18:00 UTC: late, a pair that overlaps, an idle gap, an overrun.
fn monday() -> Vec<ReportRow> {
    vec![
        row("OT-1", "06:00", "06:07", "07:00"),
        row("OT-1", "07:30", "07:30", "09:00"), // turnover 30
        row("OT-1", "09:00", "08:50", "10:00"), // 10 minutes too early
        row("OT-1", "10:10", "10:20", "11:00"), // turnover 20
        row("OT-1", "14:00", "14:00", "18:30"), // 180 idle
        row("OT-2", "06:30", "06:30", "07:00"),
    ]
}

#[test]
fn utilisation_is_what_a_hand_finds() {
    let days = theatre_days(&theatres(), &[], Window::OpeningHours, &june());
    let report = utilisation(&monday(), &days, Window::OpeningHours, 90, &june());
    let of = |id: &str| {
        let theatre = Some(theatre_id(id));
        report
            .rows
            .iter()
            .find(|row| row.theatre == theatre)
            .unwrap()
    };
    let one = of("OT-1");
    // 22 weekdays of 12 hours.
    assert_eq!((one.days, one.available_min), (22, 22.0 * 720.0));
    assert_eq!(one.in_room_min, 53.0 + 150.0 + 40.0 + 240.0);
    assert_eq!(one.turnover_min, 30.0 + 20.0);
    assert_eq!(one.raw, 483.0 / (22.0 * 720.0));
    assert_eq!(one.adjusted, 533.0 / (22.0 * 720.0));
    assert_eq!((one.overrun_min, one.early_finish_min), (30.0, 0.0));
    assert_eq!(one.overlapping_pairs, 1);
    assert_eq!(of("OT-2").early_finish_min, 11.0 * 60.0);
    // The bound itself is turnover: gaps of 30 and 20 minutes.
    for (idle_gap_min, turnover_min) in [(30, 50.0), (29, 20.0), (19, 0.0)] {
        let report = utilisation(
            &monday(),
            &days,
            Window::OpeningHours,
            idle_gap_min,
            &june(),
        );
        assert_eq!(report.rows[0].turnover_min, turnover_min);
    }
    // Round the clock, and June has no clock change.
    assert_eq!(of("OT-3").available_min, 30.0 * 1440.0);
    assert_eq!(report.rows[0].theatre, None);
    assert_eq!(report.rows[0].in_room_min, 483.0 + 30.0);
}

#[test]
fn a_window_of_ones_own_counts_only_days_in_use_and_closures_shorten_the_others() {
    let own = Window::Civil {
        open_minute: 8 * 60,
        close_minute: 16 * 60,
    };
    let days = theatre_days(&theatres(), &[], own, &june());
    let all = &utilisation(&monday(), &days, own, 90, &june()).rows[0];
    assert_eq!((all.days, all.available_min), (2, 2.0 * 480.0));

    let closed = Subject::Theatre(theatre_id("OT-1"));
    let closed = unavailable(closed, "2026-06-01T07:00", "2026-06-01T09:00");
    let days = theatre_days(&theatres()[..1], &[closed], Window::OpeningHours, &june());
    let report = utilisation(&monday()[..5], &days, Window::OpeningHours, 90, &june());
    assert_eq!(report.rows[0].available_min, 22.0 * 720.0 - 120.0);
    assert_eq!(report.rows[0].in_room_min, 53.0 + 60.0 + 40.0 + 240.0);
}

#[test]
fn on_time_is_the_first_scheduled_case_with_its_grace() {
    let cancelled = ReportRow {
        state: CaseState::Cancelled,
        cancellation: Some(off("NO_BED", false, false)),
        ..row("OT-1", "05:00", "05:00", "05:30")
    };
    let emergency = ReportRow {
        urgency: Urgency::Urgent2b,
        ..row("OT-1", "05:30", "05:30", "05:45")
    };
    let add_on = ReportRow {
        decided_at: at("2026-05-31T23:00"),
        ..row("OT-1", "05:45", "05:45", "05:50")
    };
    let mut rows = monday();
    rows.extend([cancelled, emergency, add_on.clone()]);
    let report = on_time_starts(&rows, &june());
    let figures = |report: &Report<OnTimeRow>| {
        let row = |row: &OnTimeRow| (row.first_cases, row.on_time, row.mean_delay_min);
        report.rows.iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(
        figures(&report),
        [
            (2, [1, 1, 2, 2], 3.5),
            (1, [0, 0, 1, 1], 7.0),
            (1, [1, 1, 1, 1], 0.0),
        ]
    );
    // A log does not tell when a case was decided.
    let imported = ReportRow {
        imported: true,
        ..add_on
    };
    let report = on_time_starts(&[imported], &june());
    assert_eq!(report.rows[0].first_cases, 1);
}

#[test]
fn turnover_leaves_errors_and_idle_time_out_and_counts_them() {
    let report = turnover(&monday(), 90, &june());
    let one = &report.rows[1];
    assert_eq!((one.count, one.negatives, one.idle_gaps), (2, 1, 1));
    let summary = one.summary.unwrap();
    assert_eq!((summary.mean_min, summary.median_min), (25.0, 25.0));
    assert_eq!(
        (summary.min_min, summary.max_min, summary.p90_min),
        (20.0, 30.0, 29.0)
    );
    // The bound itself is turnover.
    let wide = turnover(&monday(), 180, &june());
    assert_eq!((wide.rows[1].count, wide.rows[1].idle_gaps), (3, 0));
    assert_eq!(turnover(&[], 90, &june()).rows[0].summary, None);
}

fn off(reason: &str, day_of_surgery: bool, aborted: bool) -> RowCancellation {
    RowCancellation {
        reason: reason_code(reason),
        at: at("2026-05-20T08:00"),
        day_of_surgery,
        aborted,
    }
}

#[test]
fn cancellations_are_counted_by_reason_and_aborted_cases_apart() {
    let gone = |off| ReportRow {
        state: CaseState::Cancelled,
        cancellation: Some(off),
        postponements: 1,
        ..row("OT-1", "06:00", "06:07", "07:00")
    };
    let never_planned = ReportRow {
        planned_start: None,
        ..gone(off("NO_BED", false, false)) // on 20 May: not in June
    };
    let rows = [
        gone(off("NO_BED", true, false)),
        gone(off("NO_BED", false, false)),
        gone(off("PATIENT_UNFIT", true, true)),
        gone(off("GONE", false, false)),
        never_planned,
        row("OT-1", "06:00", "06:07", "07:00"),
    ];
    let report = cancellations(&rows, &hospital(), &june());
    let counts = (
        report.completed,
        report.cancelled,
        report.aborted,
        report.day_of_surgery,
    );
    assert_eq!(counts, (1, 3, 1, 1));
    assert_eq!(
        (report.cancellation_rate, report.day_of_surgery_rate),
        (0.6, 0.2)
    );
    assert_eq!(report.postponed, 4);
    let by_reason: Vec<_> = report
        .rows
        .iter()
        .map(|row| {
            (
                row.reason.as_str(),
                row.group,
                row.avoidable,
                row.cancelled,
                row.aborted,
            )
        })
        .collect();
    assert_eq!(
        by_reason,
        [
            ("GONE", None, false, 1, 0),
            ("NO_BED", Some(ReasonGroup::Facility), true, 2, 0),
            ("PATIENT_UNFIT", Some(ReasonGroup::Clinical), false, 0, 1),
        ]
    );
}

#[test]
fn durations_are_compared_with_the_time_booked_in_the_room() {
    // Booked 60: actual 51 (just within), 69 (just within), 70, 50, 60.
    let outs = ["06:51", "07:09", "07:10", "06:50", "07:00"];
    let rows = outs.map(|out| row("OT-1", "06:00", "06:00", out));
    let report = durations(&rows, &june());
    let all = &report.rows[0];
    assert_eq!(
        (all.cases, all.mean_booked_min, all.mean_actual_min),
        (5, 60.0, 60.0)
    );
    assert_eq!((all.bias_min, all.mean_absolute_error_min), (0.0, 7.6));
    assert_eq!(all.within_15_percent, 0.6);
    assert_eq!(all.suggested_median_min, Some(60.0));
    // Sorted 50 51 60 69 70: h = 3.2.
    assert_eq!(
        all.suggested_p80_min.map(|p80| (p80 * 10.0).round()),
        Some(692.0)
    );
    assert_eq!(
        durations(&rows[..4], &june()).rows[0].suggested_p80_min,
        None
    );
}

#[test]
fn waiting_is_since_the_decision() {
    let waits = |days: i64, urgency, target: Option<&str>| ReportRow {
        state: CaseState::Requested,
        urgency,
        decided_at: later(at("2026-06-30T00:00"), -days * 1440),
        target_at: target.map(at),
        ..row("OT-1", "06:00", "06:00", "07:00")
    };
    let rows = [
        waits(10, Urgency::Elective, None),
        waits(20, Urgency::Elective, Some("2026-06-30T00:00")),
        waits(3, Urgency::Expedited, Some("2026-06-29T23:59")),
        row("OT-1", "06:00", "06:00", "07:00"),
    ];
    let report = waiting(&rows, at("2026-06-30T00:00"));
    let figures: Vec<_> = report
        .rows
        .iter()
        .map(|row| {
            (
                row.urgency,
                row.waiting,
                row.past_target,
                row.mean_wait_days,
                row.max_wait_days,
            )
        })
        .collect();
    assert_eq!(
        figures,
        [
            (None, 3, 1, 11.0, 20.0),
            (Some(Urgency::Expedited), 1, 1, 3.0, 3.0),
            (Some(Urgency::Elective), 2, 0, 15.0, 20.0),
        ]
    );
}

#[test]
fn every_figure_has_its_definition() {
    let days = theatre_days(&theatres(), &[], Window::OpeningHours, &june());
    let figures = |definitions: Vec<Definition>| -> Vec<&'static str> {
        assert!(definitions.iter().all(|one| one.text.len() > 20));
        definitions.iter().map(|one| one.figure).collect()
    };
    let use_of = utilisation(&[], &days, Window::OpeningHours, 90, &june());
    let expected = [
        "cases",
        "days",
        "available_min",
        "in_room_min",
        "turnover_min",
        "raw",
        "adjusted",
        "overrun_min",
        "early_finish_min",
        "overlapping_pairs",
    ];
    assert_eq!(figures(use_of.definitions), expected);
    let durations = figures(durations(&[], &june()).definitions);
    assert!(durations.contains(&"suggested_p80_min"));
}
