//! The arrows of the state machine: a case and a command give a case, or say why not.
//!
//! | command | from | to | and |
//! |---|---|---|---|
//! | schedule | REQUESTED, POSTPONED | SCHEDULED | in a place that [`crate::place`] gave |
//! | confirm | SCHEDULED | CONFIRMED | the team is whole, the session takes place |
//! | reschedule | SCHEDULED, CONFIRMED | SCHEDULED | a reason; confirmation is lost |
//! | postpone | SCHEDULED, CONFIRMED | POSTPONED | a reason; all is freed; its age is kept |
//! | cancel | REQUESTED, POSTPONED, SCHEDULED, CONFIRMED | CANCELLED | a reason |
//! | wheels in | CONFIRMED, or SCHEDULED for who books emergencies | IN_THEATRE | nobody else is in there |
//! | wheels out | IN_THEATRE | IN_RECOVERY | |
//! | recovery out | IN_RECOVERY | COMPLETED | |
//! | other milestones | IN_THEATRE, IN_RECOVERY | the same | earlier ones may be filled in later |
//! | abort | IN_THEATRE | CANCELLED | a reason; counted apart |
//! | correct | IN_RECOVERY, COMPLETED | the same | all milestones as they should read |
//! | update | any but CANCELLED | the same | what is asked for, as far as it is still to come |
//!
//! Nothing here looks at versions, rights or stores; the version is the store's to count.

mod command;

use jiff::Timestamp;

use crate::{
    BrokenRule, Cancellation, Case, CaseDetails, CaseId, CaseState, Hospital, Milestone,
    Milestones, Placed, ReasonCode, RuleId, RuleSubject, Session, SessionState,
    opening::civil_date, rules::confirmation, time_range::later, wording::zone_of,
};

pub use command::{Command, TransitionError};

/// How far ahead of ours another clock may run before what it reports is refused. Minutes.
pub const CLOCK_SKEW_MIN: u16 = 1;

/// Why a case is moved, put off or given up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReasonGiven {
    /// By code.
    pub code: ReasonCode,
    /// In words.
    pub note: String,
}

impl ReasonGiven {
    fn check(&self, hospital: &Hospital) -> Result<(), TransitionError> {
        match hospital.reasons.get(&self.code) {
            Some(reason) if !reason.retired => Ok(()),
            _ => Err(TransitionError::UnknownReason(self.code.clone())),
        }
    }
}

fn moved(case: &Case, state: CaseState, now: Timestamp) -> Case {
    Case {
        state,
        updated_at: now,
        ..case.clone()
    }
}

fn placed_at(case: &Case, placed: Placed, now: Timestamp) -> Case {
    Case {
        plan: Some(placed.plan),
        overrides: placed.overrides,
        ..moved(case, CaseState::Scheduled, now)
    }
}

/// Gives a waiting case its place.
///
/// # Errors
///
/// [`TransitionError::InvalidState`].
pub fn schedule(case: &Case, placed: Placed, now: Timestamp) -> Result<Case, TransitionError> {
    Command::Schedule.check(case.state, false)?;
    Ok(placed_at(case, placed, now))
}

/// Says that everybody has agreed. `session` is the one that the plan names, if it names one.
///
/// # Errors
///
/// [`TransitionError::InvalidState`], or the rules that stand against it.
pub fn confirm(
    case: &Case,
    session: Option<&Session>,
    now: Timestamp,
) -> Result<Case, TransitionError> {
    Command::Confirm.check(case.state, false)?;
    let mut broken = confirmation(case);
    if let Some(session) = session
        && session.state == SessionState::Cancelled
    {
        let (reason, what) = (
            "SESSION_NOT_AVAILABLE",
            "The session of the case does not take place",
        );
        let subject = RuleSubject::Session(session.id.clone());
        broken.push(BrokenRule::new(RuleId::R8, reason, subject, what));
    }
    if !broken.is_empty() {
        return Err(TransitionError::Rules(broken));
    }
    Ok(moved(case, CaseState::Confirmed, now))
}

