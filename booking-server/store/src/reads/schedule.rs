//! Sessions, templates, closures and absences.

use booking_domain::{
    Session, SessionId, SessionTemplate, TemplateId, TheatreId, Unavailability, UnavailabilityId,
};

use super::{Reads, surroundings::MAX_HELD_US};
use crate::{
    SessionQuery, StoreError, UnavailabilityQuery,
    db::Sql,
    rows::session::{
        SESSION, TEMPLATE, UNAVAILABILITY, read_session, read_template, read_unavailability,
        subject_key,
    },
};

fn select(columns: &str, from: &str) -> Sql {
    let mut sql = Sql::new("select ");
    sql.push(columns)
        .push(" from ")
        .push(from)
        .push(" where true");
    sql
}

impl Reads {
    /// A session by its number.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn session(&mut self, id: &SessionId) -> Result<Option<Session>, StoreError> {
        let mut sql = select(SESSION, "session s");
        sql.push(" and s.id = ").arg(id.as_str());
        self.row(sql).await?.as_ref().map(read_session).transpose()
    }

    /// Sessions.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn sessions(&mut self, query: &SessionQuery) -> Result<Vec<Session>, StoreError> {
        let mut sql = select(SESSION, "session s");
        if !query.theatres.is_empty() {
            let theatres = query.theatres.iter().map(TheatreId::as_str);
            sql.push(" and s.theatre_id in ").list(theatres);
        }
        if let Some(range) = query.range {
            let start = range.start().as_microsecond();
            sql.push(" and s.start_us > ").arg(start - MAX_HELD_US);
            sql.push(" and s.start_us < ")
                .arg(range.end().as_microsecond());
            sql.push(" and s.end_us > ").arg(start);
        }
        if let Some(surgeon) = &query.surgeon {
            sql.push(" and s.owner_surgeon = ").arg(surgeon.as_str());
        }
        if let Some(template) = &query.template {
            sql.push(" and s.template_id = ").arg(template.as_str());
        }
        if let Some((start, id)) = &query.after {
            sql.push(" and (s.start_us, s.id) > (")
                .arg(start.as_microsecond());
            sql.push(", ").arg(id.as_str()).push(")");
        }
        sql.push(" order by s.start_us, s.id");
        if let Some(limit) = query.limit {
            sql.push(" limit ").arg(limit);
        }
        self.rows(sql).await?.iter().map(read_session).collect()
    }

    /// A template by its number.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn template(
        &mut self,
        id: &TemplateId,
    ) -> Result<Option<SessionTemplate>, StoreError> {
        let mut sql = select(TEMPLATE, "session_template t");
        sql.push(" and t.id = ").arg(id.as_str());
        self.row(sql).await?.as_ref().map(read_template).transpose()
    }

    /// Every template, by number: a hospital has some dozens.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn templates(&mut self) -> Result<Vec<SessionTemplate>, StoreError> {
        let mut sql = select(TEMPLATE, "session_template t");
        sql.push(" order by t.id");
        self.rows(sql).await?.iter().map(read_template).collect()
    }

    /// A closure or absence by its number.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn unavailability(
        &mut self,
        id: &UnavailabilityId,
    ) -> Result<Option<Unavailability>, StoreError> {
        let mut sql = select(UNAVAILABILITY, "unavailability n");
        sql.push(" and n.id = ").arg(id.as_str());
        self.row(sql)
            .await?
            .as_ref()
            .map(read_unavailability)
            .transpose()
    }

    /// Closures and absences.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn unavailabilities(
        &mut self,
        query: &UnavailabilityQuery,
    ) -> Result<Vec<Unavailability>, StoreError> {
        let mut sql = select(UNAVAILABILITY, "unavailability n");
        for (index, subject) in query.subjects.iter().enumerate() {
            let (kind, resource) = subject_key(subject);
            sql.push(if index == 0 { " and (" } else { " or " });
            sql.push("n.kind = ").arg(kind as i64);
            sql.push(" and n.resource = ").arg(resource);
        }
        if !query.subjects.is_empty() {
            sql.push(")");
        }
        if let Some(range) = query.range {
            sql.push(" and n.start_us < ")
                .arg(range.end().as_microsecond());
            sql.push(" and n.end_us > ")
                .arg(range.start().as_microsecond());
        }
        sql.push(" order by n.start_us, n.id");
        self.rows(sql)
            .await?
            .iter()
            .map(read_unavailability)
            .collect()
    }
}
