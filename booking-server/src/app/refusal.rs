//! Why something is not done. `grpc::status` has the table of what a caller is told.

use booking_domain::{BrokenRule, CaseId, TransitionError, Version};
use booking_store::StoreError;

use crate::access::Denied;

/// Why something is not done; whenever it is returned, nothing was.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Fields that are well-formed and mean nothing here: the field, and what is wrong with it.
    Fields(Vec<(String, String)>),
    /// The caller may not; whether there is such a thing is not told.
    Denied(Denied),
    /// There is no such thing: its name.
    NotFound(String),
    /// No case answers the article's question.
    NoSuchBooking,
    /// There is one already: its name.
    Exists(String),
    /// It was changed since it was read: its name, and what it is now.
    Stale {
        /// Its name.
        resource: String,
        /// Its version now.
        current: Version,
    },
    /// A case that an emergency option touches was changed since.
    PlanStale,
    /// Rules stand against it.
    Rules(Vec<BrokenRule>),
    /// The case is not where it would have to be.
    Transition(TransitionError),
    /// The session has cases in it.
    SessionHasCases(Vec<CaseId>),
    /// The session is not where it would have to be: what it is.
    SessionState(&'static str),
    /// Another session stands in the theatre then.
    SessionOverlap,
    /// The token of a watch is too old, or its reader was too slow.
    WatchExpired,
    /// The request's id was used for another request.
    RequestIdReused,
    /// The work on it has failed, which its own log line tells.
    Unfinished,
    /// The store did not do it.
    Store(StoreError),
}

impl Refusal {
    /// One field.
    pub(crate) fn field(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Fields(vec![(field.into(), why.into())])
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<TransitionError> for Refusal {
    fn from(error: TransitionError) -> Self {
        match error {
            TransitionError::Rules(broken) => Self::Rules(broken),
            other => Self::Transition(other),
        }
    }
}