/// Gives a planned case another place; who had agreed must agree again.
///
/// # Errors
///
/// [`TransitionError::InvalidState`] or [`TransitionError::UnknownReason`].
pub fn reschedule(
    case: &Case,
    placed: Placed,
    reason: &ReasonGiven,
    hospital: &Hospital,
    now: Timestamp,
) -> Result<Case, TransitionError> {
    Command::Reschedule.check(case.state, false)?;
    reason.check(hospital)?;
    Ok(placed_at(case, placed, now))
}

/// Puts a planned case back on the waiting list; it has waited since the decision.
///
/// # Errors
///
/// [`TransitionError::InvalidState`] or [`TransitionError::UnknownReason`].
pub fn postpone(
    case: &Case,
    reason: &ReasonGiven,
    hospital: &Hospital,
    now: Timestamp,
) -> Result<Case, TransitionError> {
    Command::Postpone.check(case.state, false)?;
    reason.check(hospital)?;
    Ok(Case {
        plan: None,
        overrides: Vec::new(),
        postponements: case.postponements.saturating_add(1),
        ..moved(case, CaseState::Postponed, now)
    })
}

/// Gives a case up that has not begun. Its plan is kept, to tell what was lost.
///
/// # Errors
///
/// [`TransitionError::InvalidState`] or [`TransitionError::UnknownReason`].
pub fn cancel(
    case: &Case,
    reason: &ReasonGiven,
    hospital: &Hospital,
    now: Timestamp,
) -> Result<Case, TransitionError> {
    Command::Cancel.check(case.state, false)?;
    reason.check(hospital)?;
    let day_of_surgery = case.plan.as_ref().is_some_and(|plan| {
        let zone = zone_of(hospital, &plan.theatre);
        // Later than that day is no earlier warning.
        civil_date(now, &zone) >= civil_date(plan.start, &zone)
    });
    Ok(given_up(case, reason, day_of_surgery, false, now))
}

/// Gives a case up with the patient in theatre.
///
/// # Errors
///
/// [`TransitionError::InvalidState`] or [`TransitionError::UnknownReason`].
pub fn abort(
    case: &Case,
    reason: &ReasonGiven,
    hospital: &Hospital,
    now: Timestamp,
) -> Result<Case, TransitionError> {
    Command::Abort.check(case.state, false)?;
    reason.check(hospital)?;
    Ok(given_up(case, reason, true, true, now))
}

fn given_up(
    case: &Case,
    reason: &ReasonGiven,
    day_of_surgery: bool,
    aborted: bool,
    now: Timestamp,
) -> Case {
    Case {
        cancellation: Some(Cancellation {
            reason: reason.code.clone(),
            note: reason.note.clone(),
            at: now,
            day_of_surgery,
            aborted,
        }),
        ..moved(case, CaseState::Cancelled, now)
    }
}

/// Writes down that a milestone happened at `at`.
///
/// `inside`: a case whose patient is in the same theatre now, if there is one. `emergency`: whoever
/// records it books emergencies, and may bring in a case that nobody had time to confirm.
///
/// # Errors
///
/// [`TransitionError`]: state, theatre occupied, recorded before, in the future, out of order.
pub fn record_milestone(
    case: &Case,
    milestone: Milestone,
    at: Timestamp,
    inside: Option<&CaseId>,
    emergency: bool,
    now: Timestamp,
) -> Result<Case, TransitionError> {
    Command::Record(milestone).check(case.state, emergency)?;
    if let Some(before) = case.milestones.get(milestone) {
        return Err(TransitionError::AlreadyRecorded {
            milestone,
            at: before,
        });
    }
    let milestones = case.milestones.with(milestone, Some(at));
    check_milestones(&milestones, now)?;
    let state = match milestone {
        Milestone::WheelsIn => match inside.filter(|inside| **inside != case.id) {
            Some(other) => return Err(TransitionError::TheatreOccupied(other.clone())),
            None => CaseState::InTheatre,
        },
        Milestone::WheelsOut => CaseState::InRecovery,
        Milestone::RecoveryOut => CaseState::Completed,
        _ => case.state,
    };
    Ok(Case {
        milestones,
        ..moved(case, state, now)
    })
}

