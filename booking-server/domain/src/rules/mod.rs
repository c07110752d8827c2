//! May a case be there, then? Every rule asked, every broken one told.
//!
//! ```text
//!   case, plan ──claims()──▶ what it would hold ──store──▶ Surroundings: what is in the way there
//!        │                                                       │
//!        └────────────▶ broken_rules(R1 … R12) ◀─────────────────┘
//!                              │
//!            place(): broken rules that somebody with the right set aside are kept with the plan;
//!                     any other refuses it, all of them at once
//! ```
//!
//! | file | rules |
//! |---|---|
//! | `overlap` | R1 theatre, R2 staff, R3 patient, R4 equipment, R5 turnover |
//! | `hours` | R6 opening hours and closures, R11 the past |
//! | `fitness` | R7 what theatre and equipment can do, R9 R10 the team, R12 the side |
//! | `ownership` | R8 sessions |
//!
//! Import asks none of them: it writes down what has happened, which holds nothing any more.

mod fitness;
mod hours;
mod overlap;
mod ownership;

use jiff::Timestamp;

use crate::{
    BrokenRule, Case, Claim, HeldClaim, Hospital, Override, Plan, RuleId, Session, StaffId,
    Unavailability, claim::claims,
};

pub(crate) use fitness::confirmation;
pub use hours::PAST_GRACE_MIN;
pub(crate) use ownership::session_of;

/// What is in and around the place a case is meant for: all that overlaps its claims.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Surroundings {
    /// Claims held on the same resources, overlapping in time; the case's own may be among them.
    pub held: Vec<HeldClaim>,
    /// Sessions in the theatre that overlap the case's footprint.
    pub sessions: Vec<Session>,
    /// Closures and absences of the theatre, the team and the equipment that overlap.
    pub unavailable: Vec<Unavailability>,
}

/// Who asks, by what they may.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Booker {
    /// Who they are in the hospital.
    pub staff: Option<StaffId>,
    /// The person, or the account where no person was named: who sets rules aside.
    pub author: String,
    /// May book into anybody's session.
    pub any_session: bool,
    /// May set R6, R8 and R9 aside.
    pub overrides: bool,
    /// Books emergencies: may set R6 and R11 aside, and use sessions kept for them.
    pub emergency: bool,
}

impl Booker {
    /// Whether they may set `rule` aside, with a reason.
    pub fn may_set_aside(&self, rule: RuleId) -> bool {
        match rule {
            RuleId::R6 => self.overrides || self.emergency,
            RuleId::R8 | RuleId::R9 => self.overrides,
            RuleId::R11 => self.emergency,
            _ => false,
        }
    }
}

/// A rule that the booker asks to set aside, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OverrideRequest {
    /// Which.
    pub rule: RuleId,
    /// Why; a blank reason is none.
    pub reason: String,
}

/// A place that a case may have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Placed {
    /// Where and when, with the session it lies in.
    pub plan: Plan,
    /// What it holds there.
    pub claims: Vec<Claim>,
    /// Which rules were set aside for it.
    pub overrides: Vec<Override>,
}

/// Every rule that `case` would break by following `plan`, by number.
pub fn broken_rules(
    case: &Case,
    plan: &Plan,
    hospital: &Hospital,
    surroundings: &Surroundings,
    booker: &Booker,
    now: Timestamp,
) -> Vec<BrokenRule> {
    let asked = Asked {
        case,
        plan,
        hospital,
        surroundings,
        booker,
        now,
    };
    let mut broken = Vec::new();
    overlap::check(&asked, &mut broken);
    hours::check(&asked, &mut broken);
    fitness::check(&asked, &mut broken);
    ownership::check(&asked, &mut broken);
    broken.sort_by_key(|broken| broken.rule);
    broken
}

/// Gives `case` the place, or says all that stands against it.
///
/// A broken rule is set aside when it may be ([`BrokenRule::is_overridable`]), the booker may, and
/// a reason is given; or when it was set aside before and neither plan nor case has changed in what
/// it is about ([`Case::with_details`]).
///
/// # Errors
///
/// Every broken rule that is not set aside.
pub fn place(
    case: &Case,
    plan: &Plan,
    hospital: &Hospital,
    surroundings: &Surroundings,
    booker: &Booker,
    requested: &[OverrideRequest],
    now: Timestamp,
) -> Result<Placed, Vec<BrokenRule>> {
    let mut overrides: Vec<Override> = Vec::new();
    let mut refused = Vec::new();
    for broken in broken_rules(case, plan, hospital, surroundings, booker, now) {
        let rule = broken.rule;
        if overrides.iter().any(|set_aside| set_aside.rule == rule) && broken.is_overridable() {
            continue;
        }
        let before = set_aside_before(case, plan, rule);
        let new = || set_aside_now(rule, booker, requested, now);
        match before.cloned().or_else(new) {
            Some(set_aside) if broken.is_overridable() => overrides.push(set_aside),
            _ => refused.push(broken),
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let session = session_of(case, plan, surroundings);
    let plan = Plan {
        session: session.map(|session| session.id.clone()),
        ..plan.clone()
    };
    Ok(Placed {
        claims: claims(case, &plan, hospital),
        plan,
        overrides,
    })
}

fn set_aside_before<'a>(case: &'a Case, plan: &Plan, rule: RuleId) -> Option<&'a Override> {
    let present = case.plan.as_ref()?;
    if (&present.theatre, present.start) != (&plan.theatre, plan.start) {
        return None;
    }
    case.overrides
        .iter()
        .find(|set_aside| set_aside.rule == rule)
}

fn set_aside_now(
    rule: RuleId,
    booker: &Booker,
    requested: &[OverrideRequest],
    now: Timestamp,
) -> Option<Override> {
    let request = requested
        .iter()
        .find(|request| request.rule == rule && !request.reason.trim().is_empty())?;
    booker.may_set_aside(rule).then(|| Override {
        rule,
        reason: request.reason.clone(),
        author: booker.author.clone(),
        at: now,
    })
}

/// All that a rule may look at.
struct Asked<'a> {
    case: &'a Case,
    plan: &'a Plan,
    hospital: &'a Hospital,
    surroundings: &'a Surroundings,
    booker: &'a Booker,
    now: Timestamp,
}

#[cfg(test)]
mod tests;
