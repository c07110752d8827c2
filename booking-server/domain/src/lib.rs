//! What a hospital means by its words, and the rules it goes by; pure.
//!
//! Nothing in this crate does I/O, reads a clock, draws a random number or knows of SQL or
//! protobuf: instants and time zones are arguments. The server asks, the store remembers, this
//! decides.
//!
//! | word | meaning here |
//! |---|---|
//! | case | one operation on one patient, from the request to the end: [`Case`] |
//! | state | where a case stands between the two: [`CaseState`] |
//! | footprint | how long a case takes its theatre for, in three parts: [`Footprint`] |
//! | plan | theatre and start: [`Plan`] |
//! | team | who does what in a case: [`TeamMember`] |
//! | claim | a resource held for a time: [`Claim`]; every overlap rule rests on it |
//! | session | theatre time that belongs to somebody: [`Session`] |
//! | milestone | what really happened: [`Milestones`]; never the plan |
//! | waiting list | the cases that have no plan yet, or lost theirs |
//! | booking info | the answer to "when, and for what?": [`BookingInfo`] |

mod booking_info;
mod case;
mod claim;
mod hospital;
mod ids;
mod milestone;
mod rule;
mod session;
mod state;
mod team;
mod time_range;
mod unavailability;
mod urgency;

pub use booking_info::{
    BookingInfo, BookingQuery, DescriptionFilter, FilterTooLong, MAX_DESCRIPTION_CHARS, choose,
    format_booking_date,
};
pub use case::{
    Cancellation, Case, CaseError, Footprint, InvalidFootprint, MAX_FOOTPRINT_MIN, Override, Plan,
};
pub use claim::{Claim, HeldClaim, Resource, ResourceKind};
pub use hospital::{
    EquipmentUnit, Hospital, OpeningRule, ProcedureType, Reason, ReasonGroup, Site, Staff, Theatre,
    TheatreState, Version,
};
pub use ids::{
    Capability, CaseId, EquipmentKind, IdError, MAX_ID_CHARS, PatientId, ProcedureTypeId,
    ReasonCode, SessionId, SiteId, Specialty, StaffId, TemplateId, TheatreId, UnavailabilityId,
    UnitId,
};
pub use milestone::{Milestone, Milestones};
pub use rule::{BrokenRule, RuleId, RuleSubject};
pub use session::{
    Recurrence, Session, SessionFlags, SessionOwner, SessionState, SessionTemplate,
};
pub use state::{CaseState, UnknownState};
pub use team::{TeamMember, TeamRole};
pub use time_range::{EmptyRange, TimeRange};
pub use unavailability::{Subject, Unavailability};
pub use urgency::{Anaesthesia, Laterality, Urgency};
