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
mod report;
mod schedule;
mod snapshot;
pub(crate) mod surroundings;

pub use snapshot::Reads;
pub(crate) use snapshot::{Head, HospitalCache};

#[cfg(test)]
mod tests;
