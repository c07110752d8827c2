//! Where a case stands between the request and the end.
//!
//! ```text
//!             schedule        confirm        wheels in        wheels out        recovery out
//!  REQUESTED ----------> SCHEDULED -> CONFIRMED ----> IN_THEATRE ----> IN_RECOVERY ----> COMPLETED
//!                          ^    |        |                |
//!              schedule    |    v        v                | abort
//!              POSTPONED --+--- postpone -                v
//!                                          cancel     CANCELLED
//!                       REQUESTED .. CONFIRMED ---------> (terminal)
//! ```
//!
//! | state | on the waiting list | has a slot | holds its theatre | may still take place |
//! |---|---|---|---|---|
//! | REQUESTED, POSTPONED | yes | no | no | yes |
//! | SCHEDULED, CONFIRMED | no | yes | yes | yes |
//! | IN_THEATRE | no | yes | yes | it does |
//! | IN_RECOVERY | no | yes | no | it does |
//! | COMPLETED | no | yes | no | no: it is past |
//! | CANCELLED | no | it may | no | no: it never will |

/// A state of a case. The names are the field's and are what the store keeps.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CaseState {
    /// Asked for; waits for a slot.
    Requested,
    /// Has a slot.
    Scheduled,
    /// Has a slot, a team and everybody's word.
    Confirmed,
    /// The patient is in the theatre.
    InTheatre,
    /// The patient has left the theatre and is watched.
    InRecovery,
    /// Over and done.
    Completed,
    /// Lost its slot; waits for another.
    Postponed,
    /// Will not take place, or was abandoned.
    Cancelled,
}

impl CaseState {
    /// Whether the case is on the waiting list: wanted, and without a slot.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Requested | Self::Postponed)
    }

    /// Whether the case holds its theatre, its team and its patient for its slot.
    pub const fn holds(self) -> bool {
        matches!(self, Self::Scheduled | Self::Confirmed | Self::InTheatre)
    }

    /// Whether the patient is in the hands of the theatre right now.
    pub const fn is_in_progress(self) -> bool {
        matches!(self, Self::InTheatre | Self::InRecovery)
    }

    /// Whether a case cannot be in this state without a slot.
    pub const fn needs_slot(self) -> bool {
        self.holds() || self.is_in_progress() || matches!(self, Self::Completed)
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
