//! Whether the day began when it should.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    rows::{Period, Report, ReportRow, all_then_each, definitions},
    statistics::{count, mean_min},
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

/// First-case on-time starts: all theatres together, then each by number.
pub fn on_time_starts(rows: &[ReportRow], period: &Period) -> Report<OnTimeRow> {
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
    let delays = firsts
        .into_iter()
        .map(|((theatre, _), (planned, wheels_in))| {
            let delay = planned.duration_until(wheels_in);
            (theatre, delay)
        });
    Report {
        rows: all_then_each(delays, of_delays),
        definitions: definitions(DEFINITIONS, &[]),
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
    let within = |grace_min: u16| {
        let grace = SignedDuration::from_mins(grace_min.into());
        count(delays.iter().filter(|delay| **delay <= grace).count())
    };
    OnTimeRow {
        theatre: theatre.cloned(),
        first_cases: count(delays.len()),
        on_time: GRACES_MIN.map(within),
        mean_delay_min: mean_min(delays).unwrap_or(0.0),
    }
}

const DEFINITIONS: &str = "\
first_cases: Theatre-days with a first case. A theatre-day is a theatre on the civil date, by \
    the site's clock, of a planned start in the period. The first case is the one with the \
    earliest planned start, then the earliest wheels in, of those with a wheels in. Left out are \
    cancelled cases (not aborted ones), so that the next is first; the urgencies IMMEDIATE and \
    URGENT; and add-ons, decided on the civil date of their planned start (imported cases are \
    never add-ons: logs do not tell).
on_time: First cases whose wheels in is at or before the planned start plus the grace: 0, 5, \
    10 and 15 minutes.
mean_delay_min: Wheels in minus planned start, averaged over first cases; early ones are \
    negative.";
