//! A row's columns, read one after the other in the order in which they were asked for.
//!
//! The schema's checks make every refusal here a sign of damage, or of a hand that went around
//! them; what is said of it names table and column and never the value, which may be a patient's.

use std::fmt::Display;

use booking_domain::TimeRange;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::{Column as _, Row as _};

use super::Row;
use crate::StoreError;

pub(crate) struct Fields<'r> {
    table: &'static str,
    row: &'r Row,
    next: usize,
}

/// Takes the next column as one of sqlx's types.
macro_rules! take {
    ($self:ident) => {{
        let index = $self.next;
        $self.next += 1;
        match $self.row {
            Row::Sqlite(row) => row.try_get(index),
            Row::Postgres(row) => row.try_get(index),
        }
        .map_err(|error| $self.damaged(&cause(&error)))
    }};
}

/// What is wrong with a value, without sqlx's words around it.
fn cause(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::ColumnDecode { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

impl<'r> Fields<'r> {
    pub(crate) fn of(table: &'static str, row: &'r Row) -> Self {
        Self {
            table,
            row,
            next: 0,
        }
    }

    /// Leaves columns out.
    pub(crate) fn skip(&mut self, columns: usize) {
        self.next += columns;
    }

    /// Blames the column that was read last.
    pub(crate) fn damaged(&self, why: &dyn Display) -> StoreError {
        let index = self.next.saturating_sub(1);
        let column = match self.row {
            Row::Sqlite(row) => row.columns().get(index).map(|column| column.name()),
            Row::Postgres(row) => row.columns().get(index).map(|column| column.name()),
        };
        let column = column.unwrap_or("?");
        StoreError::Corrupt(format!("{}.{column}: {why}", self.table))
    }

    pub(crate) fn int(&mut self) -> Result<i64, StoreError> {
        take!(self)
    }

    pub(crate) fn opt_int(&mut self) -> Result<Option<i64>, StoreError> {
        take!(self)
    }

    pub(crate) fn text(&mut self) -> Result<String, StoreError> {
        take!(self)
    }

    pub(crate) fn opt_text(&mut self) -> Result<Option<String>, StoreError> {
        take!(self)
    }

    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        take!(self)
    }

    pub(crate) fn flag(&mut self) -> Result<bool, StoreError> {
        take!(self)
    }

    pub(crate) fn opt_flag(&mut self) -> Result<Option<bool>, StoreError> {
        take!(self)
    }

    /// A number of a narrower type.
    pub(crate) fn number<T: TryFrom<i64>>(&mut self) -> Result<T, StoreError> {
        let value = self.int()?;
        T::try_from(value).map_err(|_| self.damaged(&"out of range"))
    }

    pub(crate) fn instant(&mut self) -> Result<Timestamp, StoreError> {
        let us = self.int()?;
        Timestamp::from_microsecond(us).map_err(|error| self.damaged(&error))
    }

    pub(crate) fn opt_instant(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let us = self.opt_int()?;
        us.map(Timestamp::from_microsecond)
            .transpose()
            .map_err(|error| self.damaged(&error))
    }

    /// Two columns: the start and the end.
    pub(crate) fn range(&mut self) -> Result<TimeRange, StoreError> {
        let start = self.instant()?;
        let end = self.instant()?;
        TimeRange::new(start, end).map_err(|error| self.damaged(&error))
    }

    pub(crate) fn hash(&mut self) -> Result<[u8; 32], StoreError> {
        let bytes = self.bytes()?;
        <[u8; 32]>::try_from(bytes).map_err(|_| self.damaged(&"not 32 bytes"))
    }

    /// Text that is parsed.
    pub(crate) fn parse<T, E: Display>(
        &mut self,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, StoreError> {
        let text = self.text()?;
        parse(&text).map_err(|error| self.damaged(&error))
    }

    /// Text that is parsed, where there is any.
    pub(crate) fn opt_parse<T, E: Display>(
        &mut self,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, StoreError> {
        let text = self.opt_text()?;
        text.map(|text| parse(&text).map_err(|error| self.damaged(&error)))
            .transpose()
    }

    /// Text that is JSON.
    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Result<T, StoreError> {
        let text = self.text()?;
        // serde's own words may quote the text.
        serde_json::from_str(&text).map_err(|_| self.damaged(&"not the JSON it should be"))
    }
}
