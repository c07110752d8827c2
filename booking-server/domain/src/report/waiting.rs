//! Who waits, and for how long.

use jiff::{SignedDuration, Timestamp};

use super::{
    rows::{Definition, ReportRow, define},
    statistics::{mean_min, minutes},
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

/// The figures and how they were made.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingReport {
    /// As of when.
    pub now: Timestamp,
    /// All urgencies together, then each that has somebody waiting, the most urgent first.
    pub rows: Vec<WaitingRow>,
    /// How.
    pub definitions: Vec<Definition>,
}

/// The waiting list at `now`.
pub fn waiting(rows: &[ReportRow], now: Timestamp) -> WaitingReport {
    let waiting = rows.iter().filter(|row| row.state.is_waiting());
    let mut figures = vec![of_rows(None, waiting.clone(), now)];
    for urgency in Urgency::ALL {
        let of_urgency = waiting.clone().filter(|row| row.urgency == urgency);
        let row = of_rows(Some(urgency), of_urgency, now);
        if row.waiting > 0 {
            figures.push(row);
        }
    }
    WaitingReport {
        now,
        rows: figures,
        definitions: definitions(),
    }
}

fn of_rows<'a>(
    urgency: Option<Urgency>,
    rows: impl Iterator<Item = &'a ReportRow> + Clone,
    now: Timestamp,
) -> WaitingRow {
    let waits: Vec<SignedDuration> = rows
        .clone()
        .map(|row| row.decided_at.duration_until(now))
        .collect();
    let late = rows.filter(|row| row.target_at.is_some_and(|target| target < now));
    WaitingRow {
        urgency,
        waiting: u32::try_from(waits.len()).unwrap_or(u32::MAX),
        past_target: u32::try_from(late.count()).unwrap_or(u32::MAX),
        mean_wait_days: mean_min(&waits).unwrap_or(0.0) / DAY_MIN,
        max_wait_days: waits.iter().max().map_or(0.0, |wait| minutes(*wait)) / DAY_MIN,
    }
}

fn definitions() -> Vec<Definition> {
    vec![
        define("waiting", "Cases that are REQUESTED or POSTPONED."),
        define(
            "past_target",
            "Waiting cases whose target lies before the time of the report.",
        ),
        define(
            "mean_wait_days",
            "Time of the report minus the decision to operate, in days of 24 hours, averaged; a \
             postponed case has waited since its first decision.",
        ),
        define("max_wait_days", "The longest such wait."),
    ]
}
