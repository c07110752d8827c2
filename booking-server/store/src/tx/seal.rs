//! What a batch has to say for itself, written last: audit, changes, answers, the head.
//!
//! ```text
//!   head (1 row)        change_log            audit_event
//!   ┌──────────────┐    seq n+1 …  ◀─ n+1 …   seq m+1: prev = audit_hash, hash = H(prev, event)
//!   │ change_seq n │                          seq m+2: prev = the hash above, …
//!   │ audit_seq  m │
//!   │ audit_hash   │    then the head moves to the last of each; all in the one commit
//!   └──────────────┘
//! ```

use super::transaction::{Remembered, Tx};
use crate::{
    AuditEvent, StoreError, chain,
    db::{Column, Sql, Value},
    reads::Head,
    rows::log::{CHANGE, EVENT, RESPONSE, event_row},
};

/// How many rows one statement adds: far below the 32,766 parameters that SQLite takes.
pub(super) const ROWS_PER_INSERT: usize = 500;

impl Tx {
    /// Writes what is left to write; only the commit is missing then.
    pub(crate) async fn seal(&mut self) -> Result<(), StoreError> {
        let head = self.head().await?;
        let change_seq = self.write_changes(head.change_seq).await?;
        let (audit_seq, audit_hash) = self.write_audit(&head).await?;
        self.write_requests().await?;
        let sealed = Head {
            hospital_revision: head.hospital_revision + u64::from(self.hospital_changed),
            change_seq,
            audit_seq,
            audit_hash,
        };
        if sealed != head {
            self.write_head(&sealed).await?;
        }
        Ok(())
    }

    async fn write_changes(&mut self, mut seq: u64) -> Result<u64, StoreError> {
        let mut changes = std::mem::take(&mut self.changes);
        for change in &mut changes {
            seq += 1;
            change.seq = seq;
        }
        let rows = changes.iter().map(Column::values).collect();
        self.insert("change_log", CHANGE, rows, "").await?;
        Ok(seq)
    }

    async fn write_audit(&mut self, head: &Head) -> Result<(u64, [u8; 32]), StoreError> {
        let (mut sequence, mut hash) = (head.audit_seq, head.audit_hash);
        let mut rows = Vec::with_capacity(self.audit.len());
        for record in std::mem::take(&mut self.audit) {
            sequence += 1;
            let prev_hash = hash;
            hash = chain::hash(&prev_hash, sequence, &record);
            let event = AuditEvent {
                sequence,
                record,
                hash,
            };
            rows.push(event_row(&event, prev_hash));
        }
        self.insert("audit_event", EVENT, rows, "").await?;
        Ok((sequence, hash))
    }

    async fn write_requests(&mut self) -> Result<(), StoreError> {
        let row = |kept: Remembered| {
            let mut values = vec![kept.principal.into(), kept.request_id.into()];
            kept.response.write(&mut values);
            values
        };
        let requests = std::mem::take(&mut self.requests);
        let rows = requests.into_iter().map(row).collect();
        let columns = format!("principal, request_id, {RESPONSE}");
        self.insert("request_log", &columns, rows, "").await
    }

    /// Adds rows, as many with each statement as it takes; `end` is what ends it.
    pub(super) async fn insert(
        &mut self,
        table: &str,
        columns: &str,
        rows: Vec<Vec<Value>>,
        end: &str,
    ) -> Result<(), StoreError> {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut sql = Sql::new("insert into ");
            sql.push(table).push(" (").push(columns).push(") values ");
            for (index, row) in rows.by_ref().take(ROWS_PER_INSERT).enumerate() {
                sql.push(if index == 0 { "" } else { ", " }).list(row);
            }
            sql.push(end);
            self.write(sql).await?;
        }
        Ok(())
    }

    async fn write_head(&mut self, head: &Head) -> Result<(), StoreError> {
        let update = "update head set hospital_revision = $1, change_seq = $2, audit_seq = $3,
                      audit_hash = $4";
        let sql = Sql::new(update)
            .bind(head.hospital_revision)
            .bind(head.change_seq)
            .bind(head.audit_seq)
            .bind(head.audit_hash);
        self.write(sql).await.map(drop)
    }
}
