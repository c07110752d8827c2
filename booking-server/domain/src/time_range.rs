//! Half-open ranges of instants: closures, absences, sessions, claims on resources.
//!
//! ```text
//!   [start ------------- end)
//!                           [start ---- end)      back to back: no instant lies in both
//! ```

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// The range would be empty or inverted.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("ends at or before its start")]
pub struct EmptyRange;

/// `[start, end)` with `start < end`; UTC.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TimeRange {
    start: Timestamp,
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

    /// What lies in both.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end)).ok()
    }
}
