//! Emergencies: what could be done, and doing it.

use booking_domain::{
    Case,
    emergency::{ApplyError, EmergencyOption, apply},
};
use tonic::async_trait;

use super::{
    refusal::Refusal,
    schedule_window::ScheduleWindow,
    unit_of_work::{UnitOfWork, UseCase},
};
use crate::access::Permission;

/// Does what an option said, all of it or nothing.
#[derive(Debug)]
pub(crate) struct ApplyEmergencyOption {
    pub(crate) option: EmergencyOption,
}

#[async_trait]
impl UseCase for ApplyEmergencyOption {
    type Answer = Vec<Case>;

    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<Vec<Case>, Refusal> {
        let option = &self.option;
        let case = work
            .case(&option.case, None, Permission::EmergencyPlan)
            .await?;
        let around = ScheduleWindow::read(work.tx, work.now).await?;
        let booker = work.caller().booker();
        let changes = apply(
            option,
            &case,
            around.outlook(),
            &work.hospital,
            &booker,
            work.now,
        );
        let changes = changes.map_err(|error| match error {
            ApplyError::Stale => Refusal::PlanStale,
            ApplyError::Transition(error) => error.into(),
        })?;
        let changes = changes.into_iter().map(|it| (it.before, it.after));
        work.change_cases(changes.collect(), "emergency").await
    }
}
