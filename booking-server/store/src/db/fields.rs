//! A row's columns, read one after the other in the order in which they were asked for.
//!
//! The schema's checks make every refusal here a sign of damage, or of a hand that went around
//! them; what is said of it names table and column and never the value, which may be a patient's.

use std::{fmt::Display, str::Split};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::{Column as _, Decode, Postgres, Row as _, Sqlite, Type};

use super::{Row, Value};
use crate::StoreError;

/// What is kept in a column, or in several beside each other.
pub(crate) trait Column: Sized {
    /// Reads it, from where `f` stands.
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError>;

    /// Adds what its columns hold.
    fn write(&self, values: &mut Vec<Value>);

    /// All that its columns hold.
    fn values(&self) -> Vec<Value> {
        let mut values = Vec::new();
        self.write(&mut values);
        values
    }
}

pub(crate) struct Fields<'r> {
    table: &'static str,
    source: Source<'r>,
    next: usize,
}

/// Where the columns are.
enum Source<'r> {
    Row(&'r Row),
    /// In one text, which the database has made of them.
    Packed(Split<'r, char>),
}

/// What is wrong with a value, without sqlx's words around it.
fn cause(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::ColumnDecode { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

/// What a column can be for either database, and in a text.
trait Plain:
    for<'d> Decode<'d, Sqlite> + Type<Sqlite> + for<'d> Decode<'d, Postgres> + Type<Postgres>
{
    /// Out of a text that columns are packed in.
    fn unpack(text: &str) -> Option<Self>;
}

impl Plain for i64 {
    fn unpack(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Plain for String {
    fn unpack(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Plain for bool {
    /// SQLite says 1 and 0, PostgreSQL true and false, or t and f.
    fn unpack(text: &str) -> Option<Self> {
        match text {
            "1" | "t" | "true" => Some(true),
            "0" | "f" | "false" => Some(false),
            _ => None,
        }
    }
}

impl Plain for Vec<u8> {
    /// Bytes are never packed.
    fn unpack(_: &str) -> Option<Self> {
        None
    }
}

/// Packed, what is not there is empty.
impl<T: Plain> Plain for Option<T>
where
    Self: for<'d> Decode<'d, Sqlite> + Type<Sqlite> + for<'d> Decode<'d, Postgres> + Type<Postgres>,
{
    fn unpack(text: &str) -> Option<Self> {
        if text.is_empty() {
            Some(None)
        } else {
            T::unpack(text).map(Some)
        }
    }
}

impl<'r> Fields<'r> {
    pub(crate) fn of(table: &'static str, row: &'r Row) -> Self {
        Self {
            table,
            source: Source::Row(row),
            next: 0,
        }
    }

    /// Out of a text in which `between` stands between the columns.
    pub(crate) fn packed(table: &'static str, text: &'r str, between: char) -> Self {
        Self {
            table,
            source: Source::Packed(text.split(between)),
            next: 0,
        }
    }

    /// What is in the next columns.
    pub(crate) fn take<T: Column>(&mut self) -> Result<T, StoreError> {
        T::read(self)
    }

    /// The next column.
    fn plain<T: Plain>(&mut self) -> Result<T, StoreError> {
        let index = self.next;
        self.next += 1;
        let found = match &mut self.source {
            Source::Row(Row::Sqlite(row)) => row.try_get(index).map_err(|error| cause(&error)),
            Source::Row(Row::Postgres(row)) => row.try_get(index).map_err(|error| cause(&error)),
            Source::Packed(columns) => {
                let text = columns.next();
                let value = text.and_then(T::unpack);
                value.ok_or_else(|| "missing, or not what it should be".to_owned())
            }
        };
        found.map_err(|error| self.damaged(&error))
    }

    /// Leaves columns out.
    pub(crate) fn skip(&mut self, columns: usize) {
        self.next += columns;
    }

    /// Blames the column that was read last.
    pub(crate) fn damaged(&self, why: &dyn Display) -> StoreError {
        let index = self.next.saturating_sub(1);
        let name = match self.source {
            Source::Row(Row::Sqlite(row)) => row.columns().get(index).map(|it| it.name()),
            Source::Row(Row::Postgres(row)) => row.columns().get(index).map(|it| it.name()),
            Source::Packed(_) => None,
        };
        let column = name.map_or_else(|| format!("column {}", index + 1), str::to_owned);
        StoreError::Corrupt(format!("{}.{column}: {why}", self.table))
    }

    pub(crate) fn int(&mut self) -> Result<i64, StoreError> {
        self.plain()
    }

    pub(crate) fn opt_int(&mut self) -> Result<Option<i64>, StoreError> {
        self.plain()
    }

    pub(crate) fn text(&mut self) -> Result<String, StoreError> {
        self.plain()
    }

    pub(crate) fn opt_text(&mut self) -> Result<Option<String>, StoreError> {
        self.plain()
    }

    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        self.plain()
    }

    pub(crate) fn flag(&mut self) -> Result<bool, StoreError> {
        self.plain()
    }

    pub(crate) fn opt_flag(&mut self) -> Result<Option<bool>, StoreError> {
        self.plain()
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
