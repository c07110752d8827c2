//! May a case be there, then? Every rule asked, every broken one told.
//!
//! ```text
//!   case, plan ──claims()──▶ what it would hold ──store──▶ Surroundings: what is in the way there
//!        │                                                       │
//!        └────────────▶ broken_rules(R1 … R12) ◀─────────────────┘
//!                              │
//!            place(): broken rules that somebody with the right overrides are kept with the plan;
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

mod asked;
mod fitness;
mod hours;
mod overlap;
mod ownership;

use jiff::Timestamp;

use crate::{BrokenRule, Case, Hospital, Override, Plan, RuleId, claim::claims};

use self::asked::Asked;
pub use asked::{Booker, OverrideRequest, Placed, Surroundings};
pub(crate) use fitness::confirmation;
pub use hours::PAST_GRACE_MIN;
pub(crate) use ownership::session_of;

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
/// A broken rule is overridden when it may be ([`BrokenRule::is_overridable`]), the booker may, and
/// a reason is given; or when it was overridden before and neither plan nor case has changed in what
/// it is about ([`Case::with_details`]).
///
/// # Errors
///
/// Every broken rule that is not overridden.
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
        if overrides.iter().any(|asked| asked.rule == rule) && broken.is_overridable() {
            continue;
        }
        let before = overridden_before(case, plan, rule);
        let new = || overridden_now(rule, booker, requested, now);
        match before.cloned().or_else(new) {
            Some(overridden) if broken.is_overridable() => overrides.push(overridden),
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

fn overridden_before<'a>(case: &'a Case, plan: &Plan, rule: RuleId) -> Option<&'a Override> {
    let present = case.plan.as_ref()?;
    if (&present.theatre, present.start) != (&plan.theatre, plan.start) {
        return None;
    }
    case.overrides.iter().find(|asked| asked.rule == rule)
}

fn overridden_now(
    rule: RuleId,
    booker: &Booker,
    requested: &[OverrideRequest],
    now: Timestamp,
) -> Option<Override> {
    let request = requested
        .iter()
        .find(|request| request.rule == rule && !request.reason.trim().is_empty())?;
    booker.may_override(rule).then(|| Override {
        rule,
        reason: request.reason.clone(),
        author: booker.author.clone(),
        at: now,
    })
}

#[cfg(test)]
mod tests;
