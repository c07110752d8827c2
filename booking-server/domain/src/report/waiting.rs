//! Who waits, and for how long.

use jiff::{SignedDuration, Timestamp};

use super::{
    rows::{Report, ReportRow, all_then_each, definitions},
    statistics::{count, mean_min, minutes},
};
use crate::Urgency;

const DAY_MIN: f64 = 24.0 * 60.0;

/// One urgency, or all.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingRow {
    /// `None`: all together.
    pub urgency: Option<Urgency>,
    /// Cases on the waiting list.
    pub waiting: u32,
    /// Of these, past their target.
    pub past_target: u32,
    /// Days of 24 hours since the decision, on average; 0 of nothing.
    pub mean_wait_days: f64,
    /// The longest; 0 of nothing.
    pub max_wait_days: f64,
}

/// The waiting list at `now`: all urgencies together, then each that has somebody waiting, the most
/// urgent first.
pub fn waiting(rows: &[ReportRow], now: Timestamp) -> Report<WaitingRow> {
    let waiting = rows.iter().filter(|row| row.state.is_waiting());
    let by_urgency = waiting.map(|row| (row.urgency, row));
    Report {
        rows: all_then_each(by_urgency, |urgency, rows| of_rows(urgency, rows, now)),
        definitions: definitions(DEFINITIONS, &[]),
    }
}

fn of_rows(urgency: Option<Urgency>, rows: &[&ReportRow], now: Timestamp) -> WaitingRow {
    let waits = rows.iter().map(|row| row.decided_at.duration_until(now));
    let waits: Vec<SignedDuration> = waits.collect();
    let is_late = |row: &&&ReportRow| row.target_at.is_some_and(|target| target < now);
    WaitingRow {
        urgency,
        waiting: count(waits.len()),
        past_target: count(rows.iter().filter(is_late).count()),
        mean_wait_days: mean_min(&waits).unwrap_or(0.0) / DAY_MIN,
        max_wait_days: waits.iter().max().map_or(0.0, |wait| minutes(*wait)) / DAY_MIN,
    }
}

const DEFINITIONS: &str = "\
waiting: Cases that are REQUESTED or POSTPONED.
past_target: Waiting cases whose target lies before the time of the report.
mean_wait_days: Time of the report minus the decision to operate, in days of 24 hours, \
    averaged; a postponed case has waited since its first decision.
max_wait_days: The longest such wait.";
