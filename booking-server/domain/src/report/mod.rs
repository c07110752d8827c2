//! Figures about what happened, each with the definition it was made by.
//!
//! ```text
//!   rows: one a case, narrow         theatre-days: date, civil day, open ranges
//!          │                                │
//!          └──────────────┬─────────────────┘
//!      utilisation · session use · on_time · turnover · cancellations · durations · waiting
//!                         │
//!          figures, and for each a sentence that says how to make it again
//! ```
//!
//! The terms are those of AACD's glossary of procedural times and of NHS Model Hospital; where they
//! leave something open, the definition says what was chosen. Definitions are written so that
//! somebody with the same rows, and without this code, gets the same figures.
//!
//! All sums are made of whole microseconds and only divided at the end.

mod cancellations;
mod durations;
mod on_time;
mod rows;
mod session_use;
mod statistics;
mod stays;
mod turnover;
mod utilisation;
mod waiting;
mod windows;

pub use cancellations::{CancellationRow, CancellationsReport, cancellations};
pub use durations::{DurationRow, MIN_CASES_FOR_SUGGESTION, durations};
pub use on_time::{GRACES_MIN, OnTimeRow, on_time_starts};
pub use rows::{Definition, Period, Report, ReportRow, RowCancellation};
pub use session_use::{SessionUseRow, session_use};
pub use statistics::Summary;
pub use turnover::{DEFAULT_IDLE_GAP_MIN, TurnoverRow, turnover};
pub use utilisation::{UtilisationRow, utilisation};
pub use waiting::{WaitingRow, waiting};
pub use windows::{TheatreDay, Window, theatre_days};

#[cfg(test)]
mod tests;
