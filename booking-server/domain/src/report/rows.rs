//! What reports are made of: rows, a period, and the definition of each figure.

use std::{collections::BTreeMap, iter};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    CaseState, Footprint, Milestones, ReasonCode, TheatreId, TimeRange, Urgency,
    opening::{civil_date, day_range},
    time_range::later,
};

/// How a figure is made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Definition {
    /// The figure, by its name in the report.
    pub figure: &'static str,
    /// How to make it again.
    pub text: String,
}

/// The definitions in `text`, one a line: the figure, a colon, how it is made. What stands in braces
/// there means what `values` say.
pub(super) fn definitions(text: &'static str, values: &[(&str, &str)]) -> Vec<Definition> {
    let definition = |line: &'static str| {
        let (figure, text) = line.split_once(": ")?;
        let say = |text: String, (word, value): &(&str, &str)| text.replace(word, value);
        let text = values.iter().fold(text.to_owned(), say);
        Some(Definition { figure, text })
    };
    text.lines().filter_map(definition).collect()
}

/// Figures, and how they were made.
#[derive(Clone, Debug, PartialEq)]
pub struct Report<Row> {
    /// All together, then each by itself, in the order of what it is about.
    pub rows: Vec<Row>,
    /// How.
    pub definitions: Vec<Definition>,
}

/// A row of everything, then one of each key.
pub(super) fn all_then_each<K: Copy + Ord, T: Clone, Row>(
    found: impl IntoIterator<Item = (K, T)>,
    row: impl Fn(Option<K>, &[T]) -> Row,
) -> Vec<Row> {
    let mut all = Vec::new();
    let mut each: BTreeMap<K, Vec<T>> = BTreeMap::new();
    for (key, one) in found {
        all.push(one.clone());
        each.entry(key).or_default().push(one);
    }
    let each = each.iter().map(|(key, of_key)| row(Some(*key), of_key));
    iter::once(row(None, &all)).chain(each).collect()
}

/// What reports need to know of a case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReportRow {
    /// Where it is, or was, planned.
    pub theatre: Option<TheatreId>,
    /// From when.
    pub planned_start: Option<Timestamp>,
    /// For how long.
    pub footprint: Footprint,
    /// What happened.
    pub milestones: Milestones,
    /// Where it stands.
    pub state: CaseState,
    /// Why it does not take place.
    pub cancellation: Option<RowCancellation>,
    /// How often it was postponed.
    pub postponements: u32,
    /// How urgent.
    pub urgency: Urgency,
    /// The decision to operate.
    pub decided_at: Timestamp,
    /// When it should have happened.
    pub target_at: Option<Timestamp>,
    /// The procedure by name: its type where it has one, else its words.
    pub procedure: String,
    /// Whether it came from a log.
    pub imported: bool,
}

/// A cancellation, for reports.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RowCancellation {
    /// By code.
    pub reason: ReasonCode,
    /// When.
    pub at: Timestamp,
    /// On the day for which it was planned.
    pub day_of_surgery: bool,
    /// With the patient in theatre.
    pub aborted: bool,
}

/// The period and the site that a report is about.
#[derive(Clone, Debug)]
pub struct Period {
    /// The first civil date.
    pub first: Date,
    /// The last, included.
    pub last: Date,
    /// The site's.
    pub zone: TimeZone,
}

impl Period {
    /// All instants that a report may look at: from the first midnight to the last, and the night
    /// after, in which the last date's windows may end. `None` beyond the calendar.
    pub fn range(&self) -> Option<TimeRange> {
        let first = day_range(&self.zone, self.first)?;
        let last = day_range(&self.zone, self.last)?;
        TimeRange::new(first.start(), later(last.end(), 24 * 60)).ok()
    }

    /// Whether the civil date of an instant lies in it.
    pub(super) fn has(&self, instant: Timestamp) -> bool {
        let date = civil_date(instant, &self.zone);
        self.first <= date && date <= self.last
    }
}
