//! Moving several cases at once: all or none, and two may take each other's places.

use std::collections::BTreeMap;

use booking_domain::{
    BrokenRule, Case, CaseId, Command, MovesRefused, OverrideRequest, Plan, ReasonGiven, Timetable,
    Version, civil_date, place_all, reschedule,
};
use tonic::async_trait;

use super::{
    cases::audit_reason,
    refusal::Refusal,
    unit_of_work::{UnitOfWork, UseCase},
};
use crate::{
    access::{Denied, Permission, Scope},
    names::name,
};

/// Where one case goes.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    pub(crate) case: CaseId,
    /// The version that the caller knows, if they say which.
    pub(crate) version: Option<Version>,
    pub(crate) plan: Plan,
}

/// Moves planned cases.
#[derive(Debug)]
pub(crate) struct MoveCases {
    pub(crate) moves: Vec<Move>,
    pub(crate) reason: ReasonGiven,
    pub(crate) overrides: Vec<OverrideRequest>,
}

#[async_trait]
impl UseCase for MoveCases {
    type Answer = Vec<Case>;

    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<Vec<Case>, Refusal> {
        let ids: Vec<CaseId> = self.moves.iter().map(|it| it.case.clone()).collect();
        let mut cases = Vec::with_capacity(self.moves.len());
        for it in &self.moves {
            let (id, version) = (&it.case, it.version);
            let case = work.case(id, version, Permission::CasesReorder).await?;
            work.may_move(&case, &it.plan)?;
            Command::Reschedule.check(case.state, false)?;
            cases.push(case);
        }
        let moves: Vec<_> = cases
            .iter()
            .zip(&self.moves)
            .map(|(case, it)| booking_domain::Move {
                case,
                plan: it.plan.clone(),
                overrides: &self.overrides,
            })
            .collect();
        let around = work.around_all(&moves, &ids).await?;
        let booker = work.caller().booker();
        let placed = place_all(&moves, &around, &work.hospital, &booker, work.now);
        let placed = placed.map_err(refused)?;
        let mut changes = Vec::with_capacity(placed.len());
        for (case, placed) in cases.into_iter().zip(placed) {
            let after = reschedule(&case, placed, &self.reason, &work.hospital, work.now)?;
            changes.push((case, after));
        }
        work.change_cases(changes, &audit_reason(&self.reason))
            .await
    }
}

/// Every broken rule of every case; each says of which.
fn refused(refused: MovesRefused) -> Refusal {
    match refused {
        MovesRefused::Repeated(_) => Refusal::field("moves", "name a case twice"),
        MovesRefused::Broken(cases) => {
            let each = cases.into_iter().flat_map(|(case, broken)| {
                let of_case = move |broken: BrokenRule| BrokenRule {
                    description: format!("{}: {}", name(&case), broken.description),
                    ..broken
                };
                broken.into_iter().map(of_case)
            });
            Refusal::Rules(each.collect())
        }
    }
}

impl UnitOfWork<'_> {
    /// Whoever runs the day, but does not plan, moves a case within its theatre's day.
    fn may_move(&self, case: &Case, to: &Plan) -> Result<(), Refusal> {
        let permission = Permission::CasesSchedule;
        if self.caller().scope(permission) == Ok(Scope::Any) {
            return Ok(());
        }
        let same_day = case.plan.as_ref().is_some_and(|from| {
            let zone = self.hospital.zone_of(&from.theatre);
            from.theatre == to.theatre
                && zone
                    .is_some_and(|zone| civil_date(from.start, zone) == civil_date(to.start, zone))
        });
        same_day
            .then_some(())
            .ok_or_else(|| Denied(permission).into())
    }

    /// What is in and around all the places that moves lead to, the moved cases left out.
    async fn around_all(
        &mut self,
        moves: &[booking_domain::Move<'_>],
        leaving: &[CaseId],
    ) -> Result<Timetable, Refusal> {
        let mut held = Vec::new();
        let mut sessions = BTreeMap::new();
        let mut unavailable = BTreeMap::new();
        for it in moves {
            let around = self.around(it.case, &it.plan, leaving).await?;
            held.extend(around.held);
            let each = around.sessions.into_iter();
            sessions.extend(each.map(|it| (it.id.clone(), it)));
            let each = around.unavailable.into_iter();
            unavailable.extend(each.map(|it| (it.id.clone(), it)));
        }
        let (sessions, unavailable) = (sessions.into_values(), unavailable.into_values());
        Ok(Timetable::new(held, sessions, unavailable))
    }
}
