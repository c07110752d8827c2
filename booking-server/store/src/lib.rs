//! What the hospital is remembered in: SQLite for one server, PostgreSQL for many.
//!
//! [`Store`] is all that the rest of the server knows. It speaks domain types, decides nothing
//! about surgery, and promises three things:
//!
//! - what [`Store::write`] has answered is on disk, whole: the case, its claims, the audit event,
//!   the change and the remembered answer, or none of them;
//! - no two cases hold one resource at one time, whoever writes: the database itself refuses;
//! - [`Store::changes`] tells every change once, in the order of the commits.
//!
//! ```text
//!   write(command, work) ─▶ queue ─▶ one transaction: work, work, work … + audit + changes ─▶ commit
//!   read() ───────────────▶ Reads: one snapshot
//!   changes() ◀───────────── tail of the change log (LISTEN/NOTIFY and a poll on PostgreSQL)
//! ```

mod audit;
mod chain;
mod change;
mod db;
mod error;
mod examine;
mod feed;
mod location;
mod migrations;
mod names;
mod opened;
mod options;
mod postgres;
mod prepare;
mod prune;
mod query;
mod reads;
mod rows;
mod seed;
mod sqlite;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod token_key;
mod tx;
mod wake;
mod write_queue;

pub use audit::{
    AuditCondition, AuditEvent, AuditQuery, AuditRecord, ChainReport, FieldChange, Outcome,
};
pub use change::{Change, ChangeKind, PlannedSlot};
pub use error::{OpenError, StoreError};
pub use examine::Finding;
pub use feed::{ChangeFeed, FeedError};
pub use location::{InvalidDatabaseUrl, Location, PostgresUrl};
pub use options::OpenOptions;
pub use query::{Scope, SessionQuery, StoredResponse, UnavailabilityQuery};
pub use reads::Reads;
pub use rows::Item;
pub use seed::{Seed, UnknownSeed};
pub use store::Store;
pub use token_key::TokenKey;
pub use tx::{CaseUpdate, Tx};
pub use write_queue::Work;
