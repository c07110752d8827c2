//! Patients' stays in theatre, which several figures count.

use jiff::{Timestamp, civil::Date};

use super::rows::{Period, ReportRow};
use crate::{TheatreId, TimeRange, opening::civil_date};

/// A patient's time in a theatre, of a row that has both ends of it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Stay<'a> {
    pub(super) theatre: &'a TheatreId,
    /// The civil date of wheels in.
    pub(super) date: Date,
    pub(super) wheels_in: Timestamp,
    pub(super) wheels_out: Timestamp,
}

impl Stay<'_> {
    /// `None` for somebody who went out as they came in.
    pub(super) fn range(&self) -> Option<TimeRange> {
        TimeRange::new(self.wheels_in, self.wheels_out).ok()
    }
}

pub(super) const STAY: &str = "Counted are the cases with a theatre, wheels in and wheels out, whose wheels in \
                    falls on a civil date of the period in the site's time zone; a case belongs to \
                    the theatre-day of its wheels in.";

/// The stays of a period, by theatre, date and wheels in.
pub(super) fn stays<'a>(rows: &'a [ReportRow], period: &Period) -> Vec<Stay<'a>> {
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
pub(super) fn by_theatre_day<'s, 'a>(
    stays: &'s [Stay<'a>],
) -> impl Iterator<Item = &'s [Stay<'a>]> {
    stays.chunk_by(|a, b| (a.theatre, a.date) == (b.theatre, b.date))
}
