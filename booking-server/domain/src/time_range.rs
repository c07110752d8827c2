//! Half-open ranges of instants: closures, absences, sessions, claims on resources.
//!
//! ```text
//!   [start ------------- end)
//!                           [start ---- end)      back to back: no instant lies in both
//! ```

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use thiserror::Error;

/// The range would be empty or inverted.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("ends at or before its start")]
pub struct EmptyRange;

/// `[start, end)` with `start < end`; UTC.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct TimeRange {
    #[serde(rename = "start_time")]
    start: Timestamp,
    #[serde(rename = "end_time")]
    end: Timestamp,
}

impl TimeRange {
    /// The range from `start` up to, but not including, `end`.
    ///
    /// # Errors
    ///
    /// [`EmptyRange`] unless `start < end`.
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, EmptyRange> {
        if start < end {
            Ok(Self { start, end })
        } else {
            Err(EmptyRange)
        }
    }

    /// `[start, start + minutes)`; at the end of time it ends with it, and a start too near to it
    /// is drawn back by a minute.
    pub fn lasting(start: Timestamp, minutes: u32) -> Self {
        let end = later(start, minutes.max(1).into());
        let last = later(end, -1);
        Self {
            start: start.min(last),
            end,
        }
    }

    /// The first instant in it.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// The first instant after it.
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// How long it lasts: elapsed time, never the difference of wall clocks.
    pub fn duration(&self) -> SignedDuration {
        self.start.duration_until(self.end)
    }

    /// Whether there is an instant that lies in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether every instant of `other` lies in this.
    pub fn contains(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The least range with both in it.
    pub fn hull(&self, other: &Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// What lies in both.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end)).ok()
    }
}

/// `minutes` after the instant, or before it; never beyond the ends of time.
pub fn later(instant: Timestamp, minutes: i64) -> Timestamp {
    let ends = if minutes < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    let span = SignedDuration::from_secs(minutes.saturating_mul(60));
    instant.checked_add(span).unwrap_or(ends)
}

/// The ranges joined where they overlap or meet; sorted, none empty, none touching another.
pub fn union(mut ranges: Vec<TimeRange>) -> Vec<TimeRange> {
    ranges.sort_unstable();
    let mut joined: Vec<TimeRange> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// What of `ranges` lies in none of `holes`; both in any order, the result as [`union`] gives it.
pub fn subtract(ranges: Vec<TimeRange>, holes: Vec<TimeRange>) -> Vec<TimeRange> {
    let holes = union(holes);
    let mut left = Vec::new();
    for range in union(ranges) {
        let mut start = range.start;
        for hole in holes.iter().filter(|hole| hole.overlaps(&range)) {
            left.extend(TimeRange::new(start, hole.start));
            start = start.max(hole.end);
        }
        left.extend(TimeRange::new(start, range.end));
    }
    left
}
