//! Which cases, in which order, from where on: the question behind every list.
//!
//! The store answers it in SQL; `testing` says, for tests, what the answer must be.
//!
//! ```text
//!   page 1            page 2: after = the key of the last case of page 1
//!   [ a  b  c ] ----> [ d  e  f ] ---->          a key, not a count: what is entered or moved
//!          ^ key(c)                              meanwhile shifts no page
//! ```

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Case, CaseId, CaseState, PatientId, SessionId, Specialty, StaffId, TheatreId, Urgency,
};

/// One thing that must hold of a case. A case without the value that is asked about does not match.
#[derive(Clone, Eq, PartialEq)]
pub enum CaseCondition {
    /// In one of these states.
    StateIn(Vec<CaseState>),
    /// Planned into one of these theatres.
    TheatreIn(Vec<TheatreId>),
    /// Planned into this session.
    SessionIs(SessionId),
    /// This patient's.
    PatientIs(PatientId),
    /// With this member of staff, in any role.
    StaffIs(StaffId),
    /// Of one of these urgencies.
    UrgencyIn(Vec<Urgency>),
    /// Of this branch of surgery.
    SpecialtyIs(Specialty),
    /// Planned to start at this instant or later.
    StartFrom(Timestamp),
    /// Planned to start before this instant.
    StartBefore(Timestamp),
    /// Decided at this instant or later.
    DecidedFrom(Timestamp),
    /// Decided before this instant.
    DecidedBefore(Timestamp),
    /// With a target at this instant or later.
    TargetFrom(Timestamp),
    /// With a target before this instant.
    TargetBefore(Timestamp),
    /// On the waiting list, or not on it.
    Waiting(bool),
    /// With this text in the procedure or the condition, whatever the letter case.
    TextContains(String),
}

/// Shows which condition and none of its value: it may be a patient's.
impl fmt::Debug for CaseCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StateIn(_) => "StateIn(..)",
            Self::TheatreIn(_) => "TheatreIn(..)",
            Self::SessionIs(_) => "SessionIs(..)",
            Self::PatientIs(_) => "PatientIs(..)",
            Self::StaffIs(_) => "StaffIs(..)",
            Self::UrgencyIn(_) => "UrgencyIn(..)",
            Self::SpecialtyIs(_) => "SpecialtyIs(..)",
            Self::StartFrom(_) => "StartFrom(..)",
            Self::StartBefore(_) => "StartBefore(..)",
            Self::DecidedFrom(_) => "DecidedFrom(..)",
            Self::DecidedBefore(_) => "DecidedBefore(..)",
            Self::TargetFrom(_) => "TargetFrom(..)",
            Self::TargetBefore(_) => "TargetBefore(..)",
            Self::Waiting(_) => "Waiting(..)",
            Self::TextContains(_) => "TextContains(..)",
        })
    }
}

/// What cases are put in order by.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum CaseOrderKey {
    /// The planned start; without a plan: last.
    #[default]
    Start,
    /// The decision to operate.
    Decided,
    /// Urgency, then target (none: last), then the decision: who should be next.
    Waiting,
}

/// By what, and in which direction. The case's id settles ties, in the same direction.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct CaseOrder {
    /// By what.
    pub key: CaseOrderKey,
    /// The greatest first.
    pub descending: bool,
}

/// The place of a case in an order: the value it is sorted by.
///
/// The variants of one order compare among themselves; a value of another order is never equal to
/// one, and belongs to another query.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum SortKey {
    /// Of [`CaseOrderKey::Start`]; [`Timestamp::MAX`] without a plan.
    Start(Timestamp),
    /// Of [`CaseOrderKey::Decided`].
    Decided(Timestamp),
    /// Of [`CaseOrderKey::Waiting`]; [`Timestamp::MAX`] without a target.
    Waiting(Urgency, Timestamp, Timestamp),
}

/// Where a page ended: what comes after it is greater, or less when descending.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct CaseCursor {
    /// The last case's place.
    pub key: SortKey,
    /// The last case.
    pub id: CaseId,
}

impl CaseOrder {
    /// The place of `case` in this order.
    pub fn cursor(&self, case: &Case) -> CaseCursor {
        let key = match self.key {
            CaseOrderKey::Start => {
                let start = case.plan.as_ref().map(|plan| plan.start);
                SortKey::Start(start.unwrap_or(Timestamp::MAX))
            }
            CaseOrderKey::Decided => SortKey::Decided(case.details.decided_at),
            CaseOrderKey::Waiting => {
                let target = case.details.target_at.unwrap_or(Timestamp::MAX);
                SortKey::Waiting(case.details.urgency, target, case.details.decided_at)
            }
        };
        CaseCursor {
            key,
            id: case.id.clone(),
        }
    }
}

/// A page of cases.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CaseQuery {
    /// All of these hold.
    pub conditions: Vec<CaseCondition>,
    /// In this order.
    pub order: CaseOrder,
    /// Beginning after this place.
    pub after: Option<CaseCursor>,
    /// So many at most.
    pub limit: u32,
}
