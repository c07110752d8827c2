//! Moving one case: each use case loads it, asks the domain, writes what comes of it.

use jiff::Timestamp;
use tonic::async_trait;

use super::{Act, Refusal, UseCase};
use crate::{
    access::Permission,
    domain::{
        Case, CaseDetails, CaseId, CaseState, Command, Hospital, Milestone, Milestones,
        OverrideRequest, Plan, ReasonGiven, StaffId, TheatreId, Version, abort, cancel, confirm,
        correct, needs_placing, postpone, record_milestone, reschedule, schedule, update,
    },
    names::name,
};

/// Which case, and in which version, if the caller says so.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) case: CaseId,
    pub(crate) version: Option<Version>,
}

/// Enters a case; with a plan, straight into a theatre's day.
#[derive(Debug)]
pub(crate) struct CreateCase {
    pub(crate) id: CaseId,
    pub(crate) details: CaseDetails,
    pub(crate) plan: Option<Plan>,
    pub(crate) overrides: Vec<OverrideRequest>,
}

#[async_trait]
impl UseCase for CreateCase {
    type Answer = Case;

    async fn perform(&self, act: &mut Act<'_>) -> Result<Case, Refusal> {
        let mut case = Case::request(self.id.clone(), self.details.clone(), act.now);
        // First: who may not schedule is told neither what is there nor what is not.
        if self.plan.is_some() {
            act.may_schedule(&case)?;
        }
        check_references(&self.details, None, &act.hospital)?;
        if act.tx.case(&self.id).await?.is_some() {
            return Err(Refusal::Exists(name(&self.id)));
        }
        if let Some(plan) = &self.plan {
            let placed = act.place(&case, plan, &self.overrides).await?;
            case = schedule(&case, placed, act.now)?;
        }
        act.add_case(&case, "").await?;
        Ok(case)
    }
}

impl Act<'_> {
    /// Whether the caller may give a new case its place: one of their own at least.
    fn may_schedule(&self, case: &Case) -> Result<(), Refusal> {
        use crate::access::{Denied, Scope};
        let permission = Permission::CasesSchedule;
        let caller = self.caller();
        let operates = |staff: &StaffId| {
            case.details
                .team
                .iter()
                .any(|member| member.staff == *staff)
        };
        match caller.scope(permission)? {
            Scope::Any => Ok(()),
            Scope::Own if caller.staff.as_ref().is_some_and(operates) => Ok(()),
            Scope::Own => Err(Denied(permission).into()),
        }
    }
}

/// What an update makes of a case's details.
pub(crate) type ChangeDetails =
    Box<dyn Fn(&Case, &Hospital, Timestamp) -> Result<CaseDetails, Refusal> + Send + Sync>;

/// Changes what was asked for.
pub(crate) struct UpdateCase {
    pub(crate) target: Target,
    pub(crate) change: ChangeDetails,
    pub(crate) overrides: Vec<OverrideRequest>,
}

#[async_trait]
impl UseCase for UpdateCase {
    type Answer = Case;

    async fn perform(&self, act: &mut Act<'_>) -> Result<Case, Refusal> {
        let before = act.target(&self.target, Permission::CasesRequest).await?;
        let details = (self.change)(&before, &act.hospital, act.now)?;
        check_references(&details, Some(&before), &act.hospital)?;
        let placed = match &before.plan {
            Some(plan) if needs_placing(&before, &details) => {
                let changed = before.with_details(details.clone());
                Some(act.place(&changed, plan, &self.overrides).await?)
            }
            _ => None,
        };
        let after = update(&before, details, placed, act.now)?;
        if after.details == before.details && after.overrides == before.overrides {
            return Ok(before);
        }
        act.change_case(before, after, "").await
    }
}

/// Gives a waiting case its place.
#[derive(Debug)]
pub(crate) struct ScheduleCase {
    pub(crate) target: Target,
    pub(crate) plan: Plan,
    pub(crate) overrides: Vec<OverrideRequest>,
}

#[async_trait]
impl UseCase for ScheduleCase {
    type Answer = Case;

