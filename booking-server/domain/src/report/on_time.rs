//! Whether the day began when it should.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    rows::{Definition, Period, ReportRow, define},
    statistics::mean_min,
};
use crate::{CaseState, TheatreId, opening::civil_date};

/// The graces that are reported. Minutes.
pub const GRACES_MIN: [u16; 4] = [0, 5, 10, 15];

/// One theatre, or all.
#[derive(Clone, Debug, PartialEq)]
pub struct OnTimeRow {
    /// `None`: all together.
    pub theatre: Option<TheatreId>,
    /// Theatre-days with a first case.
    pub first_cases: u32,
    /// How many began in time, at each of [`GRACES_MIN`].
    pub on_time: [u32; 4],
    /// Wheels in after the planned start, on average; early ones are negative. 0 of nothing.
    pub mean_delay_min: f64,
}

/// The figures and how they were made.
#[derive(Clone, Debug, PartialEq)]
pub struct OnTimeReport {
    /// All theatres together, then each by number.
    pub rows: Vec<OnTimeRow>,
    /// How.
    pub definitions: Vec<Definition>,
}

/// First-case on-time starts.
pub fn on_time_starts(rows: &[ReportRow], period: &Period) -> OnTimeReport {
    let mut firsts: BTreeMap<(&TheatreId, Date), (Timestamp, Timestamp)> = BTreeMap::new();
    for row in rows {
        let Some((theatre, planned, wheels_in)) = scheduled(row, period) else {
            continue;
        };
        let first = firsts
            .entry((theatre, civil_date(planned, &period.zone)))
            .or_insert((planned, wheels_in));
        *first = (*first).min((planned, wheels_in));
    }
    let mut theatres: BTreeMap<&TheatreId, Vec<SignedDuration>> = BTreeMap::new();
    let mut all = Vec::with_capacity(firsts.len());
    for ((theatre, _), (planned, wheels_in)) in firsts {
        let delay = planned.duration_until(wheels_in);
        theatres.entry(theatre).or_default().push(delay);
        all.push(delay);
    }
    let mut rows = vec![of_delays(None, &all)];
    rows.extend(
        theatres
            .iter()
            .map(|(theatre, delays)| of_delays(Some(theatre), delays)),
    );
    OnTimeReport {
        rows,
        definitions: definitions(),
    }
}

/// Theatre, planned start and wheels in of a row that may be the first of its day.
fn scheduled<'a>(
    row: &'a ReportRow,
    period: &Period,
) -> Option<(&'a TheatreId, Timestamp, Timestamp)> {
    let planned = row.planned_start?;
    let cancelled = row.state == CaseState::Cancelled
        && !row.cancellation.as_ref().is_some_and(|off| off.aborted);
    let decided = civil_date(row.decided_at, &period.zone);
    let add_on = !row.imported && decided == civil_date(planned, &period.zone);
    if cancelled || add_on || row.urgency.is_emergency() || !period.has(planned) {
        return None;
    }
    Some((row.theatre.as_ref()?, planned, row.milestones.wheels_in?))
}

fn of_delays(theatre: Option<&TheatreId>, delays: &[SignedDuration]) -> OnTimeRow {
    let count = |is: &dyn Fn(&SignedDuration) -> bool| {
        let counted = delays.iter().filter(|delay| is(delay)).count();
        u32::try_from(counted).unwrap_or(u32::MAX)
    };
    OnTimeRow {
        theatre: theatre.cloned(),
        first_cases: count(&|_| true),
        on_time: GRACES_MIN.map(|grace_min| {
            let grace = SignedDuration::from_mins(grace_min.into());
            count(&|delay| *delay <= grace)
        }),
        mean_delay_min: mean_min(delays).unwrap_or(0.0),
    }
}

fn definitions() -> Vec<Definition> {
    vec![
        define(
            "first_cases",
            "Theatre-days with a first case. A theatre-day is a theatre on the civil date, by the \
             site's clock, of a planned start in the period. The first case is the one with the \
             earliest planned start, then the earliest wheels in, of those with a wheels in. Left \
             out are cancelled cases (not aborted ones), so that the next is first; the urgencies \
             IMMEDIATE and URGENT; and add-ons, decided on the civil date of their planned start \
             (imported cases are never add-ons: logs do not tell).",
        ),
        define(
            "on_time",
            "First cases whose wheels in is at or before the planned start plus the grace: 0, 5, \
             10 and 15 minutes.",
        ),
        define(
            "mean_delay_min",
            "Wheels in minus planned start, averaged over first cases; early ones are negative.",
        ),
    ]
}
