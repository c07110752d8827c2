//! The queue of writes, and the single writer at its end.
//!
//! ```text
//!   write() ──▶ queue ──▶ worker:  begin ─▶ work, work, work … ─▶ seal ─▶ commit ─▶ answer them all
//!   write() ──▶   │                  │
//!   write() ──▶   │                  SQLite: BEGIN IMMEDIATE, the file's one write lock
//!              bounded               PostgreSQL: the head's row FOR UPDATE, one writer per database
//! ```
//!
//! A chain of hashes and a log in the order of the commits need a total order of writes anyway, so
//! there is one writer, and it makes up for that by committing many works at once: one wait for the
//! disk serves all that came while the last one was under way. With no two writers there is no
//! deadlock; the schema's own rules against overlaps stay as the net.
//!
//! Works decide before they write, so one that refuses spoils nothing for the others. One that
//! fails after writing does: the batch is rolled back and each work gets a transaction of its own.

mod batch;
mod context;
mod queue;
mod queued_write;

pub(crate) use context::{PATIENCE, WriterContext};
pub(crate) use queue::WriteQueue;
pub use queued_write::Work;
