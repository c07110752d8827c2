//! A transaction that writes, and what it has to say for itself at its end.

use std::ops::{Deref, DerefMut};

use jiff::Timestamp;

use crate::{
    AuditRecord, Change, ChangeKind, PlannedSlot, Reads, StoreError, StoredResponse,
    db::{Conn, Sql, is_dangling, is_duplicate},
};

/// A transaction that may write. It sees what was committed before it and what it wrote itself.
///
/// Decide first, then write: a work that refuses must not have written.
///
/// Every write of a resource goes into the change log by itself. The version of what is put is the
/// one it shall have, 1 for what is new; what it replaces must be in the version before, else
/// [`StoreError::Stale`].
#[derive(Debug)]
pub struct Tx {
    pub(super) reads: Reads,
    at: Timestamp,
    /// PostgreSQL's number for the transaction, to ask after it if its end is not heard.
    pub(crate) xid: Option<i64>,
    pub(super) writes: usize,
    pub(super) hospital_changed: bool,
    pub(super) changes: Vec<Change>,
    pub(super) audit: Vec<AuditRecord>,
    pub(super) requests: Vec<Remembered>,
}

#[derive(Debug)]
pub(super) struct Remembered {
    pub(super) principal: String,
    pub(super) request_id: String,
    pub(super) response: StoredResponse,
}

/// How much a transaction had written at some point.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    writes: usize,
    changes: usize,
    audit: usize,
    requests: usize,
}

impl Deref for Tx {
    type Target = Reads;

    fn deref(&self) -> &Reads {
        &self.reads
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Reads {
        &mut self.reads
    }
}

impl Tx {
    pub(crate) fn new(reads: Reads, at: Timestamp, xid: Option<i64>) -> Self {
        Self {
            reads,
            at,
            xid,
            writes: 0,
            hospital_changed: false,
            changes: Vec::new(),
            audit: Vec::new(),
            requests: Vec::new(),
        }
    }

    /// Appends to the audit; sealed into the chain at the commit.
    pub fn audit(&mut self, record: AuditRecord) {
        self.audit.push(record);
    }

    /// Keeps the answer to a principal's request, for when it is sent again.
    pub fn remember(&mut self, principal: &str, request_id: &str, response: StoredResponse) {
        self.requests.push(Remembered {
            principal: principal.to_owned(),
            request_id: request_id.to_owned(),
            response,
        });
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            writes: self.writes,
            changes: self.changes.len(),
            audit: self.audit.len(),
            requests: self.requests.len(),
        }
    }

    /// Whether rows have been written since; they can only be undone with all the others.
    pub(crate) fn wrote_since(&self, mark: Mark) -> bool {
        self.writes > mark.writes
    }

    /// Forgets what was said, but not yet written, since.
    pub(crate) fn forget_since(&mut self, mark: Mark) {
        self.changes.truncate(mark.changes);
        self.audit.truncate(mark.audit);
        self.requests.truncate(mark.requests);
    }

    /// Whether there is nothing to commit.
    pub(crate) fn is_blank(&self) -> bool {
        self.writes == 0 && self.audit.is_empty() && self.requests.is_empty()
    }

    /// Forgets changes and answers that are older than they are kept for.
    pub(crate) async fn prune(
        &mut self,
        changes_before: Timestamp,
        requests_before: Timestamp,
    ) -> Result<(), StoreError> {
        // Nothing is deleted behind a younger change, so that what is left has no gaps.
        let changes = "delete from change_log where seq < (
            select coalesce(min(seq), 0) from change_log where at_us >= $1)";
        let requests = "delete from request_log where at_us < $1";
        for (sql, before) in [(changes, changes_before), (requests, requests_before)] {
            self.write(Sql::new(sql).bind(before.as_microsecond()))
                .await?;
        }
        Ok(())
    }

    pub(crate) fn into_conn(self) -> Conn {
        self.reads.conn
    }

    pub(crate) async fn roll_back(self) {
        // A connection that cannot even do that is closed, which does it too.
        drop(self.reads.conn.rollback().await);
    }

    pub(super) fn changed(
        &mut self,
        kind: ChangeKind,
        id: &str,
        before: Option<PlannedSlot>,
        after: Option<PlannedSlot>,
    ) {
        self.changes.push(Change {
            seq: 0, // given when the batch is sealed
            at: self.at,
            kind,
            id: id.to_owned(),
            before,
            after,
        });
    }

    /// Writes rows.
    pub(super) async fn write(&mut self, sql: Sql) -> Result<u64, StoreError> {
        self.writes += 1;
        self.reads.run(sql).await
    }

    /// Writes the one row of `what` that is in the version expected.
    pub(super) async fn replace(&mut self, what: &str, sql: Sql) -> Result<(), StoreError> {
        match self.write(sql).await? {
            1 => Ok(()),
            _ => Err(StoreError::Stale(what.to_owned())),
        }
    }

    /// Writes a row that must not be there yet.
    pub(super) async fn add(&mut self, what: &str, sql: Sql) -> Result<(), StoreError> {
        self.writes += 1;
        let done = self.reads.conn.run(sql).await;
        done.map(drop).map_err(|error| {
            let duplicate = is_duplicate(&error);
            let error = self.reads.note(error);
            if duplicate {
                StoreError::Exists(what.to_owned())
            } else {
                error
            }
        })
    }

    /// Removes a row that nothing may refer to, in the version expected.
    pub(super) async fn remove(&mut self, what: &str, sql: Sql) -> Result<(), StoreError> {
        self.writes += 1;
        let done = self.reads.conn.run(sql).await;
        match done {
            Ok(1) => Ok(()),
            Ok(_) => Err(StoreError::Stale(what.to_owned())),
            Err(error) => {
                let referred_to = is_dangling(&error);
                let error = self.reads.note(error);
                Err(if referred_to {
                    StoreError::InUse(what.to_owned())
                } else {
                    error
                })
            }
        }
    }
}
