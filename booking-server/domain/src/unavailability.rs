//! Closures and absences: when something cannot be used, and why.

use serde::Serialize;

use crate::{StaffId, TheatreId, TimeRange, UnavailabilityId, UnitId, Version};

/// What cannot be used.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A theatre that is closed.
    Theatre(TheatreId),
    /// A member of staff who is absent.
    Staff(StaffId),
    /// A piece of equipment that is away.
    Unit(UnitId),
}

/// One closure or absence.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Unavailability {
    /// Its number.
    #[serde(skip)]
    pub id: UnavailabilityId,
    /// Its version.
    #[serde(skip)]
    pub version: Version,
    /// What.
    pub subject: Subject,
    /// When.
    #[serde(flatten)]
    pub range: TimeRange,
    /// Why, for people.
    pub reason: String,
}
