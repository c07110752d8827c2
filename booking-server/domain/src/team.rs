//! Who does what in a case.

use serde::Serialize;

use crate::StaffId;

/// What a member of staff does in a case.
///
/// The names are what the store keeps; a person may have several roles in one case.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum TeamRole {
    /// The surgeon who answers for the operation. Exactly one once the case is scheduled.
    PrimarySurgeon,
    /// A surgeon who helps or learns.
    AssistantSurgeon,
    /// The doctor who keeps the patient asleep, pain-free and alive.
    Anaesthetist,
    /// The nurse at the table.
    ScrubNurse,
    /// The nurse around the table.
    CirculatingNurse,
}

impl TeamRole {
    /// The roles that operate: a doctor is asked about by any of these.
    pub const SURGICAL: [Self; 2] = [Self::PrimarySurgeon, Self::AssistantSurgeon];
}

/// Somebody's part in a case.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct TeamMember {
    /// Who.
    pub staff: StaffId,
    /// As what.
    pub role: TeamRole,
}
