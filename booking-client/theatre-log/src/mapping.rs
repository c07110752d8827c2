//! The mapping file: what a log calls its columns, and how it writes dates.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::field::Field;

/// A mapping file; everything in it is optional.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// None: not in the log, whatever its columns are called.
    #[serde(default)]
    columns: BTreeMap<Field, Option<String>>,
    #[serde(default)]
    pub(super) format: Format,
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

impl Mapping {
    /// Reads a mapping file's text.
    ///
    /// # Errors
    /// What is wrong with it, naming the line.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
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
        self.columns.insert(field, column);
    }

    /// Tries this form of dates and times, as `strftime` writes it, before the others.
    pub fn try_form(&mut self, form: &str) {
        self.format.date_time.push(form.to_owned());
    }

    pub(super) fn leaves_out(&self, field: Field) -> bool {
        self.columns.get(&field) == Some(&None)
    }

    pub(super) fn delimiter(&self) -> u8 {
        self.format.delimiter.map_or(b',', |Delimiter(byte)| byte)
    }

    /// What the file calls the column of a field.
    pub(super) fn column(&self, field: Field) -> Option<&str> {
        self.columns.get(&field)?.as_deref()
    }
}
