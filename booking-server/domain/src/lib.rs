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
//!
//! | question | answered by |
//! |---|---|
//! | what would a case hold, there? | [`claims`] |
//! | may it be there? what stands against it? | [`place`], [`broken_rules`] |
//! | may these go there, together? | [`place_all`] |
//! | may it move on? | [`schedule`], [`confirm`], … [`update`]; [`Command::allowed`] |
//! | where would it fit? | [`find_slots`] |
//! | where does an emergency go, at whose cost? | [`emergency::plan_emergency`], [`emergency::apply`] |
//! | when will it really begin? | [`project`] |
//! | what stands in the schedule against the rules? | [`conflicts`] |
//! | which sessions does a template make? | [`expand`] |
//! | when is a theatre open? | [`open_within`], [`opening_on`] |
//! | which cases, in which order? | [`CaseQuery`] |
//! | how well did it go? | [`report`] |
//!
//! Every function is total: no instant, duration, identifier or hospital makes one panic.

mod booking_info;
mod case;
mod case_query;
mod claim;
mod conflict;
pub mod emergency;
mod footprint;
mod hospital;
mod ids;
mod milestone;
mod moves;
mod opening;
mod projection;
pub mod report;
mod rule;
mod rules;
mod session;
mod slots;
mod state;
mod team;
mod template;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod time_range;
mod timetable;
mod transition;
mod unavailability;
mod urgency;
mod word;
mod wording;

pub use booking_info::{
    BookingInfo, BookingQuery, DescriptionFilter, FilterTooLong, MAX_DESCRIPTION_CHARS, choose,
    format_booking_date,
};
pub use case::{
    BloodUnits, Cancellation, Case, CaseDetails, CaseError, MAX_BLOOD_UNITS, Override, Plan,
    TooMuchBlood,
};
pub use case_query::{CaseCondition, CaseCursor, CaseOrder, CaseOrderKey, CaseQuery, SortKey};
pub use claim::{Claim, HeldClaim, MAX_CLAIM_MIN, Resource, ResourceKind, claims};
pub use conflict::{Conflict, conflicts};
pub use footprint::{Footprint, InvalidFootprint, MAX_FOOTPRINT_MIN};
pub use hospital::{
    EquipmentUnit, Hospital, OpeningRule, ProcedureType, Reason, ReasonGroup, Site, Staff, Theatre,
    TheatreState,
};
pub use ids::{
    Capability, CaseId, EquipmentKind, IdError, MAX_ID_CHARS, PatientId, ProcedureTypeId,
    ReasonCode, SessionId, SiteId, Specialty, StaffId, TemplateId, TheatreId, UnavailabilityId,
    UnitId, Version,
};
pub use milestone::{Milestone, Milestones, MilestonesOutOfOrder};
pub use moves::{Move, MovesRefused, place_all};
pub use opening::{civil_date, civil_range, dates, day_range, open_within, opening_on};
pub use projection::{Projection, project};
pub use rule::{BrokenRule, RuleId, RuleSubject};
pub use rules::{
    Booker, OverrideRequest, PAST_GRACE_MIN, Placed, Surroundings, broken_rules, place,
};
pub use session::{
    PAEDIATRIC, Recurrence, Session, SessionFlags, SessionOwner, SessionState, SessionTemplate,
};
pub use slots::{
    MAX_SEARCH_DAYS, MAX_SEARCH_THEATRE_DAYS, PLAN_GRID_MIN, SlotOffer, SlotSearch, find_slots,
    next_on_grid, searched,
};
pub use state::CaseState;
pub use team::{TeamMember, TeamRole};
pub use template::{Expansion, MAX_EXPANSION_DAYS, Skipped, expand};
pub use time_range::{EmptyRange, TimeRange, later, subtract, union};
pub use timetable::Timetable;
pub use transition::{
    CLOCK_SKEW_MIN, Command, ReasonGiven, TransitionError, abort, cancel, confirm, correct,
    needs_placing, postpone, record_milestone, reschedule, schedule, update,
};
pub use unavailability::{Subject, Unavailability};
pub use urgency::{Anaesthesia, Laterality, Urgency};
pub use word::UnknownWord;
