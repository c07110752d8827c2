//! What a hospital means by its words, and the rules it goes by; pure.
//!
//! Nothing in this folder does I/O, reads a clock, draws a random number or knows of SQL or
//! protobuf: instants and time zones are arguments. `grpc` asks, `store` remembers, this decides.
//!
//! | word | meaning here |
//! |---|---|
//! | case | one operation on one patient, from the request to the end: [`SurgicalCase`] |
//! | state | where a case stands between the two: [`CaseState`] |
//! | slot | the instants for which a case is planned into a theatre: [`Slot`] |
//! | team | who does what in a case: [`TeamRole`] |
//! | waiting list | the cases that have no slot yet, or lost theirs |
//! | booking info | the answer to "when, and for what?": [`BookingInfo`] |

mod booking_info;
mod case;
mod ids;
mod slot;
mod state;
mod team;

pub use booking_info::{
    BookingInfo, BookingQuery, DescriptionFilter, FilterTooLong, MAX_DESCRIPTION_CHARS, choose,
    format_booking_date,
};
pub use case::{CaseError, Plan, SurgicalCase};
pub use ids::{CaseId, DoctorId, IdError, MAX_ID_CHARS, PatientId};
pub use slot::{MAX_FOOTPRINT, Slot, SlotError};
pub use state::{CaseState, UnknownState};
pub use team::TeamRole;
