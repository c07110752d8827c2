//! An emergency has to go somewhere now: where, and at whose cost? Shown before it is done.
//!
//! ```text
//!   for each theatre that can take it
//!     nobody moved      the first start that breaks no rule the booker cannot override
//!     others moved      an earlier start, with only less urgent cases that have not begun in the way;
//!                       each of them then: later in the same theatre, the same day   DELAYED
//!                                          else in another theatre, the same day     MOVED
//!                                          else back to the waiting list             POSTPONED
//! ```
//!
//! The shortest wait comes first; of options with the same wait the one that costs others least: by
//! how many are postponed, moved, delayed, and for how long. An option is a value: [`apply`] takes it back, looks at every
//! case again, and refuses it as stale when one has changed.

mod apply;
mod plan;
mod resettle;

pub use apply::{ApplyError, Change, apply};
pub use plan::{
    Consequence, EMERGENCY_BUMP, EMERGENCY_HORIZON_MIN, EmergencyOption, Fate, Outlook,
    plan_emergency,
};
