//! Reports for people: the figures, and below them what each means.

use booking_proto::ot::v1::{
    CancellationsReport, Definition, DurationAccuracyReport, OnTimeStartsReport, TurnoverReport,
    UtilisationReport, WaitingReport,
};

use super::{sessions::owner, table::table, time::date_time};
use crate::{cli::words::shown, moment::Place, printable::Printable, request::id_of};

/// Empty names stand for all together.
fn or_all(name: &str) -> String {
    if name.is_empty() {
        "all".to_owned()
    } else {
        id_of(name)
    }
}

fn percent(fraction: f64) -> String {
    format!("{:.1}%", fraction * 100.0)
}

fn minutes(figure: f64) -> String {
    format!("{figure:.1}")
}

/// A fraction of a number of cases; nothing of none.
fn share(part: i32, whole: i32) -> String {
    if whole == 0 {
        String::new()
    } else {
        percent(f64::from(part) / f64::from(whole))
    }
}

fn definitions(definitions: &[Definition]) -> String {
    let mut text = String::from("\nWhat the figures mean:\n");
    for each in definitions {
        text.push_str(&format!(
            "  {}: {}\n",
            Printable(&each.figure),
            Printable(&each.text)
        ));
    }
    text
}

/// How much of their open time theatres were used.
pub fn utilisation(report: &UtilisationReport) -> String {
    let rows = report.rows.iter().map(|row| {
        vec![
            or_all(&row.theatre),
            row.days.to_string(),
            minutes(row.available_min),
            minutes(row.in_room_min),
            minutes(row.turnover_min),
            percent(row.raw),
            percent(row.adjusted),
            minutes(row.overrun_min),
            minutes(row.early_finish_min),
            row.overlapping_pairs.to_string(),
        ]
    });
    let headings = [
        "theatre",
        "days",
        "available min",
        "in room",
        "turnover",
        "raw",
        "adjusted",
        "overrun",
        "early finish",
        "overlaps",
    ];
    let mut text = table(&headings, rows.collect());
    if !report.owners.is_empty() {
        let rows = report.owners.iter().map(|row| {
            vec![
                row.owner
                    .as_ref()
                    .map_or_else(|| "all".to_owned(), |who| owner(Some(who))),
                row.sessions.to_string(),
                minutes(row.planned_min),
                minutes(row.in_room_min),
                percent(row.session_utilisation),
                percent(row.capped),
                percent(row.uncapped),
            ]
        });
        let headings = [
            "owner",
            "sessions",
            "planned min",
            "in room",
            "session use",
            "capped",
            "uncapped",
        ];
        text.push_str(&format!("\n{}", table(&headings, rows.collect())));
    }
    text + &definitions(&report.definitions)
}

/// Whether first cases began on time.
pub fn on_time_starts(report: &OnTimeStartsReport) -> String {
    let rows = report.rows.iter().map(|row| {
        let mut cells = vec![or_all(&row.theatre), row.first_cases.to_string()];
        for on_time in [row.on_time_0, row.on_time_5, row.on_time_10, row.on_time_15] {
            cells.extend([on_time.to_string(), share(on_time, row.first_cases)]);
        }
        cells.push(minutes(row.mean_delay_min));
        cells
    });
    let headings = [
        "theatre",
        "first cases",
        "on time",
        "",
        "within 5",
        "",
        "within 10",
        "",
        "within 15",
        "",
        "mean delay min",
    ];
    table(&headings, rows.collect()) + &definitions(&report.definitions)
}

/// From one patient out to the next in.
pub fn turnover(report: &TurnoverReport) -> String {
    let rows = report.rows.iter().map(|row| {
        vec![
            or_all(&row.theatre),
            row.count.to_string(),
            minutes(row.mean_min),
            minutes(row.median_min),
            minutes(row.p90_min),
            minutes(row.min_min),
            minutes(row.max_min),
            row.negatives.to_string(),
            row.idle_gaps.to_string(),
        ]
    });
    let headings = [
        "theatre",
        "turnovers",
        "mean min",
        "median",
        "90th pct",
        "min",
        "max",
        "negative",
        "idle gaps",
    ];
    table(&headings, rows.collect()) + &definitions(&report.definitions)
}

/// What was cancelled, and why.
pub fn cancellations(report: &CancellationsReport) -> String {
    let rows = report.rows.iter().map(|row| {
        let all = row.reason.is_empty();
        vec![
            or_all(&row.reason),
            if all {
                String::new()
            } else {
                shown(row.group().as_str_name())
            },
            if row.avoidable && !all {
                "avoidable".to_owned()
            } else {
                String::new()
            },
            row.cancelled.to_string(),
            row.day_of_surgery.to_string(),
            row.aborted.to_string(),
        ]
    });
    let mut text = table(
        &["reason", "group", "", "cancelled", "on the day", "aborted"],
        rows.collect(),
    );
    text.push_str(&format!(
        "\ncompleted {}, cancelled {}, aborted {}, postponed {}\ncancellation rate {}, on the day of surgery {}\n",
        report.completed,
        report.cancelled,
        report.aborted,
        report.postponed,
        percent(report.cancellation_rate),
        percent(report.day_of_surgery_rate)
    ));
    text + &definitions(&report.definitions)
}

/// How long cases took against what was booked.
pub fn duration_accuracy(report: &DurationAccuracyReport) -> String {
    let suggested = |figure: Option<f64>| figure.map(minutes).unwrap_or_default();
    let rows = report.rows.iter().map(|row| {
        vec![
            if row.procedure.is_empty() {
                "all".to_owned()
            } else {
                row.procedure.clone()
            },
            row.cases.to_string(),
            minutes(row.mean_booked_min),
            minutes(row.mean_actual_min),
            minutes(row.bias_min),
            minutes(row.mean_absolute_error_min),
            percent(row.within_15_percent),
            suggested(row.suggested_median_min),
            suggested(row.suggested_p80_min),
        ]
    });
    let headings = [
        "procedure",
        "cases",
        "booked min",
        "actual",
        "bias",
        "mean abs error",
        "within 15%",
        "median",
        "80th pct",
    ];
    table(&headings, rows.collect()) + &definitions(&report.definitions)
}

/// Who waits, and for how long.
pub fn waiting_report(report: &WaitingReport, place: &Place) -> String {
    let rows = report.rows.iter().map(|row| {
        let urgency = match row.urgency() {
            booking_proto::ot::v1::Urgency::Unspecified => "all".to_owned(),
            urgency => shown(urgency.as_str_name()),
        };
        vec![
            urgency,
            row.waiting.to_string(),
            row.past_target.to_string(),
            share(row.past_target, row.waiting),
            format!("{:.1}", row.mean_wait_days),
            format!("{:.1}", row.max_wait_days),
        ]
    });
    let headings = [
        "urgency",
        "waiting",
        "past target",
        "",
        "mean days",
        "longest",
    ];
    format!("As of {}\n", date_time(report.read_time.as_ref(), place))
        + &table(&headings, rows.collect())
        + &definitions(&report.definitions)
}
