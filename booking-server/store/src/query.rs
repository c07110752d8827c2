//! What is asked of the store beyond a case by its number.

use booking_domain::{SessionId, StaffId, Subject, TemplateId, TheatreId, TimeRange};
use jiff::Timestamp;

/// Which theatres.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Scope {
    /// All there are.
    All,
    /// These; none when empty.
    These(Vec<TheatreId>),
}

/// Which sessions; ordered by start, then number. Empty conditions hold for all.
#[derive(Clone, Debug, Default)]
pub struct SessionQuery {
    /// In one of these theatres; any when empty.
    pub theatres: Vec<TheatreId>,
    /// Overlapping this.
    pub range: Option<TimeRange>,
    /// This surgeon's.
    pub surgeon: Option<StaffId>,
    /// Made from this template.
    pub template: Option<TemplateId>,
    /// After this one, in the order given above.
    pub after: Option<(Timestamp, SessionId)>,
    /// At most so many; `None` for all.
    pub limit: Option<u32>,
}

/// Which closures and absences; ordered by start, then number.
#[derive(Clone, Debug, Default)]
pub struct UnavailabilityQuery {
    /// Of one of these; of anything when empty.
    pub subjects: Vec<Subject>,
    /// Overlapping this.
    pub range: Option<TimeRange>,
}

/// What was answered to a request, kept for when it is sent again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredResponse {
    /// The method that was called.
    pub method: String,
    /// SHA-256 of the request.
    pub request_hash: [u8; 32],
    /// The response, encoded.
    pub response: Vec<u8>,
    /// When.
    pub at: Timestamp,
}
