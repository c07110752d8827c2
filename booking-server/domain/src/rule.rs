//! The rules by name, and what it is to break one.

use std::fmt;

/// A rule that a plan must keep.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum RuleId {
    /// No two cases in one theatre at once, turnover included. Never overridden.
    R1,
    /// No member of staff in two places at once.
    R2,
    /// No patient in two cases at once. Never overridden.
    R3,
    /// No piece of equipment in two places at once.
    R4,
    /// The turnover gap; kept by R1, named for who asks.
    R5,
    /// Inside opening hours and outside closures.
    R6,
    /// The theatre can do what is needed, and equipment of every kind needed is there.
    R7,
    /// Inside a session that the booker may use.
    R8,
    /// Everybody is at work, and allowed to do what they are down for.
    R9,
    /// Exactly one primary surgeon; an anaesthetist before confirmation.
    R10,
    /// Not in the past.
    R11,
    /// The side is given where there are two.
    R12,
}

impl RuleId {
    /// Whether somebody with the right may override it, with a reason.
    pub const fn is_overridable(self) -> bool {
        matches!(self, Self::R6 | Self::R8 | Self::R9 | Self::R11)
    }
}

/// What a broken rule is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RuleSubject {
    /// Another case.
    Case(crate::CaseId),
    /// A session.
    Session(crate::SessionId),
    /// A theatre.
    Theatre(crate::TheatreId),
    /// A member of staff.
    Staff(crate::StaffId),
    /// A piece of equipment.
    Unit(crate::UnitId),
    /// The case itself.
    ThisCase,
}

/// A rule that a plan breaks.
#[derive(Clone, Eq, PartialEq)]
pub struct BrokenRule {
    /// Which.
    pub rule: RuleId,
    /// A fixed word for programs, such as `THEATRE_DOUBLE_BOOKED`.
    pub reason: &'static str,
    /// What stands in the way.
    pub subject: RuleSubject,
    /// A sentence for a person; holds nothing of a patient.
    pub description: String,
}

impl BrokenRule {
    pub(crate) fn new(
        rule: RuleId,
        reason: &'static str,
        subject: RuleSubject,
        description: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            reason,
            subject,
            description: description.into(),
        }
    }

    /// Whether somebody with the right may override it, with a reason: by its rule, and unless
    /// what it is about is not there at all.
    pub fn is_overridable(&self) -> bool {
        let gone = ["THEATRE_RETIRED", "THEATRE_UNKNOWN", "STAFF_UNKNOWN"];
        self.rule.is_overridable() && !gone.contains(&self.reason)
    }
}

impl fmt::Debug for BrokenRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule.as_str(), self.reason)
    }
}
