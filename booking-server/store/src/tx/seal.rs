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

use super::transaction::Tx;
use crate::{
    AuditEvent, StoreError, chain,
    db::Sql,
    reads::Head,
    rows::log::{CHANGE, EVENT, push_change, push_event, push_response},
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
        for some in changes.chunks(ROWS_PER_INSERT) {
            let mut sql = insert("change_log", CHANGE);
            separated(&mut sql, some, push_change);
            self.write(sql).await?;
        }
        Ok(seq)
    }

    async fn write_audit(&mut self, head: &Head) -> Result<(u64, [u8; 32]), StoreError> {
        let (mut seq, mut hash) = (head.audit_seq, head.audit_hash);
        let mut events = Vec::with_capacity(self.audit.len());
        for record in std::mem::take(&mut self.audit) {
            seq += 1;
            let prev_hash = hash;
            hash = chain::hash(&prev_hash, seq, &record);
            let event = AuditEvent {
                sequence: seq,
                record,
                hash,
            };
            events.push((event, prev_hash));
        }
        for some in events.chunks(ROWS_PER_INSERT) {
            let mut sql = insert("audit_event", EVENT);
            separated(&mut sql, some, |sql, (event, prev_hash)| {
                push_event(sql, event, prev_hash);
            });
            self.write(sql).await?;
        }
        Ok((seq, hash))
    }

    async fn write_requests(&mut self) -> Result<(), StoreError> {
        let requests = std::mem::take(&mut self.requests);
        for some in requests.chunks(ROWS_PER_INSERT) {
            let columns = "principal, request_id, method, request_hash, response, at_us";
            let mut sql = insert("request_log", columns);
            separated(&mut sql, some, |sql, kept| {
                push_response(sql, &kept.principal, &kept.request_id, &kept.response);
            });
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
            .bind(&head.audit_hash);
        self.write(sql).await.map(drop)
    }
}

pub(super) fn insert(table: &str, columns: &str) -> Sql {
    let mut sql = Sql::new("insert into ");
    sql.push(table).push(" (").push(columns).push(") values ");
    sql
}

pub(super) fn separated<T>(sql: &mut Sql, rows: &[T], push: impl Fn(&mut Sql, &T)) {
    for (index, row) in rows.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " });
        push(sql, row);
    }
}
