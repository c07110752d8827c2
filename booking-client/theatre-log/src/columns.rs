//! Which column holds what.

use csv::ByteRecord;
use serde::Deserialize;
use thiserror::Error;

use super::mapping::Mapping;

/// What a column may hold. The order is the mapping file's.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// What tells one row from another.
    EncounterId,
    /// Where.
    Theatre,
    /// Whose work it was.
    Specialty,
    /// What was done, in words.
    Procedure,
    /// The day that times without one are on.
    Date,
    /// Planned minutes, with setup and cleanup.
    BookedMin,
    /// Planned start.
    ScheduledTime,
    /// The patient came in.
    WheelsIn,
    /// The first cut.
    KnifeToSkin,
    /// The last stitch.
    Closed,
    /// The patient left.
    WheelsOut,
}

impl Field {
    /// All, as a mapping file lists them.
    pub const ALL: [Self; 11] = [
        Self::EncounterId,
        Self::Theatre,
        Self::Specialty,
        Self::Procedure,
        Self::Date,
        Self::BookedMin,
        Self::ScheduledTime,
        Self::WheelsIn,
        Self::KnifeToSkin,
        Self::Closed,
        Self::WheelsOut,
    ];

    /// Its name in a mapping file.
    pub fn key(self) -> &'static str {
        match self {
            Self::EncounterId => "encounter_id",
            Self::Theatre => "theatre",
            Self::Specialty => "specialty",
            Self::Procedure => "procedure",
            Self::Date => "date",
            Self::BookedMin => "booked_min",
            Self::ScheduledTime => "scheduled_time",
            Self::WheelsIn => "wheels_in",
            Self::KnifeToSkin => "knife_to_skin",
            Self::Closed => "closed",
            Self::WheelsOut => "wheels_out",
        }
    }

    /// The column of a header that has one of the usual names for it.
    pub fn usual_in(self, header: &[String]) -> Option<&String> {
        let is_usual = |name: &&String| self.usual_names().contains(&plain(name).as_str());
        header.iter().find(is_usual)
    }

    /// The names a column has in the logs that hospitals export, and in the mapping file.
    ///
    /// The procedure has none: what such columns hold may belong to somebody (codes and their
    /// descriptions), so it is read only when a mapping file asks for it.
    fn usual_names(self) -> &'static [&'static str] {
        match self {
            Self::EncounterId => &["encounter id", "encounter_id"],
            Self::Theatre => &["or suite", "theatre"],
            Self::Specialty => &["service", "specialty"],
            Self::Procedure => &["procedure"],
            Self::Date => &["date"],
            Self::BookedMin => &["booked time (min)", "booked_min"],
            Self::ScheduledTime => &["or schedule", "scheduled_time"],
            Self::WheelsIn => &["wheels in", "wheels_in"],
            Self::KnifeToSkin => &["start time", "knife_to_skin"],
            Self::Closed => &["end time", "closed"],
            Self::WheelsOut => &["wheels out", "wheels_out"],
        }
    }

    /// Without these a row says nothing that could be kept.
    pub fn is_needed(self) -> bool {
        matches!(
            self,
            Self::EncounterId | Self::Theatre | Self::BookedMin | Self::ScheduledTime
        )
    }
}

/// The header lacks columns, or has one twice.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ColumnsError {
    /// Needed, or named in the mapping file, and not there.
    #[error(
        "has no column {missing}; its header has {there}; name the columns in a --mapping file"
    )]
    Missing {
        /// Those that are missing.
        missing: String,
        /// Those that are there.
        there: String,
    },
    /// Which of the two is meant?
    #[error("has more than one column {0}; rename all but one")]
    Twice(String),
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
    pub(super) fn find(header: &ByteRecord, mapping: &Mapping) -> Result<Self, ColumnsError> {
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
                return Err(ColumnsError::Twice(format!("'{name}'")));
            }
            if place.is_none() && (field.is_needed() || mapped.is_some()) {
                missing.push(format!("'{}'", wanted[0]));
            }
        }
        if !missing.is_empty() {
            return Err(ColumnsError::Missing {
                missing: missing.join(", "),
                there: there
                    .iter()
                    .map(|name| format!("'{name}'"))
                    .collect::<Vec<_>>()
                    .join(", "),
            });
        }
        Ok(Self {
            index,
            count: there.len(),
        })
    }

    /// The cell of a field, trimmed; empty when there is no such column.
    pub(super) fn cell<'r>(&self, record: &'r ByteRecord, field: Field) -> &'r [u8] {
        let position = Field::ALL.iter().position(|each| *each == field);
        let index = position.and_then(|position| self.index[position]);
        index
            .and_then(|at| record.get(at))
            .unwrap_or_default()
            .trim_ascii()
    }
}

/// Without the differences that nobody sees: letter case, spaces around and doubled.
fn plain(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}
