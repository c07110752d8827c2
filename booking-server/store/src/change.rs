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

/// Where and when something was planned.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
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
    pub before: Option<Place>,
    /// Where it stands now.
    pub after: Option<Place>,
}