    async fn perform(&self, act: &mut Act<'_>) -> Result<Case, Refusal> {
        let before = act.target(&self.target, Permission::CasesSchedule).await?;
        // Said first: rules mean nothing for a case that cannot be scheduled at all.
        Command::Schedule.check(before.state, false)?;
        let placed = act.place(&before, &self.plan, &self.overrides).await?;
        let after = schedule(&before, placed, act.now)?;
        act.change_case(before, after, "").await
    }
}

/// Says that everybody has agreed.
#[derive(Debug)]
pub(crate) struct ConfirmCase {
    pub(crate) target: Target,
}

#[async_trait]
impl UseCase for ConfirmCase {
    type Answer = Case;

    async fn perform(&self, act: &mut Act<'_>) -> Result<Case, Refusal> {
        let before = act.target(&self.target, Permission::CasesConfirm).await?;
        let session = before.plan.as_ref().and_then(|plan| plan.session.as_ref());
        let session = match session {
            Some(session) => act.tx.session(session).await?,
            None => None,
        };
        let after = confirm(&before, session.as_ref(), act.now)?;
        act.change_case(before, after, "").await
    }
}

/// Gives a planned case another place.
#[derive(Debug)]
pub(crate) struct RescheduleCase {
    pub(crate) target: Target,
    pub(crate) plan: Plan,
    pub(crate) reason: ReasonGiven,
    pub(crate) overrides: Vec<OverrideRequest>,
}

#[async_trait]
impl UseCase for RescheduleCase {
    type Answer = Case;

    async fn perform(&self, act: &mut Act<'_>) -> Result<Case, Refusal> {
        let before = act.target(&self.target, Permission::CasesSchedule).await?;
        Command::Reschedule.check(before.state, false)?;
        let placed = act.place(&before, &self.plan, &self.overrides).await?;
        let after = reschedule(&before, placed, &self.reason, &act.hospital, act.now)?;
        act.change_case(before, after, &words(&self.reason)).await
    }
}

/// Puts a planned case back on the waiting list.
#[derive(Debug)]
pub(crate) struct PostponeCase {
    pub(crate) target: Target,
    pub(crate) reason: ReasonGiven,
}

#[async_trait]
impl UseCase for PostponeCase {
    type Answer = Case;

    async fn perform(&self, act: &mut Act<'_>) -> Result<Case, Refusal> {
        let before = act.withdrawable(&self.target).await?;
        let after = postpone(&before, &self.reason, &act.hospital, act.now)?;
        act.change_case(before, after, &words(&self.reason)).await
    }
}

/// Gives a case up that has not begun.
#[derive(Debug)]
pub(crate) struct CancelCase {
    pub(crate) target: Target,
    pub(crate) reason: ReasonGiven,
}

#[async_trait]
impl UseCase for CancelCase {
    type Answer = Case;

    async fn perform(&self, act: &mut Act<'_>) -> Result<Case, Refusal> {
        let before = act.withdrawable(&self.target).await?;
        let after = cancel(&before, &self.reason, &act.hospital, act.now)?;
        act.change_case(before, after, &words(&self.reason)).await
    }
}

/// Gives a case up with the patient in theatre.
#[derive(Debug)]
pub(crate) struct AbortCase {
    pub(crate) target: Target,
    pub(crate) reason: ReasonGiven,
}

#[async_trait]
impl UseCase for AbortCase {
    type Answer = Case;

    async fn perform(&self, act: &mut Act<'_>) -> Result<Case, Refusal> {
        let before = act.target(&self.target, Permission::CasesRecord).await?;
        let after = abort(&before, &self.reason, &act.hospital, act.now)?;
        act.change_case(before, after, &words(&self.reason)).await
    }
}

/// Writes down that something happened.
#[derive(Debug)]
pub(crate) struct RecordMilestone {
    pub(crate) target: Target,
    pub(crate) milestone: Milestone,
    /// `None`: now.
    pub(crate) at: Option<Timestamp>,
}

#[async_trait]
impl UseCase for RecordMilestone {
    type Answer = Case;

