//! How urgent, how anaesthetised, on which side: the small words of a case.

use jiff::Timestamp;

use crate::time_range::later;

/// NCEPOD's categories of intervention, with NELA's split of the second.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Urgency {
    /// Within minutes: life, limb or organ.
    Immediate,
    /// Within 2 to 6 hours.
    Urgent2a,
    /// Within 6 to 18 hours.
    Urgent2b,
    /// Within days.
    Expedited,
    /// Planned.
    Elective,
}

impl Urgency {
    /// Whether it cannot wait for a list: IMMEDIATE and URGENT. Such a case is never moved for
    /// another.
    pub const fn is_emergency(self) -> bool {
        matches!(self, Self::Immediate | Self::Urgent2a | Self::Urgent2b)
    }

    /// How long after the decision it should happen at the latest, unless somebody said otherwise;
    /// hours. NCEPOD and NELA give the first three; three days is ours; what is planned has none.
    pub const fn default_target_h(self) -> Option<u16> {
        match self {
            Self::Immediate => Some(2),
            Self::Urgent2a => Some(6),
            Self::Urgent2b => Some(18),
            Self::Expedited => Some(72),
            Self::Elective => None,
        }
    }

    /// The target of a case decided at `decided_at`.
    pub fn default_target(self, decided_at: Timestamp) -> Option<Timestamp> {
        let hours = self.default_target_h()?;
        Some(later(decided_at, i64::from(hours) * 60))
    }
}

/// How the patient is kept from feeling it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Anaesthesia {
    /// Asleep.
    General,
    /// A part of the body numb.
    Regional,
    /// Drowsy.
    Sedation,
    /// A spot numb; needs no anaesthetist.
    Local,
    /// Not at all; needs no anaesthetist.
    None,
}

/// Which side of the patient.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Laterality {
    /// Not said.
    Unspecified,
    /// There is only one.
    NotApplicable,
    /// The patient's left.
    Left,
    /// The patient's right.
    Right,
    /// Both.
    Bilateral,
}
