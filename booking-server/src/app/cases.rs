//! Entering a case, and moving it on: load it, ask the domain, write what comes of it.

use std::fmt;

use booking_domain::{
    Case, CaseCondition, CaseDetails, CaseId, CaseQuery, CaseState, Command, Hospital, Milestone,
    Milestones, OverrideRequest, Plan, ReasonGiven, Session, TheatreId, Version, abort, cancel,
    confirm, correct, needs_placing, postpone, record_milestone, reschedule, schedule, update,
};
use jiff::Timestamp;
use tonic::async_trait;

use super::{
    refusal::Refusal,
    unit_of_work::{UnitOfWork, UseCase},
};
use crate::{
    access::{Denied, Permission, Scope},
    names::name,
};

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

    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<Case, Refusal> {
        let mut case = Case::request(self.id.clone(), self.details.clone(), work.now);
        // First: who may not schedule is told neither what is there nor what is not.
        if self.plan.is_some() {
            let permission = Permission::CasesSchedule;
            let caller = work.caller();
            if caller.scope(permission)? == Scope::Own && !caller.operates(&case) {
                return Err(Denied(permission).into());
            }
        }
        check_references(&self.details, None, &work.hospital)?;
        if work.tx.case(&self.id).await?.is_some() {
            return Err(Refusal::Exists(name(&self.id)));
        }
        if let Some(plan) = &self.plan {
            let placed = work.place(&case, plan, &self.overrides).await?;
            case = schedule(&case, placed, work.now)?;
        }
        work.add_case(&case, "").await?;
        Ok(case)
    }
}

/// What an update makes of a case's details.
pub(crate) type ChangeDetails =
    Box<dyn Fn(&Case, &Hospital, Timestamp) -> Result<CaseDetails, Refusal> + Send + Sync>;

/// Moves one case on.
#[derive(Debug)]
pub(crate) struct ChangeCase {
    pub(crate) case: CaseId,
    /// The version that the caller knows, if they say which.
    pub(crate) version: Option<Version>,
    pub(crate) change: CaseChange,
}

/// What is done to a case: one for each [`Command`], with all that it needs.
pub(crate) enum CaseChange {
    /// Changes what was asked for.
    Update {
        details: ChangeDetails,
        overrides: Vec<OverrideRequest>,
    },
    /// Gives a waiting case its place.
    Schedule {
        plan: Plan,
        overrides: Vec<OverrideRequest>,
    },
    /// Says that everybody has agreed.
    Confirm,
    /// Gives a planned case another place.
    Reschedule {
        plan: Plan,
        reason: ReasonGiven,
        overrides: Vec<OverrideRequest>,
    },
    /// Puts a planned case back on the waiting list.
    Postpone(ReasonGiven),
    /// Gives a case up that has not begun.
    Cancel(ReasonGiven),
    /// Gives a case up with the patient in theatre.
    Abort(ReasonGiven),
    /// Writes down that something happened; now, when it is not said when.
    Record {
        milestone: Milestone,
        at: Option<Timestamp>,
    },
    /// Puts milestones right after the fact.
    Correct {
        milestones: Milestones,
        reason: String,
    },
}

impl CaseChange {
    fn permission(&self) -> Permission {
        match self {
            Self::Update { .. } => Permission::CasesRequest,
            Self::Schedule { .. } | Self::Reschedule { .. } => Permission::CasesSchedule,
            Self::Confirm => Permission::CasesConfirm,
            Self::Postpone(_) | Self::Cancel(_) => Permission::CasesWithdraw,
            Self::Abort(_) | Self::Record { .. } => Permission::CasesRecord,
            Self::Correct { .. } => Permission::CasesCorrect,
        }
    }

    /// Why, for the audit.
    fn reason(&self) -> String {
        match self {
            Self::Reschedule { reason, .. }
            | Self::Postpone(reason)
            | Self::Cancel(reason)
            | Self::Abort(reason) => audit_reason(reason),
            Self::Correct { reason, .. } => reason.clone(),
            _ => String::new(),
        }
    }
}

