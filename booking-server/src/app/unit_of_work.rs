//! What a use case reads and writes with: one transaction, on behalf of one caller.

use std::sync::Arc;

use booking_domain::{
    Case, CaseId, Claim, Hospital, OverrideRequest, Placed, Plan, Surroundings, Version, claims,
    place,
};
use booking_store::{AuditCondition, AuditQuery, AuditRecord, CaseUpdate, Tx};
use jiff::Timestamp;
use serde::Serialize;
use tonic::async_trait;

use super::{audit::told, call::Call, refusal::Refusal};
use crate::{
    access::{Caller, Denied, Permission, Scope},
    names::name,
};

/// Something that a caller can have done.
#[async_trait]
pub(crate) trait UseCase: Send + Sync + 'static {
    /// What comes of it.
    type Answer: Send + 'static;

    /// Decides, then writes: what refuses has not written. May run more than once, from the start.
    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Answer, Refusal>;
}

/// A transaction, on behalf of a caller.
#[derive(Debug)]
pub(crate) struct UnitOfWork<'a> {
    /// The store.
    pub(super) tx: &'a mut Tx,
    /// The hospital, as this transaction sees it.
    pub(super) hospital: Arc<Hospital>,
    /// What time it is.
    pub(super) now: Timestamp,
    /// What was asked for.
    pub(super) call: &'a Call,
}

impl UnitOfWork<'_> {
    /// Who calls.
    pub(super) fn caller(&self) -> &Caller {
        &self.call.caller
    }

    /// A case, in the version that the caller knows, if they say which.
    ///
    /// # Errors
    ///
    /// [`Refusal::Denied`] for a case that `permission` does not reach to, before anything is told
    /// of it; [`Refusal::NotFound`]; [`Refusal::Stale`].
    pub(super) async fn case(
        &mut self,
        id: &CaseId,
        version: Option<Version>,
        permission: Permission,
    ) -> Result<Case, Refusal> {
        let scope = self.caller().scope(permission)?;
        let case = self.tx.case(id).await?;
        if scope == Scope::Own && !self.owns(case.as_ref()).await? {
            return Err(Denied(permission).into());
        }
        let case = case.ok_or_else(|| Refusal::NotFound(name(id)))?;
        check_version(name(id), case.version, version)?;
        Ok(case)
    }

    /// Whether the caller is in the case's team, or entered it. A case that is not there is
    /// nobody's.
    async fn owns(&mut self, case: Option<&Case>) -> Result<bool, Refusal> {
        let Some(case) = case else {
            return Ok(false);
        };
        let caller = &self.call.caller;
        if caller.operates(case) {
            return Ok(true);
        }
        let entered = AuditQuery {
            conditions: vec![
                AuditCondition::ResourceIs(name(&case.id)),
                AuditCondition::MethodIs("ot.v1.CaseService/CreateCase".to_owned()),
            ],
            before: None,
            limit: 1,
        };
        let entered = self.tx.audit_page(&entered).await?;
        let by_caller = |record: &AuditRecord| match &caller.person {
            Some(person) => record.person == *person,
            None => record.person.is_empty() && record.account == caller.account,
        };
        Ok(entered
            .first()
            .is_some_and(|event| by_caller(&event.record)))
    }

    /// The place that `plan` is for `case`.
    ///
    /// # Errors
    ///
    /// [`Refusal::Rules`]: all that stands against it.
    pub(super) async fn place(
        &mut self,
        case: &Case,
        plan: &Plan,
        overrides: &[OverrideRequest],
    ) -> Result<Placed, Refusal> {
        let around = self.around(case, plan, &[]).await?;
        let (booker, now) = (self.caller().booker(), self.now);
        let placed = place(case, plan, &self.hospital, &around, &booker, overrides, now);
        placed.map_err(Refusal::Rules)
    }

    /// What is in and around a place, the case itself and those in `leaving` left out.
    pub(super) async fn around(
        &mut self,
        case: &Case,
        plan: &Plan,
        leaving: &[CaseId],
    ) -> Result<Surroundings, Refusal> {
        if !self.hospital.theatres.contains_key(&plan.theatre) {
            return Err(Refusal::field("plan.theatre", "does not exist"));
        }
        let claims = claims(case, plan, &self.hospital);
        let mut leaving = leaving.to_vec();
        leaving.push(case.id.clone());
        Ok(self
            .tx
            .surroundings(&claims, &plan.theatre, &leaving)
            .await?)
    }

    /// What a case holds as it stands.
    pub(super) fn held(&self, case: &Case) -> Vec<Claim> {
        let plan = case.plan.as_ref().filter(|_| case.state.holds());
        plan.map(|plan| claims(case, plan, &self.hospital))
            .unwrap_or_default()
    }

    /// Adds a case.
    pub(super) async fn add_case(&mut self, case: &Case, reason: &str) -> Result<(), Refusal> {
        let claims = self.held(case);
        self.tx.insert_case(case, &claims).await?;
        self.tell(name(&case.id), None, Some((case.version, case)), reason);
        Ok(())
    }

    /// Replaces cases, all at once, and gives them as they are kept.
    pub(super) async fn change_cases(
        &mut self,
        changes: Vec<(Case, Case)>,
        reason: &str,
    ) -> Result<Vec<Case>, Refusal> {
        let claims: Vec<_> = changes.iter().map(|(_, after)| self.held(after)).collect();
        let updates: Vec<_> = changes
            .iter()
            .zip(&claims)
            .map(|((before, after), claims)| CaseUpdate {
                before,
                after,
                claims,
            })
            .collect();
        let kept = self.tx.update_cases(&updates).await?;
        for ((before, _), after) in changes.iter().zip(&kept) {
            let (before, now) = ((before.version, before), (after.version, after));
            self.tell(name(&after.id), Some(before), Some(now), reason);
        }
        Ok(kept)
    }

    /// Writes into the audit what has become of a thing.
    pub(super) fn tell<T: Serialize>(
        &mut self,
        resource: String,
        before: Option<(Version, &T)>,
        after: Option<(Version, &T)>,
        reason: &str,
    ) {
        let record = self.call.record(resource, self.now);
        self.tx.audit(told(record, before, after, reason));
    }
}

/// Refuses a version that is no longer the present one.
pub(super) fn check_version(
    resource: String,
    current: Version,
    given: Option<Version>,
) -> Result<(), Refusal> {
    match given {
        Some(given) if given != current => Err(Refusal::Stale { resource, current }),
        _ => Ok(()),
    }
}