fn check_milestones(milestones: &Milestones, now: Timestamp) -> Result<(), TransitionError> {
    let latest = later(now, CLOCK_SKEW_MIN.into());
    if let Some((milestone, _)) = milestones.known().find(|(_, at)| *at > latest) {
        return Err(TransitionError::InFuture(milestone));
    }
    Ok(milestones.check()?)
}

/// Puts milestones right after the fact: all of them, as they should read.
///
/// # Errors
///
/// [`TransitionError`]: state, in the future, out of order, or at odds with the state: who is in
/// recovery has come in and gone out, who is done has left recovery too.
pub fn correct(
    case: &Case,
    milestones: Milestones,
    now: Timestamp,
) -> Result<Case, TransitionError> {
    Command::Correct.check(case.state, false)?;
    let happened = [
        (Milestone::WheelsIn, true),
        (Milestone::WheelsOut, true),
        (Milestone::RecoveryOut, case.state == CaseState::Completed),
    ];
    for (milestone, expected) in happened {
        if milestones.get(milestone).is_some() != expected {
            return Err(TransitionError::MilestoneContradictsState {
                state: case.state,
                milestone,
            });
        }
    }
    check_milestones(&milestones, now)?;
    Ok(Case {
        milestones,
        ..moved(case, case.state, now)
    })
}

/// Whether a change of what is asked for touches what the case holds or what its rules are about,
/// so that [`update`] needs it placed again: every field but those that no rule looks at.
pub fn needs_placing(case: &Case, details: &CaseDetails) -> bool {
    let same_otherwise = CaseDetails {
        procedure: case.details.procedure.clone(),
        condition: case.details.condition.clone(),
        decided_at: case.details.decided_at,
        target_at: case.details.target_at,
        notes: case.details.notes.clone(),
        blood_units: case.details.blood_units,
        ..details.clone()
    };
    case.state.holds() && same_otherwise != case.details
}

/// Changes what is asked for.
///
/// | state | what may change |
/// |---|---|
/// | REQUESTED, POSTPONED | everything |
/// | SCHEDULED, CONFIRMED | everything; `placed` says that it still fits where it is |
/// | IN_THEATRE | everything but patient and durations; `placed` likewise |
/// | IN_RECOVERY, COMPLETED | everything but patient and durations |
///
/// `placed` is what [`crate::place`] gave for [`Case::with_details`] and the plan as it is.
///
/// # Errors
///
/// [`TransitionError`]: state, a fixed field, or [`TransitionError::NotPlaced`] when
/// [`needs_placing`] and `placed` is missing or elsewhere.
pub fn update(
    case: &Case,
    details: CaseDetails,
    placed: Option<Placed>,
    now: Timestamp,
) -> Result<Case, TransitionError> {
    Command::Update.check(case.state, false)?;
    let begun = case.state.is_in_progress() || case.state == CaseState::Completed;
    let fixed = [
        ("patient", case.details.patient != details.patient),
        ("durations", case.details.footprint != details.footprint),
    ];
    if let Some((field, _)) = fixed.iter().find(|(_, changes)| begun && *changes) {
        return Err(TransitionError::FieldFixed {
            field,
            state: case.state,
        });
    }
    let needs_placing = needs_placing(case, &details);
    let changed = Case {
        updated_at: now,
        ..case.with_details(details)
    };
    if !needs_placing {
        return Ok(changed);
    }
    let stays = |placed: &Placed| {
        let plan = case.plan.as_ref();
        plan.is_some_and(|plan| {
            (&plan.theatre, plan.start) == (&placed.plan.theatre, placed.plan.start)
        })
    };
    let placed = placed.filter(stays).ok_or(TransitionError::NotPlaced)?;
    Ok(Case {
        plan: Some(placed.plan),
        overrides: placed.overrides,
        ..changed
    })
}

#[cfg(test)]
mod tests;
