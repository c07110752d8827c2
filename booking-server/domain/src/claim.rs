//! Claims: which resource a planned case holds, and when. The one notion all overlap rules rest on.
//!
//! ```text
//!            |--- setup ---|------ procedure ------|- cleanup -|- turnover -|- reprocessing -
//!  theatre   [========================================================)
//!  patient   [=====================================)
//!  anaesth.  [=====================================)
//!  surgeon                 [=======================)
//!  nurse     [=================================================)
//!  unit      [=================================================) + reprocessing
//! ```
//!
//! A surgeon is claimed for the procedure alone, so that one may run two theatres in turn.

use std::fmt;

use crate::{CaseId, TimeRange};

/// What kind of thing is claimed. The numbers are what the store keeps.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ResourceKind {
    /// A theatre: R1.
    Theatre = 1,
    /// A member of staff: R2.
    Staff = 2,
    /// A patient: R3.
    Patient = 3,
    /// A piece of equipment: R4.
    Equipment = 4,
}

/// One thing that is claimed.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Resource {
    /// What kind of thing.
    pub kind: ResourceKind,
    /// Its number: a `TheatreId`, `StaffId`, `PatientId` or `UnitId` as text.
    pub id: String,
}

/// Shows the kind alone: the number may be a patient's.
impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resource({:?}, ..)", self.kind)
    }
}

/// A resource for a time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claim {
    /// What.
    pub resource: Resource,
    /// When.
    pub range: TimeRange,
}

/// A claim that a case holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HeldClaim {
    /// Whose.
    pub case: CaseId,
    /// What and when.
    pub claim: Claim,
}
