//! What is asked of the rules, by whom, and what comes of it.

use jiff::Timestamp;

use crate::{
    Case, Claim, HeldClaim, Hospital, Override, Plan, RuleId, Session, StaffId, Unavailability,
};

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
    /// The person, or the account where no person was named: who overrides rules.
    pub author: String,
    /// May book into anybody's session.
    pub any_session: bool,
    /// May override R6, R8 and R9.
    pub overrides: bool,
    /// Books emergencies: may override R6 and R11, and use sessions kept for them.
    pub emergency: bool,
}

impl Booker {
    /// Whether they may override `rule`, with a reason.
    pub fn may_override(&self, rule: RuleId) -> bool {
        match rule {
            RuleId::R6 => self.overrides || self.emergency,
            RuleId::R8 | RuleId::R9 => self.overrides,
            RuleId::R11 => self.emergency,
            _ => false,
        }
    }
}

/// A rule that the booker asks to override, and why.
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
    /// Which rules were overridden for it.
    pub overrides: Vec<Override>,
}

/// All that a rule may look at.
pub(super) struct Asked<'a> {
    pub(super) case: &'a Case,
    pub(super) plan: &'a Plan,
    pub(super) hospital: &'a Hospital,
    pub(super) surroundings: &'a Surroundings,
    pub(super) booker: &'a Booker,
    pub(super) now: Timestamp,
}
