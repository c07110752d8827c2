//! How urgent, how anaesthetised, on which side: the small words of a case.

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
