//! Sessions: made from templates, given up, cancelled.

use booking_domain::{
    Case, CaseCondition, CaseId, CaseState, Expansion, ReasonGiven, Session, SessionId,
    SessionOwner, SessionState, SessionTemplate, TemplateId, TimeRange, Version, day_range, expand,
    later, postpone,
};
use booking_store::SessionQuery;
use jiff::civil::Date;
use tonic::async_trait;

use super::{
    cases::audit_reason,
    refusal::Refusal,
    unit_of_work::{UnitOfWork, UseCase},
};
use crate::access::{Denied, Permission, Scope};

/// Makes the sessions of a template in a range of dates.
pub(crate) struct ExpandTemplate {
    pub(crate) template: TemplateId,
    pub(crate) first: Date,
    pub(crate) last: Date,
    /// Gives new sessions their numbers: the same for the same date, however often it is run.
    pub(crate) new_id: Box<dyn Fn(Date) -> SessionId + Send + Sync>,
}

#[async_trait]
impl UseCase for ExpandTemplate {
    type Answer = Expansion;

    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<Expansion, Refusal> {
        let template = work.item::<SessionTemplate>(&self.template, None).await?;
        let zone = work.hospital.zone_of(&template.theatre).cloned();
        let zone = zone.ok_or_else(|| Refusal::field("name", "has a theatre that is gone"))?;
        let (first, last) = (day_range(&zone, self.first), day_range(&zone, self.last));
        let around = first.zip(last).and_then(|(first, last)| {
            // The last date's session may reach into the next day.
            TimeRange::new(first.start(), later(last.end(), 24 * 60)).ok()
        });
        let around =
            around.ok_or_else(|| Refusal::field("first_date", "is beyond the calendar"))?;
        let in_theatre = SessionQuery {
            theatres: vec![template.theatre.clone()],
            range: Some(around),
            ..SessionQuery::default()
        };
        let of_template = SessionQuery {
            template: Some(template.id.clone()),
            ..SessionQuery::default()
        };
        let mut existing = work.tx.sessions(&in_theatre).await?;
        existing.extend(work.tx.sessions(&of_template).await?);
        let dates = (self.first, self.last);
        let expansion = expand(&template, &zone, dates, &existing, &self.new_id);
        for session in &expansion.sessions {
            work.put(None, session, "").await?;
        }
        Ok(expansion)
    }
}

/// Opens a session to everybody.
#[derive(Debug)]
pub(crate) struct ReleaseSession {
    pub(crate) session: SessionId,
    pub(crate) version: Option<Version>,
}

#[async_trait]
impl UseCase for ReleaseSession {
    type Answer = Session;

    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<Session, Refusal> {
        let permission = Permission::SessionsRelease;
        let found = work.tx.find::<Session>(&self.session).await?;
        if work.caller().scope(permission)? == Scope::Own {
            let staff = work.caller().staff.as_ref();
            let owner = found.as_ref().map(|session| &session.owner);
            let own = matches!((owner, staff), (Some(SessionOwner::Surgeon(owner)), Some(staff))
                if owner == staff);
            if !own {
                return Err(Denied(permission).into());
            }
        }
        let before = work.item::<Session>(&self.session, self.version).await?;
        match before.state {
            SessionState::Planned => {}
            SessionState::Released => return Err(Refusal::SessionState("RELEASED")),
            SessionState::Cancelled => return Err(Refusal::SessionState("CANCELLED")),
        }
        let after = Session {
            state: SessionState::Released,
            ..before.clone()
        };
        work.replace(&before, after, "").await
    }
}

/// Cancels a session; its cases go back to the waiting list, if they may.
#[derive(Debug)]
pub(crate) struct CancelSession {
    pub(crate) session: SessionId,
    pub(crate) version: Option<Version>,
    pub(crate) reason: ReasonGiven,
    pub(crate) postpone_cases: bool,
}

#[async_trait]
impl UseCase for CancelSession {
    type Answer = (Session, Vec<Case>);

    async fn perform(&self, work: &mut UnitOfWork<'_>) -> Result<(Session, Vec<Case>), Refusal> {
        let before = work.item::<Session>(&self.session, self.version).await?;
        if before.state == SessionState::Cancelled {
            return Err(Refusal::SessionState("CANCELLED"));
        }
        let in_it = CaseCondition::SessionIs(self.session.clone());
        let cases = work.holding(in_it).await?;
        let begun = cases.iter().any(|case| case.state == CaseState::InTheatre);
        if begun || !(cases.is_empty() || self.postpone_cases) {
            let ids: Vec<CaseId> = cases.into_iter().map(|case| case.id).collect();
            return Err(Refusal::SessionHasCases(ids));
        }
        let mut changes = Vec::with_capacity(cases.len());
        for case in cases {
            let after = postpone(&case, &self.reason, &work.hospital, work.now)?;
            changes.push((case, after));
        }
        if !work.hospital.reasons.contains_key(&self.reason.code) {
            return Err(Refusal::field("reason", "does not exist"));
        }
        let reason = audit_reason(&self.reason);
        let postponed = work.change_cases(changes, &reason).await?;
        let after = Session {
            state: SessionState::Cancelled,
            ..before.clone()
        };
        let session = work.replace(&before, after, &reason).await?;
        Ok((session, postponed))
    }
}