    async fn perform(&self, act: &mut Act<'_>) -> Result<Case, Refusal> {
        let before = act.target(&self.target, Permission::CasesRecord).await?;
        let theatre = before.plan.as_ref().map(|plan| &plan.theatre);
        let inside = match (self.milestone, theatre) {
            (Milestone::WheelsIn, Some(theatre)) => act.inside(theatre).await?,
            _ => None,
        };
        let emergency = act.booker().emergency;
        let at = self.at.unwrap_or(act.now);
        let inside = inside.as_ref();
        let after = record_milestone(&before, self.milestone, at, inside, emergency, act.now)?;
        act.change_case(before, after, "").await
    }
}

/// Puts milestones right after the fact.
#[derive(Debug)]
pub(crate) struct CorrectCase {
    pub(crate) target: Target,
    pub(crate) milestones: Milestones,
    pub(crate) reason: String,
}

#[async_trait]
impl UseCase for CorrectCase {
    type Answer = Case;

    async fn perform(&self, act: &mut Act<'_>) -> Result<Case, Refusal> {
        let before = act.target(&self.target, Permission::CasesCorrect).await?;
        let after = correct(&before, self.milestones, act.now)?;
        act.change_case(before, after, &self.reason).await
    }
}

impl Act<'_> {
    /// The case that a call is about.
    async fn target(&mut self, target: &Target, permission: Permission) -> Result<Case, Refusal> {
        self.case(&target.case, target.version, permission).await
    }

    /// The case that is to be postponed or cancelled: whoever may do so to their own alone may as
    /// long as nobody has planned it.
    async fn withdrawable(&mut self, target: &Target) -> Result<Case, Refusal> {
        use crate::access::Denied;
        let permission = Permission::CasesWithdraw;
        let case = self.target(target, permission).await?;
        if !case.state.is_waiting() && !self.caller().may(permission) {
            return Err(Denied(permission).into());
        }
        Ok(case)
    }

    /// A case whose patient is in the theatre now.
    async fn inside(&mut self, theatre: &TheatreId) -> Result<Option<CaseId>, Refusal> {
        use crate::domain::{CaseCondition, CaseQuery};
        let inside = CaseQuery {
            conditions: vec![
                CaseCondition::StateIn(vec![CaseState::InTheatre]),
                CaseCondition::TheatreIn(vec![theatre.clone()]),
            ],
            limit: 1,
            ..CaseQuery::default()
        };
        let inside = self.tx.cases(&inside).await?;
        Ok(inside.into_iter().next().map(|case| case.id))
    }
}

/// A reason for the audit.
pub(super) fn words(reason: &ReasonGiven) -> String {
    match &*reason.note {
        "" => reason.code.to_string(),
        note => format!("{}: {note}", reason.code),
    }
}

/// Refuses details that name what the hospital does not have, or a procedure type that it no longer
/// books and `before` did not have; retired staff and equipment are the rules' to refuse.
fn check_references(
    details: &CaseDetails,
    before: Option<&Case>,
    hospital: &Hospital,
) -> Result<(), Refusal> {
    let mut wrong = Vec::new();
    if let Some(kind) = &details.procedure_type {
        let kept = before.and_then(|before| before.details.procedure_type.as_ref()) == Some(kind);
        let why = match hospital.procedure_types.get(kind) {
            None => Some("does not exist"),
            Some(it) if it.retired && !kept => Some("is retired; choose another"),
            Some(_) => None,
        };
        wrong.extend(why.map(|why| ("case.procedure_type".to_owned(), why.to_owned())));
    }
    let mut refuse = |field: String| wrong.push((field, "does not exist".to_owned()));
    for (at, member) in details.team.iter().enumerate() {
        if !hospital.staff.contains_key(&member.staff) {
            refuse(format!("case.team[{at}].staff"));
        }
    }
    for (at, unit) in details.units.iter().enumerate() {
        if !hospital.units.contains_key(unit) {
            refuse(format!("case.equipment[{at}]"));
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Fields(wrong))
    }
}