/// Nothing of what is asked: it may tell of a patient.
impl fmt::Debug for CaseChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaseChange(..)")
    }
}

#[async_trait]
impl UseCase for ChangeCase {
    type Answer = Case;

    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<Case, Refusal> {
        let permission = self.change.permission();
        let before = work.case(&self.case, self.version, permission).await?;
        let now = work.now;
        let after = match &self.change {
            CaseChange::Update { details, overrides } => {
                let after = work.updated(&before, details, overrides).await?;
                if after.details == before.details && after.overrides == before.overrides {
                    return Ok(before);
                }
                after
            }
            CaseChange::Schedule { plan, overrides } => {
                // Said first: rules mean nothing for a case that cannot be scheduled at all.
                Command::Schedule.check(before.state, false)?;
                let placed = work.place(&before, plan, overrides).await?;
                schedule(&before, placed, now)?
            }
            CaseChange::Confirm => confirm(&before, work.session_of(&before).await?.as_ref(), now)?,
            CaseChange::Reschedule {
                plan,
                reason,
                overrides,
            } => {
                Command::Reschedule.check(before.state, false)?;
                let placed = work.place(&before, plan, overrides).await?;
                reschedule(&before, placed, reason, &work.hospital, now)?
            }
            CaseChange::Postpone(_) | CaseChange::Cancel(_)
                if !before.state.is_waiting() && !work.caller().may(permission) =>
            {
                // Whoever may do so to their own alone may as long as nobody has planned it.
                return Err(Denied(permission).into());
            }
            CaseChange::Postpone(reason) => postpone(&before, reason, &work.hospital, now)?,
            CaseChange::Cancel(reason) => cancel(&before, reason, &work.hospital, now)?,
            CaseChange::Abort(reason) => abort(&before, reason, &work.hospital, now)?,
            CaseChange::Record { milestone, at } => {
                let theatre = before.plan.as_ref().map(|plan| &plan.theatre);
                let inside = match (milestone, theatre) {
                    (Milestone::WheelsIn, Some(theatre)) => work.inside(theatre).await?,
                    _ => None,
                };
                let (emergency, at) = (work.caller().booker().emergency, at.unwrap_or(now));
                record_milestone(&before, *milestone, at, inside.as_ref(), emergency, now)?
            }
            CaseChange::Correct { milestones, .. } => correct(&before, *milestones, now)?,
        };
        let changes = vec![(before, after)];
        let mut changed = work.change_cases(changes, &self.change.reason()).await?;
        Ok(changed.pop().expect("one was changed"))
    }
}

impl UnitOfWork<'_> {
    async fn updated(
        &mut self,
        before: &Case,
        details: &ChangeDetails,
        overrides: &[OverrideRequest],
    ) -> Result<Case, Refusal> {
        let details = details(before, &self.hospital, self.now)?;
        check_references(&details, Some(before), &self.hospital)?;
        let placed = match &before.plan {
            Some(plan) if needs_placing(before, &details) => {
                let changed = before.with_details(details.clone());
                Some(self.place(&changed, plan, overrides).await?)
            }
            _ => None,
        };
        Ok(update(before, details, placed, self.now)?)
    }

    /// The session that a case is planned into.
    async fn session_of(&mut self, case: &Case) -> Result<Option<Session>, Refusal> {
        match case.plan.as_ref().and_then(|plan| plan.session.as_ref()) {
            Some(session) => Ok(self.tx.find::<Session>(session).await?),
            None => Ok(None),
        }
    }

    /// A case whose patient is in the theatre now.
    async fn inside(&mut self, theatre: &TheatreId) -> Result<Option<CaseId>, Refusal> {
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
pub(super) fn audit_reason(reason: &ReasonGiven) -> String {
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
