//! What is asked of the rules, by whom, and what comes of it.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    Case, Claim, HeldClaim, Hospital, Override, Plan, ProcedureType, RuleId, Session, StaffId,
    Subject, Theatre, TimeRange, Unavailability,
    wording::{span, theatre_name, zone_of},
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

impl<'a> Asked<'a> {
    /// The theatre, if there is one of that number.
    pub(super) fn theatre(&self) -> Option<&'a Theatre> {
        self.hospital.theatres.get(&self.plan.theatre)
    }

    /// What people call it.
    pub(super) fn theatre_name(&self) -> &'a str {
        theatre_name(self.hospital, &self.plan.theatre)
    }

    /// What its clocks show.
    pub(super) fn zone(&self) -> TimeZone {
        zone_of(self.hospital, &self.plan.theatre)
    }

    /// What the case is of.
    pub(super) fn procedure_type(&self) -> Option<&'a ProcedureType> {
        let id = self.case.details.procedure_type.as_ref()?;
        self.hospital.procedure_types.get(id)
    }

    /// When the case would be there.
    pub(super) fn wanted(&self) -> TimeRange {
        self.case.details.footprint.range_from(self.plan.start)
    }

    /// Closures and absences of `subject` meanwhile, in sentences that begin with `is`.
    pub(super) fn unavailable(&self, subject: &Subject, is: &str) -> Vec<String> {
        let (zone, wanted) = (self.zone(), self.wanted());
        let all = self.surroundings.unavailable.iter();
        let now = all.filter(|one| one.subject == *subject && one.range.overlaps(&wanted));
        now.map(|one| because(format!("{is} {}", span(&one.range, &zone)), &one.reason))
            .collect()
    }
}

/// The sentence with its reason, where one is given.
pub(super) fn because(sentence: String, reason: &str) -> String {
    if reason.trim().is_empty() {
        sentence
    } else {
        format!("{sentence}: {reason}")
    }
}
