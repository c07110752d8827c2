//! Which column holds what.

use csv::ByteRecord;
use thiserror::Error;

use super::{
    field::{Field, plain},
    mapping::Mapping,
};

/// Why a log cannot be read at all.
#[derive(Debug, Error)]
pub enum LogError {
    /// Columns that are needed, or named in the mapping file, and not there, and those that are.
    #[error("has no column {0}; its header has {1}; name the columns in a --mapping file")]
    Missing(String, String),
    /// Which of the two is meant?
    #[error("has more than one column '{0}'; rename all but one")]
    Twice(String),
    /// Its bytes are no text that could be CSV.
    #[error("{0}")]
    NotText(&'static str),
    /// It could not be read to its end.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] csv::Error),
}

/// Where in a record each field is.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// In the order of [`Field::ALL`].
    index: [Option<usize>; 11],
    /// How many the header has.
    pub(super) count: usize,
}

impl Columns {
    /// Finds every field by its mapped or its usual name, in any letter case. Columns of other names
    /// are left alone.
    pub(super) fn find(header: &ByteRecord, mapping: &Mapping) -> Result<Self, LogError> {
        let there: Vec<String> = header
            .iter()
            .map(|cell| plain(&String::from_utf8_lossy(cell)))
            .collect();
        let mut index = [None; 11];
        let mut missing = Vec::new();
        for (place, field) in index.iter_mut().zip(Field::ALL) {
            if mapping.leaves_out(field) {
                continue;
            }
            let mapped = mapping.column(field).map(plain);
            let wanted: Vec<&str> = match &mapped {
                Some(name) => vec![name],
                None => field.usual_names().to_vec(),
            };
            let mut found = there
                .iter()
                .enumerate()
                .filter(|(_, name)| wanted.contains(&name.as_str()));
            *place = found.next().map(|(at, _)| at);
            if let Some((_, name)) = found.next() {
                return Err(LogError::Twice(name.clone()));
            }
            if place.is_none() && (field.is_needed() || mapped.is_some()) {
                missing.push(wanted[0].to_owned());
            }
        }
        if !missing.is_empty() {
            let quoted = |names: &[String]| format!("'{}'", names.join("', '"));
            return Err(LogError::Missing(quoted(&missing), quoted(&there)));
        }
        Ok(Self {
            index,
            count: there.len(),
        })
    }

    /// The cell of a field, trimmed; empty when there is no such column.
    pub(super) fn cell<'r>(&self, record: &'r ByteRecord, field: Field) -> &'r [u8] {
        let index = self.index[field as usize];
        index
            .and_then(|at| record.get(at))
            .unwrap_or_default()
            .trim_ascii()
    }
}
