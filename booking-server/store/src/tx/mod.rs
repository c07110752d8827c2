//! Writing, inside the writer's transaction.
//!
//! | file | writes |
//! |---|---|
//! | `cases` | cases, with their teams, units and claims |
//! | `records` | what has one row: theatres, staff, sessions, closures, … |
//! | `transaction` | what all of them use |
//! | `seal` | what the batch has to say for itself: audit, changes, answers, the head |

mod cases;
mod records;
mod seal;
mod transaction;

pub use cases::CaseUpdate;
pub use transaction::Tx;
