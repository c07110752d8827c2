//! All that stands in a stretch of time: what an emergency may meet, what conflicts arise from.

use booking_domain::{
    Case, Hospital, Session, TimeRange, Timetable, Unavailability, emergency::Outlook, later,
};
use booking_store::{Reads, Scope, SessionQuery, StoreError, UnavailabilityQuery};
use jiff::Timestamp;

const DAY_MIN: i64 = 24 * 60;

/// A stretch of time in all theatres: people and equipment may be in any of them.
pub(crate) struct ScheduleWindow {
    /// Everything that is planned or going on.
    pub(crate) cases: Vec<Case>,
    sessions: Vec<Session>,
    unavailable: Vec<Unavailability>,
}

impl ScheduleWindow {
    /// What there is in `range`, or reaches into it.
    pub(crate) async fn within(reads: &mut Reads, range: TimeRange) -> Result<Self, StoreError> {
        let sessions = SessionQuery {
            range: Some(range),
            ..SessionQuery::default()
        };
        let unavailable = UnavailabilityQuery {
            range: Some(range),
            ..UnavailabilityQuery::default()
        };
        Ok(Self {
            cases: reads.day(&Scope::All, range).await?,
            sessions: reads.sessions(&sessions).await?,
            unavailable: reads.unavailabilities(&unavailable).await?,
        })
    }

    /// All that an emergency may meet: from a day before `now` to two days after.
    pub(crate) async fn read(reads: &mut Reads, now: Timestamp) -> Result<Self, StoreError> {
        let range = TimeRange::new(later(now, -DAY_MIN), later(now, 2 * DAY_MIN));
        Self::within(reads, range.expect("three days are more than none")).await
    }

    /// The same, as an emergency sees it.
    pub(crate) fn outlook(&self) -> Outlook<'_> {
        Outlook {
            cases: &self.cases,
            sessions: &self.sessions,
            unavailable: &self.unavailable,
        }
    }

    /// The same by resource, for the rules.
    pub(crate) fn into_timetable(self, hospital: &Hospital) -> Timetable {
        Timetable::of_cases(&self.cases, self.sessions, self.unavailable, hospital)
    }
}
