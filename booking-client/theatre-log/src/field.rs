//! What a log may hold of a case, and what logs call it.

use serde::Deserialize;

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

/// The name that a field's column has in the logs that hospitals export, its name in a mapping file, and
/// whether it is needed: without it a row says nothing that could be kept.
///
/// The procedure has no usual name: what such columns hold may belong to somebody (codes and their
/// descriptions), so it is read only when a mapping file asks for it.
const FIELDS: [(Field, [&str; 2], bool); 11] = [
    (Field::EncounterId, ["encounter id", "encounter_id"], true),
    (Field::Theatre, ["or suite", "theatre"], true),
    (Field::Specialty, ["service", "specialty"], false),
    (Field::Procedure, ["procedure", "procedure"], false),
    (Field::Date, ["date", "date"], false),
    (Field::BookedMin, ["booked time (min)", "booked_min"], true),
    (
        Field::ScheduledTime,
        ["or schedule", "scheduled_time"],
        true,
    ),
    (Field::WheelsIn, ["wheels in", "wheels_in"], false),
    (Field::KnifeToSkin, ["start time", "knife_to_skin"], false),
    (Field::Closed, ["end time", "closed"], false),
    (Field::WheelsOut, ["wheels out", "wheels_out"], false),
];

impl Field {
    /// All, as a mapping file lists them.
    pub const ALL: [Self; 11] = {
        let mut all = [Self::EncounterId; 11];
        let mut at = 0;
        while at < all.len() {
            all[at] = FIELDS[at].0;
            at += 1;
        }
        all
    };

    /// Its name in a mapping file.
    pub fn key(self) -> &'static str {
        self.usual_names()[1]
    }

    /// The column of a header that has one of the usual names for it.
    pub fn usual_in(self, header: &[String]) -> Option<&String> {
        let is_usual = |name: &&String| self.usual_names().contains(&plain(name).as_str());
        header.iter().find(is_usual)
    }

    /// The names that a column may have for it without being told: as in logs, and as in a mapping file.
    pub(super) fn usual_names(self) -> &'static [&'static str] {
        &FIELDS[self as usize].1
    }

    /// Without these a row says nothing that could be kept.
    pub fn is_needed(self) -> bool {
        FIELDS[self as usize].2
    }
}

/// Without the differences that nobody sees: letter case, spaces around and doubled.
pub(super) fn plain(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

#[cfg(test)]
#[path = "field_tests.rs"]
mod tests;
