//! All that stands in a stretch of time: what an emergency may meet, what conflicts arise from.

use booking_domain::{Case, Hospital, Session, TimeRange, Timetable, Unavailability};
use booking_store::{Reads, Scope, SessionQuery, StoreError, UnavailabilityQuery};

/// A stretch of time in all theatres: people and equipment may be in any of them.
pub(crate) struct ScheduleWindow {
    /// Everything that is planned or going on.
    pub(crate) cases: Vec<Case>,
    pub(super) sessions: Vec<Session>,
    pub(super) unavailable: Vec<Unavailability>,
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

    /// The same by resource, for the rules.
    pub(crate) fn into_timetable(self, hospital: &Hospital) -> Timetable {
        Timetable::of_cases(&self.cases, self.sessions, self.unavailable, hospital)
    }
}
