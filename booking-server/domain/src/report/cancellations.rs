//! What did not take place, and whose doing it was.

use std::collections::BTreeMap;

use super::{
    rows::{Definition, Period, ReportRow, definitions},
    statistics::share,
};
use crate::{CaseState, Hospital, ReasonCode, ReasonGroup};

/// One reason.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CancellationRow {
    /// By code.
    pub reason: ReasonCode,
    /// Whose doing; `None` for a reason that is not there.
    pub group: Option<ReasonGroup>,
    /// Whether it could have been avoided.
    pub avoidable: bool,
    /// Cases cancelled before they began.
    pub cancelled: u32,
    /// Of these, on the day of surgery.
    pub day_of_surgery: u32,
    /// Cases given up in theatre.
    pub aborted: u32,
}

/// The figures and how they were made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CancellationsReport {
    /// By reason.
    pub rows: Vec<CancellationRow>,
    /// Cases done.
    pub completed: u32,
    /// Cases cancelled before they began.
    pub cancelled: u32,
    /// Of these, on the day of surgery.
    pub day_of_surgery: u32,
    /// Cases given up in theatre.
    pub aborted: u32,
    /// Postponements of all these cases.
    pub postponed: u32,
    /// cancelled ÷ (completed + cancelled + aborted).
    pub cancellation_rate: f64,
    /// day_of_surgery ÷ (completed + cancelled + aborted).
    pub day_of_surgery_rate: f64,
    /// How.
    pub definitions: Vec<Definition>,
}

/// Cancellations by reason.
pub fn cancellations(
    rows: &[ReportRow],
    hospital: &Hospital,
    period: &Period,
) -> CancellationsReport {
    let mut report = CancellationsReport {
        definitions: definitions(DEFINITIONS, &[]),
        ..CancellationsReport::default()
    };
    let mut reasons: BTreeMap<&ReasonCode, CancellationRow> = BTreeMap::new();
    for row in rows.iter().filter(|row| counts(row, period)) {
        report.postponed = report.postponed.saturating_add(row.postponements);
        match &row.cancellation {
            None => report.completed += 1,
            Some(off) => {
                let reason = reasons.entry(&off.reason);
                let reason = reason.or_insert_with(|| empty_row(&off.reason, hospital));
                if off.aborted {
                    reason.aborted += 1;
                } else {
                    reason.cancelled += 1;
                    reason.day_of_surgery += u32::from(off.day_of_surgery);
                }
            }
        }
    }
    report.rows = reasons.into_values().collect();
    for row in &report.rows {
        report.cancelled += row.cancelled;
        report.day_of_surgery += row.day_of_surgery;
        report.aborted += row.aborted;
    }
    let all = report.completed + report.cancelled + report.aborted;
    report.cancellation_rate = share(report.cancelled, all);
    report.day_of_surgery_rate = share(report.day_of_surgery, all);
    report
}

/// Whether a row is over, one way or the other, in the period.
fn counts(row: &ReportRow, period: &Period) -> bool {
    let over = match &row.cancellation {
        None => row.state == CaseState::Completed,
        Some(_) => row.state == CaseState::Cancelled,
    };
    let cancelled_at = row.cancellation.as_ref().map(|off| off.at);
    let when = row.planned_start.or(cancelled_at);
    over && when.is_some_and(|when| period.has(when))
}

fn empty_row(code: &ReasonCode, hospital: &Hospital) -> CancellationRow {
    let known = hospital.reasons.get(code);
    CancellationRow {
        reason: code.clone(),
        group: known.map(|reason| reason.group),
        avoidable: known.is_some_and(|reason| reason.avoidable),
        cancelled: 0,
        day_of_surgery: 0,
        aborted: 0,
    }
}

const DEFINITIONS: &str = "\
completed: Cases that are COMPLETED and whose planned start falls on a civil date of the \
    period, by the site's clock.
cancelled: Cases that are CANCELLED, not aborted, and whose planned start falls into the \
    period; of a case cancelled without a plan, the cancellation. A case without a plan is at no \
    site: it counts where the hospital has one site and no theatres are named.
day_of_surgery: Cancelled cases whose cancellation falls on the civil date of their planned \
    start or later.
aborted: Cases given up with the patient in theatre, counted by planned start and apart from \
    cancelled ones.
postponed: How often the completed, cancelled and aborted cases had been put back on the \
    waiting list before. A postponement is no cancellation.
cancellation_rate: cancelled ÷ (completed + cancelled + aborted); 0 of nothing.
day_of_surgery_rate: day_of_surgery ÷ (completed + cancelled + aborted); 0 of nothing.";
