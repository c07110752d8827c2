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
mod case_query;
mod claim;
mod hospital;
mod ids;
mod milestone;
mod opening;
mod rule;
mod rules;
mod session;
mod state;
mod team;
mod time_range;
mod transition;
mod unavailability;
mod urgency;
mod wording;

pub use booking_info::{
    BookingInfo, BookingQuery, DescriptionFilter, FilterTooLong, MAX_DESCRIPTION_CHARS, choose,
    format_booking_date,
};
pub use case::{
    Cancellation, Case, CaseDetails, CaseError, Footprint, InvalidFootprint, MAX_FOOTPRINT_MIN,
    Override, Plan,
};
pub use case_query::{CaseCondition, CaseCursor, CaseOrder, CaseOrderKey, CaseQuery, SortKey};
pub use claim::{Claim, HeldClaim, Resource, ResourceKind, claims};
pub use hospital::{
    EquipmentUnit, Hospital, OpeningRule, ProcedureType, Reason, ReasonGroup, Site, Staff, Theatre,
    TheatreState, Version,
};
pub use ids::{
    Capability, CaseId, EquipmentKind, IdError, MAX_ID_CHARS, PatientId, ProcedureTypeId,
    ReasonCode, SessionId, SiteId, Specialty, StaffId, TemplateId, TheatreId, UnavailabilityId,
    UnitId,
};
pub use milestone::{Milestone, Milestones, MilestonesOutOfOrder};
pub use opening::{civil_date, civil_range, dates, day_range, open_within, opening_on};
pub use rule::{BrokenRule, RuleId, RuleSubject};
pub use rules::{
    Booker, OverrideRequest, PAST_GRACE_MIN, Placed, Surroundings, broken_rules, place,
};
pub use session::{Recurrence, Session, SessionFlags, SessionOwner, SessionState, SessionTemplate};
pub use state::{CaseState, UnknownState};
pub use team::{TeamMember, TeamRole};
pub use time_range::{EmptyRange, TimeRange, later, subtract, union};
pub use transition::{
    CLOCK_SKEW_MIN, Command, ReasonGiven, TransitionError, abort, cancel, confirm, correct,
    needs_placing, postpone, record_milestone, reschedule, schedule, update,
};
pub use unavailability::{Subject, Unavailability};
pub use urgency::{Anaesthesia, Laterality, Urgency};
