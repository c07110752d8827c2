//! What became of a log's rows: counts, and what a person should look at.

use std::collections::BTreeSet;

use booking_proto::ot::v1::{ImportOutcome, ImportRow, import_outcome::Kind};
use jiff::Timestamp;
use theatre_log::Refused;

use crate::view::civil::instant;

/// Rows that are shown with their reasons; a log in which more are wrong is wrong in one way.
const MAX_ISSUES: usize = 200;
/// Theatres that are remembered: more is no hospital's log.
const MAX_THEATRES: usize = 500;

/// What became of the rows so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// New, and at odds with nothing.
    pub(crate) fine: u64,
    /// New, and at odds with another.
    pub(crate) flagged: u64,
    /// Here before.
    pub(crate) unchanged: u64,
    /// Not taken, by this side or by the backend.
    pub(crate) refused: u64,
    /// The first of those that a person should look at.
    pub(crate) issues: Vec<RowIssue>,
    /// How the log names its theatres.
    pub(crate) theatres: BTreeSet<String>,
    /// The first and the last planned start.
    pub(crate) range: Option<(Timestamp, Timestamp)>,
}

/// A row that was refused or flagged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowIssue {
    /// Where in the file; the header is line 1.
    pub(crate) line: u64,
    pub(crate) refused: bool,
    /// A sentence for a person.
    pub(crate) why: String,
}

impl Tally {
    /// All rows that were read.
    pub(crate) fn rows(&self) -> u64 {
        self.fine + self.flagged + self.unchanged + self.refused
    }

    /// Rows that are, or would be, cases that were not here before.
    pub(crate) fn new_cases(&self) -> u64 {
        self.fine + self.flagged
    }

    /// How many of those to look at are not in `issues`.
    pub(crate) fn issues_left_out(&self) -> u64 {
        (self.refused + self.flagged).saturating_sub(self.issues.len() as u64)
    }

    /// A row that could be read.
    pub(super) fn read(&mut self, row: &ImportRow) {
        if self.theatres.len() < MAX_THEATRES {
            self.theatres.insert(row.theatre.clone());
        }
        if let Some(at) = instant(row.scheduled_time) {
            let (first, last) = self.range.unwrap_or((at, at));
            self.range = Some((first.min(at), last.max(at)));
        }
    }

    /// A row that could not.
    pub(super) fn not_understood(&mut self, refused: Refused) {
        self.refused += 1;
        self.tell(refused.line, true, refused.why);
    }

    /// What the backend made of a row.
    pub(super) fn outcome(&mut self, outcome: ImportOutcome) {
        let line = u64::try_from(outcome.line).unwrap_or_default();
        match outcome.kind() {
            Kind::Imported => self.fine += 1,
            Kind::Unchanged => self.unchanged += 1,
            Kind::Flagged => {
                self.flagged += 1;
                self.tell(line, false, outcome.message);
            }
            Kind::Refused | Kind::Unspecified => {
                self.refused += 1;
                self.tell(line, true, outcome.message);
            }
        }
    }

    fn tell(&mut self, line: u64, refused: bool, why: String) {
        if self.issues.len() < MAX_ISSUES {
            self.issues.push(RowIssue { line, refused, why });
        }
    }
}
