//! The time axis of a board: a window of the day in columns of five minutes.
//!
//! ```text
//!   07:00          08:00          09:00
//!   | 1 | 2 | … |12 |13 | … |24 |25 |      columns; a bar from 08:10 to 08:45 is s15 w7
//! ```

use jiff::Timestamp;

use super::civil::{Civil, later, minutes};

/// Minutes of one column: plans start on this grid.
pub(crate) const COLUMN_MIN: i64 = 5;
/// The window where nothing else is asked for: 07:00 to 19:00.
const DEFAULT_FROM_MIN: i64 = 7 * 60;
const DEFAULT_TO_MIN: i64 = 19 * 60;
/// How far cases stretch it: 05:00 to 21:00. What happens in the night is told beside the row; it would
/// make the day too narrow to read.
const EARLIEST_FROM_MIN: i64 = 5 * 60;
const LATEST_TO_MIN: i64 = 21 * 60;
/// What is shown around now, whatever the hour.
const AROUND_NOW_MIN: i64 = 60;
/// The longest civil day has 25 hours.
pub(crate) const MAX_HOURS: i64 = 25;

/// A window of whole hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

/// Where a bar stands: first column (from 1) and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GridSpan {
    pub(crate) start: i64,
    pub(crate) columns: i64,
}

/// A mark on the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hour {
    pub(crate) start: i64,
    pub(crate) label: String,
}

impl Window {
    /// The usual window of a day, stretched in whole hours over what reaches into it of `spans`, but
    /// not into the night; and over `now`, for a day that has it.
    pub(crate) fn of(
        day: (Timestamp, Timestamp),
        spans: impl IntoIterator<Item = (Timestamp, Timestamp)>,
        now: Option<Timestamp>,
    ) -> Self {
        let (start, end) = day;
        let length = minutes(start, end);
        let (mut from, mut to) = (DEFAULT_FROM_MIN, DEFAULT_TO_MIN.min(length));
        for (first, last) in spans {
            let (first, last) = (minutes(start, first), minutes(start, last));
            if last > EARLIEST_FROM_MIN {
                from = from.min(first.max(EARLIEST_FROM_MIN));
            }
            if first < LATEST_TO_MIN {
                to = to.max(last.min(LATEST_TO_MIN));
            }
        }
        if let Some(now) = now.map(|now| minutes(start, now)) {
            from = from.min(now - AROUND_NOW_MIN);
            to = to.max(now + AROUND_NOW_MIN);
        }
        let from = from.max(0) / 60 * 60;
        let to = (to.min(length) + 59) / 60 * 60;
        Self {
            from: later(start, from),
            to: later(start, to),
        }
    }

    pub(crate) fn hours(&self) -> i64 {
        (minutes(self.from, self.to) / 60).clamp(1, MAX_HOURS)
    }

    pub(crate) fn minutes(&self) -> i64 {
        self.hours() * 60
    }

    /// Minutes into the window, held within it.
    pub(crate) fn offset(&self, at: Timestamp) -> i64 {
        minutes(self.from, at).clamp(0, self.minutes())
    }

    /// Whether any of it can be seen.
    pub(crate) fn shows(&self, from: Timestamp, to: Timestamp) -> bool {
        from < self.to && to > self.from
    }

    /// The column of an instant, from 1.
    pub(crate) fn column(&self, at: Timestamp) -> i64 {
        self.offset(at) / COLUMN_MIN + 1
    }

    /// Where a bar stands, rounded to columns, at least one wide.
    pub(crate) fn place(&self, from: Timestamp, to: Timestamp) -> GridSpan {
        let last = self.minutes() / COLUMN_MIN;
        let start = (self.offset(from) / COLUMN_MIN).min(last - 1);
        let end = (self.offset(to) + COLUMN_MIN - 1) / COLUMN_MIN;
        GridSpan {
            start: start + 1,
            columns: (end - start).max(1),
        }
    }

    /// The hours, as the hospital's clocks show them.
    pub(crate) fn axis(&self, civil: &Civil) -> Vec<Hour> {
        (0..self.hours())
            .map(|hour| Hour {
                start: hour * 12 + 1,
                label: civil.time(later(self.from, hour * 60)),
            })
            .collect()
    }
}
