//! The logs: audit, changes, requests.

use super::snapshot::Reads;
use crate::{
    AuditCondition, AuditEvent, AuditQuery, Change, StoreError, StoredResponse,
    db::{Fields, Row, Sql},
    rows::log::{CHANGE, EVENT, RESPONSE, read_event},
};

impl Reads {
    /// Audit events, the newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn audit_page(&mut self, query: &AuditQuery) -> Result<Vec<AuditEvent>, StoreError> {
        let mut sql = Sql::new("select ");
        sql.push(EVENT).push(" from audit_event where true");
        for condition in &query.conditions {
            match condition {
                AuditCondition::ResourceIs(it) => sql.push(" and resource = ").arg(it.as_str()),
                AuditCondition::AccountIs(it) => sql.push(" and account = ").arg(it.as_str()),
                AuditCondition::PersonIs(it) => sql.push(" and person = ").arg(it.as_str()),
                AuditCondition::MethodIs(it) => sql.push(" and method = ").arg(it.as_str()),
                AuditCondition::OutcomeIs(it) => sql.push(" and outcome = ").arg(it.as_str()),
                AuditCondition::TimeFrom(at) => sql.push(" and at_us >= ").arg(*at),
                AuditCondition::TimeBefore(at) => sql.push(" and at_us < ").arg(*at),
            };
        }
        if let Some(before) = query.before {
            sql.push(" and seq < ").arg(before);
        }
        sql.push(" order by seq desc limit ").arg(query.limit);
        let rows = self.rows(sql).await?;
        rows.iter()
            .map(|row| read_event(row).map(|(event, _)| event))
            .collect()
    }

    /// At most `limit` rows of the audit after the event in place `after`, oldest first, as they
    /// are: whoever verifies them must see what is wrong with one.
    pub(crate) async fn audit_rows(
        &mut self,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Row>, StoreError> {
        self.rows(following(EVENT, "audit_event", after, limit))
            .await
    }

    /// At most `limit` changes after the one in place `after`, in order.
    pub(crate) async fn change_rows(
        &mut self,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Change>, StoreError> {
        let sql = following(CHANGE, "change_log", after, limit);
        let rows = self.rows(sql).await?;
        let changes = rows.iter().map(|row| Fields::of("change_log", row).take());
        changes.collect()
    }

    /// What was answered to a principal's request.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn request(
        &mut self,
        principal: &str,
        request_id: &str,
    ) -> Result<Option<StoredResponse>, StoreError> {
        let mut sql = Sql::new("select ");
        sql.push(RESPONSE)
            .push(" from request_log where principal = ")
            .arg(principal);
        sql.push(" and request_id = ").arg(request_id);
        let row = self.row(sql).await?;
        row.map(|row| Fields::of("request_log", &row).take())
            .transpose()
    }
}

/// At most `limit` rows of a log after the one in place `after`, in order.
fn following(columns: &str, log: &str, after: u64, limit: u32) -> Sql {
    let mut sql = Sql::owned(format!("select {columns} from {log} where seq > "));
    sql.arg(after).push(" order by seq limit ").arg(limit);
    sql
}
