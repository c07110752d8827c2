//! The mapping file: what a log calls its columns, and how it writes dates.

use serde::Deserialize;
use thiserror::Error;

use super::columns::Field;

/// A mapping file; everything in it is optional.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    #[serde(default)]
    columns: ColumnNames,
    #[serde(default)]
    pub(super) format: Format,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnNames {
    encounter_id: Option<String>,
    theatre: Option<String>,
    specialty: Option<String>,
    procedure: Option<String>,
    date: Option<String>,
    booked_min: Option<String>,
    scheduled_time: Option<String>,
    wheels_in: Option<String>,
    knife_to_skin: Option<String>,
    closed: Option<String>,
    wheels_out: Option<String>,
}

/// Forms as `strftime` writes them, tried in this order before the usual ones.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Format {
    #[serde(default)]
    pub(super) date_time: Vec<String>,
    #[serde(default)]
    pub(super) date: Vec<String>,
    delimiter: Option<Delimiter>,
}

/// One character between cells.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Delimiter(u8);

impl TryFrom<String> for Delimiter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_bytes() {
            [byte @ (b',' | b';' | b'\t' | b'|')] => Ok(Self(*byte)),
            _ => Err(r#"a delimiter is ",", ";", "|" or "\t""#.to_owned()),
        }
    }
}

/// A mapping file that cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct MappingError(String);

impl Mapping {
    /// Reads a mapping file's text.
    ///
    /// # Errors
    /// [`MappingError`] naming the line.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        toml::from_str(text).map_err(|error| MappingError(error.to_string()))
    }

    pub(super) fn delimiter(&self) -> u8 {
        self.format.delimiter.map_or(b',', |Delimiter(byte)| byte)
    }

    /// What the file calls the column of a field.
    pub(super) fn column(&self, field: Field) -> Option<&str> {
        let columns = &self.columns;
        let name = match field {
            Field::EncounterId => &columns.encounter_id,
            Field::Theatre => &columns.theatre,
            Field::Specialty => &columns.specialty,
            Field::Procedure => &columns.procedure,
            Field::Date => &columns.date,
            Field::BookedMin => &columns.booked_min,
            Field::ScheduledTime => &columns.scheduled_time,
            Field::WheelsIn => &columns.wheels_in,
            Field::KnifeToSkin => &columns.knife_to_skin,
            Field::Closed => &columns.closed,
            Field::WheelsOut => &columns.wheels_out,
        };
        name.as_deref()
    }
}
