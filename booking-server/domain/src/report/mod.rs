//! Figures about what happened, each with the definition it was made by.
//!
//! ```text
//!   rows: one a case, narrow         theatre-days: date, civil day, open ranges
//!          │                                │
//!          └──────────────┬─────────────────┘
//!      utilisation · session use · on_time · turnover · cancellations · durations · waiting
//!                         │
//!          figures, and for each a sentence that says how to make it again
//! ```
//!
//! The terms are those of AACD's glossary of procedural times and of NHS Model Hospital; where they
//! leave something open, the definition says what was chosen. Definitions are written so that
//! somebody with the same rows, and without this code, gets the same figures.
//!
//! All sums are made of whole microseconds and only divided at the end.

mod cancellations;
mod durations;
mod on_time;
mod session_use;
mod statistics;
mod turnover;
mod utilisation;
mod waiting;
mod windows;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    CaseState, Footprint, Milestones, ReasonCode, TheatreId, TimeRange, Urgency,
    opening::{civil_date, day_range},
    time_range::later,
};

pub use cancellations::{CancellationRow, CancellationsReport, cancellations};
pub use durations::{DurationRow, DurationsReport, MIN_CASES_FOR_SUGGESTION, durations};
pub use on_time::{GRACES_MIN, OnTimeReport, OnTimeRow, on_time_starts};
pub use session_use::{SessionUseReport, SessionUseRow, session_use};
pub use statistics::Summary;
pub use turnover::{DEFAULT_IDLE_GAP_MIN, TurnoverReport, TurnoverRow, turnover};
pub use utilisation::{UtilisationReport, UtilisationRow, utilisation};
pub use waiting::{WaitingReport, WaitingRow, waiting};
pub use windows::{TheatreDay, Window, theatre_days};

/// How a figure is made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Definition {
    /// The figure, by its name in the report.
    pub figure: &'static str,
    /// How to make it again.
    pub text: String,
}

fn define(figure: &'static str, text: impl Into<String>) -> Definition {
    let text = text.into();
    Definition { figure, text }
}

/// What reports need to know of a case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReportRow {
    /// Where it is, or was, planned.
    pub theatre: Option<TheatreId>,
    /// From when.
    pub planned_start: Option<Timestamp>,
    /// For how long.
    pub footprint: Footprint,
    /// What happened.
    pub milestones: Milestones,
    /// Where it stands.
    pub state: CaseState,
    /// Why it does not take place.
    pub cancellation: Option<RowCancellation>,
    /// How often it was postponed.
    pub postponements: u32,
    /// How urgent.
    pub urgency: Urgency,
    /// The decision to operate.
    pub decided_at: Timestamp,
    /// When it should have happened.
    pub target_at: Option<Timestamp>,
    /// The procedure by name: its type where it has one, else its words.
    pub procedure: String,
    /// Whether it came from a log.
    pub imported: bool,
}

/// A cancellation, for reports.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RowCancellation {
    /// By code.
    pub reason: ReasonCode,
    /// When.
    pub at: Timestamp,
    /// On the day for which it was planned.
    pub day_of_surgery: bool,
    /// With the patient in theatre.
    pub aborted: bool,
}

/// The period and the site that a report is about.
#[derive(Clone, Debug)]
pub struct Period {
    /// The first civil date.
    pub first: Date,
    /// The last, included.
    pub last: Date,
    /// The site's.
    pub zone: TimeZone,
}

impl Period {
    /// All instants that a report may look at: from the first midnight to the last, and the night
    /// after, in which the last date's windows may end. `None` beyond the calendar.
    pub fn range(&self) -> Option<TimeRange> {
        let first = day_range(&self.zone, self.first)?;
        let last = day_range(&self.zone, self.last)?;
        TimeRange::new(first.start(), later(last.end(), 24 * 60)).ok()
    }

    /// Whether the civil date of an instant lies in it.
    fn has(&self, instant: Timestamp) -> bool {
        let date = civil_date(instant, &self.zone);
        self.first <= date && date <= self.last
    }
}

/// A patient's time in a theatre, of a row that has both ends of it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Stay<'a> {
    theatre: &'a TheatreId,
    /// The civil date of wheels in.
    date: Date,
    wheels_in: Timestamp,
    wheels_out: Timestamp,
}

impl Stay<'_> {
    /// `None` for somebody who went out as they came in.
    fn range(&self) -> Option<TimeRange> {
        TimeRange::new(self.wheels_in, self.wheels_out).ok()
    }
}

const STAY: &str = "Counted are the cases with a theatre, wheels in and wheels out, whose wheels in \
                    falls on a civil date of the period in the site's time zone; a case belongs to \
                    the theatre-day of its wheels in.";

/// The stays of a period, by theatre, date and wheels in.
fn stays<'a>(rows: &'a [ReportRow], period: &Period) -> Vec<Stay<'a>> {
    let stay = |row: &'a ReportRow| {
        let wheels_in = row.milestones.wheels_in?;
        let stay = Stay {
            theatre: row.theatre.as_ref()?,
            date: civil_date(wheels_in, &period.zone),
            wheels_in,
            wheels_out: row.milestones.wheels_out?,
        };
        (period.first <= stay.date && stay.date <= period.last).then_some(stay)
    };
    let mut stays: Vec<Stay<'a>> = rows.iter().filter_map(stay).collect();
    stays.sort_unstable();
    stays
}

/// Stays of one theatre on one date, in turn.
fn by_theatre_day<'s, 'a>(stays: &'s [Stay<'a>]) -> impl Iterator<Item = &'s [Stay<'a>]> {
    stays.chunk_by(|a, b| (a.theatre, a.date) == (b.theatre, b.date))
}

#[cfg(test)]
mod tests;
