//! An option taken back and done, if everything it was made from still holds.

use jiff::Timestamp;
use thiserror::Error;

use super::plan::{EMERGENCY_BUMP, EmergencyOption, Fate, Outlook, emergency_overrides, table};
use crate::{
    Booker, Case, CaseId, Claim, Hospital, Move, MovesRefused, Placed, ReasonCode, ReasonGiven,
    TransitionError,
    moves::place_all,
    transition::{postpone, reschedule, schedule},
};

/// A case as it was, as it shall be, and what it then holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// As it was.
    pub before: Case,
    /// As it shall be; the store counts the version.
    pub after: Case,
    /// What it then holds.
    pub claims: Vec<Claim>,
}

/// Why an option is not done.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum ApplyError {
    /// A case has changed since, or is gone, or a place has been taken: plan again.
    #[error("the schedule has changed since this was planned; plan again")]
    Stale,
    /// A case cannot move on; the emergency has a place already, say.
    #[error(transparent)]
    Transition(#[from] TransitionError),
}

/// Does what `option` says: the emergency first, then the others in the option's order.
///
/// `case` and `outlook` are as they are now.
///
/// # Errors
///
/// [`ApplyError`]; then nothing is to be done.
pub fn apply(
    option: &EmergencyOption,
    case: &Case,
    outlook: Outlook<'_>,
    hospital: &Hospital,
    booker: &Booker,
    now: Timestamp,
) -> Result<Vec<Change>, ApplyError> {
    if (&case.id, case.version) != (&option.case, option.version) {
        return Err(ApplyError::Stale);
    }
    let mut table = table(outlook, hospital, now);
    let aside = emergency_overrides(booker);
    let mut moves = vec![Move {
        case,
        plan: option.plan.clone(),
        overrides: &aside,
    }];
    let mut touched = Vec::new();
    for one in &option.consequences {
        let current = find(outlook.cases, &one.case).ok_or(ApplyError::Stale)?;
        if current.version != one.version {
            return Err(ApplyError::Stale);
        }
        touched.push((current, &one.fate));
        match &one.fate {
            Fate::Delayed(plan) | Fate::Moved(plan) => moves.push(Move {
                case: current,
                plan: plan.clone(),
                overrides: &[],
            }),
            Fate::Postponed => table.let_go(&current.id),
        }
    }
    let placed = place_all(&moves, &table, hospital, booker, now).map_err(stale)?;
    changes(case, &touched, placed, hospital, now)
}

fn find<'a>(cases: &'a [Case], id: &CaseId) -> Option<&'a Case> {
    cases.iter().find(|case| case.id == *id)
}

/// Rules that stand against it now did not when it was planned.
fn stale(_: MovesRefused) -> ApplyError {
    ApplyError::Stale
}

fn changes(
    case: &Case,
    touched: &[(&Case, &Fate)],
    placed: Vec<Placed>,
    hospital: &Hospital,
    now: Timestamp,
) -> Result<Vec<Change>, ApplyError> {
    let reason = bump();
    let mut placed = placed.into_iter();
    let mut changes = Vec::with_capacity(touched.len() + 1);
    let mut change = |before: &Case, after, claims| {
        changes.push(Change {
            before: before.clone(),
            after,
            claims,
        });
    };
    let place = placed.next().ok_or(ApplyError::Stale)?;
    let claims = place.claims.clone();
    change(case, schedule(case, place, now)?, claims);
    for (before, fate) in touched {
        match fate {
            Fate::Postponed => {
                change(
                    before,
                    postpone(before, &reason, hospital, now)?,
                    Vec::new(),
                );
            }
            Fate::Delayed(_) | Fate::Moved(_) => {
                let place = placed.next().ok_or(ApplyError::Stale)?;
                let claims = place.claims.clone();
                let after = reschedule(before, place, &reason, hospital, now)?;
                change(before, after, claims);
            }
        }
    }
    Ok(changes)
}

fn bump() -> ReasonGiven {
    ReasonGiven {
        code: ReasonCode::parse(EMERGENCY_BUMP).expect("a constant without control characters"),
        note: String::new(),
    }
}
