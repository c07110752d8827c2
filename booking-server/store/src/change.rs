//! A change: what is told to those who watch.

use booking_domain::{TheatreId, TimeRange};
use jiff::Timestamp;

/// What kind of thing has changed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ChangeKind {
    /// A case.
    Case,
    /// A session.
    Session,
    /// A rule by which sessions recur.
    SessionTemplate,
    /// A closure or an absence.
    Unavailability,
    /// A site.
    Site,
    /// A theatre.
    Theatre,
    /// A member of staff.
    Staff,
    /// A piece of equipment.
    Unit,
    /// An operation with a name.
    ProcedureType,
    /// A reason.
    Reason,
}

impl ChangeKind {
    /// Whether it is of what the hospital has, which is read whole.
    pub(crate) const fn is_of_hospital(self) -> bool {
        matches!(
            self,
            Self::Site
                | Self::Theatre
                | Self::Staff
                | Self::Unit
                | Self::ProcedureType
                | Self::Reason
        )
    }
}

/// Where and when something was planned.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PlannedSlot {
    /// Where.
    pub theatre: TheatreId,
    /// When.
    pub range: TimeRange,
}

/// One change: what it was, never what it says; the reader looks that up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// Its place in the order, from 1 without a gap.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What kind of thing.
    pub kind: ChangeKind,
    /// Its number.
    pub id: String,
    /// Where it stood before; `None` for a waiting case or a new thing.
    pub before: Option<PlannedSlot>,
    /// Where it stands now.
    pub after: Option<PlannedSlot>,
}
