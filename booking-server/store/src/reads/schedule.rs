//! Sessions, templates, closures and absences; and whatever has an identifier, by it.

use booking_domain::{Session, SessionTemplate, TheatreId, Unavailability};

use super::{snapshot::Reads, surroundings::push_overlapping};
use crate::{
    SessionQuery, StoreError, UnavailabilityQuery,
    rows::{Item, by_key, read, select, values::subject_key},
};

impl Reads {
    /// What has this identifier.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn find<T: Item>(&mut self, id: &T::Id) -> Result<Option<T>, StoreError> {
        let sql = by_key::<T>(T::key(id));
        self.row(sql).await?.as_ref().map(read).transpose()
    }

    /// Sessions.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn sessions(&mut self, query: &SessionQuery) -> Result<Vec<Session>, StoreError> {
        let mut sql = select::<Session>();
        if !query.theatres.is_empty() {
            let theatres = query.theatres.iter().map(TheatreId::as_str);
            sql.push(" and theatre_id in ").list(theatres);
        }
        if let Some(range) = query.range {
            push_overlapping(&mut sql, "", range);
        }
        if let Some(surgeon) = &query.surgeon {
            sql.push(" and owner_surgeon = ").arg(surgeon.as_str());
        }
        if let Some(template) = &query.template {
            sql.push(" and template_id = ").arg(template.as_str());
        }
        if let Some((start, id)) = &query.after {
            sql.push(" and (start_us, id) > (").arg(*start);
            sql.push(", ").arg(id.as_str()).push(")");
        }
        sql.push(" order by start_us, id");
        if let Some(limit) = query.limit {
            sql.push(" limit ").arg(limit);
        }
        self.rows(sql).await?.iter().map(read).collect()
    }

    /// Every template, by number: a hospital has some dozens.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn templates(&mut self) -> Result<Vec<SessionTemplate>, StoreError> {
        let mut sql = select::<SessionTemplate>();
        sql.push(" order by id");
        self.rows(sql).await?.iter().map(read).collect()
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
        let mut sql = select::<Unavailability>();
        for (index, subject) in query.subjects.iter().enumerate() {
            let (kind, resource) = subject_key(subject);
            sql.push(if index == 0 { " and (" } else { " or " });
            sql.push("kind = ").arg(kind as i64);
            sql.push(" and resource = ").arg(resource);
        }
        if !query.subjects.is_empty() {
            sql.push(")");
        }
        if let Some(range) = query.range {
            sql.push(" and start_us < ").arg(range.end());
            sql.push(" and end_us > ").arg(range.start());
        }
        sql.push(" order by start_us, id");
        self.rows(sql).await?.iter().map(read).collect()
    }
}
