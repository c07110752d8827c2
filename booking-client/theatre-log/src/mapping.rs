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
    #[serde(skip)]
    left_out: Vec<Field>,
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

/// What may stand between cells, the usual one last.
const SEPARATORS: [u8; 4] = [b'|', b'\t', b';', b','];

/// One character between cells.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Delimiter(u8);

impl TryFrom<String> for Delimiter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_bytes() {
            [byte] if SEPARATORS.contains(byte) => Ok(Self(*byte)),
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

    /// With the separator that the first line of a log has most of.
    pub fn separated_as(log: &[u8]) -> Self {
        let line = log.split(|byte| matches!(byte, b'\n' | b'\r')).next();
        let count = |separator: &u8| {
            let cells = line.unwrap_or_default().iter();
            cells.filter(|byte| *byte == separator).count()
        };
        // The last of equals wins: the comma where there is none at all.
        let most = SEPARATORS.into_iter().max_by_key(count);
        let mut mapping = Self::default();
        mapping.format.delimiter = most.map(Delimiter);
        mapping
    }

    /// Says that a field is in the column of this name or, with none, that it is not in the log even
    /// if a column has a usual name for it.
    pub fn put(&mut self, field: Field, column: Option<String>) {
        if column.is_none() {
            self.left_out.push(field);
        }
        *self.columns.of_mut(field) = column;
    }

    /// Tries this form of dates and times, as `strftime` writes it, before the others.
    pub fn try_form(&mut self, form: &str) {
        self.format.date_time.push(form.to_owned());
    }

    pub(super) fn leaves_out(&self, field: Field) -> bool {
        self.left_out.contains(&field)
    }

    pub(super) fn delimiter(&self) -> u8 {
        self.format.delimiter.map_or(b',', |Delimiter(byte)| byte)
    }

    /// What the file calls the column of a field.
    pub(super) fn column(&self, field: Field) -> Option<&str> {
        self.columns.of(field).as_deref()
    }
}

/// The one table from fields to names, for reading and for writing.
macro_rules! columns {
    ($($field:ident: $name:ident,)*) => {
        impl ColumnNames {
            fn of(&self, field: Field) -> &Option<String> {
                match field {
                    $(Field::$field => &self.$name,)*
                }
            }

            fn of_mut(&mut self, field: Field) -> &mut Option<String> {
                match field {
                    $(Field::$field => &mut self.$name,)*
                }
            }
        }
    };
}

columns! {
    EncounterId: encounter_id,
    Theatre: theatre,
    Specialty: specialty,
    Procedure: procedure,
    Date: date,
    BookedMin: booked_min,
    ScheduledTime: scheduled_time,
    WheelsIn: wheels_in,
    KnifeToSkin: knife_to_skin,
    Closed: closed,
    WheelsOut: wheels_out,
}
