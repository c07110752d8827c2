//! Emergencies: what could be done, and doing it.

use jiff::Timestamp;
use tonic::async_trait;

use super::{Act, Refusal, UseCase};
use crate::{
    access::Permission,
    domain::{
        Booker, Case, Hospital, Session, TheatreId, TimeRange, Unavailability,
        emergency::{ApplyError, EmergencyOption, Outlook, apply, plan_emergency},
        later,
    },
    store::{Reads, Scope, SessionQuery, StoreError, UnavailabilityQuery},
};

const DAY_MIN: i64 = 24 * 60;

/// All that an emergency may meet: from a day before now to two days after.
pub(crate) struct Around {
    cases: Vec<Case>,
    sessions: Vec<Session>,
    unavailable: Vec<Unavailability>,
}

impl Around {
    /// What there is at `now`.
    pub(crate) async fn read(reads: &mut Reads, now: Timestamp) -> Result<Self, StoreError> {
        let range = TimeRange::new(later(now, -DAY_MIN), later(now, 2 * DAY_MIN));
        let range = range.expect("three days are more than none");
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

    /// Everything that is planned or going on.
    pub(crate) fn cases(&self) -> &[Case] {
        &self.cases
    }

    fn outlook(&self) -> Outlook<'_> {
        Outlook {
            cases: &self.cases,
            sessions: &self.sessions,
            unavailable: &self.unavailable,
        }
    }

    /// What could be done for `case`, the shortest wait first.
    pub(crate) fn options(
        &self,
        case: &Case,
        theatres: &[TheatreId],
        hospital: &Hospital,
        booker: &Booker,
        now: Timestamp,
    ) -> Vec<EmergencyOption> {
        plan_emergency(case, theatres, self.outlook(), hospital, booker, now)
    }
}

/// Does what an option said, all of it or nothing.
#[derive(Debug)]
pub(crate) struct ApplyEmergencyOption {
    pub(crate) option: EmergencyOption,
}

#[async_trait]
impl UseCase for ApplyEmergencyOption {
    type Answer = Vec<Case>;

    async fn perform(&self, act: &mut Act<'_>) -> Result<Vec<Case>, Refusal> {
        let option = &self.option;
        let case = act
            .case(&option.case, None, Permission::EmergencyPlan)
            .await?;
        let around = Around::read(act.tx, act.now).await?;
        let booker = act.booker();
        let changes = apply(
            option,
            &case,
            around.outlook(),
            &act.hospital,
            &booker,
            act.now,
        );
        let changes = changes.map_err(|error| match error {
            ApplyError::Stale => Refusal::PlanStale,
            ApplyError::Transition(error) => error.into(),
        })?;
        let changes = changes.into_iter().map(|it| (it.before, it.after));
        act.change_cases(changes.collect(), "emergency").await
    }
}
