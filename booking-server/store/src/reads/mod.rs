//! Questions to the store, inside one snapshot.
//!
//! | file | asked about |
//! |---|---|
//! | `cases` | cases, by number, by condition, by day |
//! | `surroundings` | what is in and around a place that a case is meant for |
//! | `schedule` | sessions, templates, closures, absences |
//! | `report` | narrow rows, for figures |
//! | `logs` | audit, changes, requests |

mod cases;
mod logs;
#[cfg(test)]
mod plans;
mod report;
mod schedule;
mod snapshot;
pub(crate) mod surroundings;

pub(crate) use snapshot::{Head, HospitalCache};
pub use snapshot::{Reader, Reads};
