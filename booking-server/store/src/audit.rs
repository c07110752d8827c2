//! Who did what: an append-only chain of events.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How a call ended that is worth keeping.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Outcome {
    /// It did what was asked.
    #[default]
    Ok,
    /// It was not allowed, and nothing was looked at.
    Denied,
}

/// One field that was changed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FieldChange {
    /// Which.
    pub field: String,
    /// What was in it.
    pub before: String,
    /// What is in it.
    pub after: String,
}

/// What is known of a call when it is written down.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AuditRecord {
    /// When.
    pub at: Timestamp,
    /// Such as `ot.v1.CaseService/ScheduleCase`.
    pub method: String,
    /// The resource's name, such as `cases/…`.
    pub resource: String,
    /// The service account that was proven.
    pub account: String,
    /// How: `alts`.
    pub transport: String,
    /// Whom the account acted for; empty for nobody.
    pub person: String,
    /// The request's id, or empty.
    pub request_id: String,
    /// What was there; empty for nothing.
    pub etag_before: String,
    /// What is there; empty for nothing.
    pub etag_after: String,
    /// Field by field.
    pub changes: Vec<FieldChange>,
    /// Why, in words or by code.
    pub reason: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// A record in its place in the chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuditEvent {
    /// Its place, from 1 without a gap.
    pub sequence: u64,
    /// What happened.
    pub record: AuditRecord,
    /// SHA-256 over the hash before and this.
    pub hash: [u8; 32],
}

/// What must be true of an event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AuditCondition {
    /// About this resource.
    ResourceIs(String),
    /// By this account.
    AccountIs(String),
    /// For this person.
    PersonIs(String),
    /// Of this method.
    MethodIs(String),
    /// Ended so.
    OutcomeIs(Outcome),
    /// Then or later.
    TimeFrom(Timestamp),
    /// Earlier.
    TimeBefore(Timestamp),
}

/// Which events; the newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// All of these must hold.
    pub conditions: Vec<AuditCondition>,
    /// Older than the event in this place.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: u32,
}

/// What computing the whole chain again has shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChainReport {
    /// How many events fit, from the first on.
    pub events: u64,
    /// The first that does not, and why; `None` when all do.
    pub broken: Option<(u64, String)>,
    /// The hash of the last that fits: kept elsewhere, it shows a chain that was cut short and
    /// mended.
    pub head: [u8; 32],
}
