//! An import, for people: what went wrong, how far it is, how it ended.

use std::time::Duration;

use booking_proto::ot::v1::{ImportOutcome, import_outcome::Kind};

use crate::{cli::words::shown, printable::Printable};

/// What became of the rows so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCount {
    /// New.
    pub imported: u64,
    /// Here before.
    pub unchanged: u64,
    /// New, and at odds with another.
    pub flagged: u64,
    /// Not taken, by this side or the service.
    pub refused: u64,
}

impl ImportCount {
    /// One more row.
    pub fn add(&mut self, kind: Kind) {
        match kind {
            Kind::Imported => self.imported += 1,
            Kind::Unchanged => self.unchanged += 1,
            Kind::Flagged => self.flagged += 1,
            Kind::Refused | Kind::Unspecified => self.refused += 1,
        }
    }

    fn total(&self) -> u64 {
        self.imported + self.unchanged + self.flagged + self.refused
    }

    fn words(&self) -> String {
        format!(
            "{} imported, {} of them flagged, {} here before, {} refused",
            self.imported + self.flagged,
            self.flagged,
            self.unchanged,
            self.refused
        )
    }
}

/// A row that a person should look at; `None` for one that went well.
pub(super) fn outcome_line(outcome: &ImportOutcome) -> Option<String> {
    match outcome.kind() {
        Kind::Imported | Kind::Unchanged => None,
        kind => Some(format!(
            "line {}: {}: {}",
            outcome.line,
            shown(kind.as_str_name()),
            Printable(&outcome.message)
        )),
    }
}

/// How far it is.
pub fn import_progress(count: &ImportCount, elapsed: Duration) -> String {
    let rate = count.total() as f64 / elapsed.as_secs_f64().max(0.001);
    format!(
        "{} rows: {} ({rate:.0} rows/s)",
        count.total(),
        count.words()
    )
}

/// How it ended.
pub fn import_summary(count: &ImportCount, dry_run: bool) -> String {
    let mode = if dry_run {
        "Dry run, nothing was changed: "
    } else {
        ""
    };
    format!("{mode}{} rows: {}", count.total(), count.words())
}
