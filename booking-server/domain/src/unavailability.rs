//! Closures and absences: when something cannot be used, and why.

use crate::{StaffId, TheatreId, TimeRange, UnavailabilityId, UnitId, Version};

/// What cannot be used.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Subject {
    /// A theatre that is closed.
    Theatre(TheatreId),
    /// A member of staff who is absent.
    Staff(StaffId),
    /// A piece of equipment that is away.
    Unit(UnitId),
}

/// One closure or absence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unavailability {
    /// Its number.
    pub id: UnavailabilityId,
    /// Its version.
    pub version: Version,
    /// What.
    pub subject: Subject,
    /// When.
    pub range: TimeRange,
    /// Why, for people.
    pub reason: String,
}
