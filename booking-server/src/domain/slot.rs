//! The time a case is planned to take a theatre for.
//!
//! ```text
//!   start                                                    end
//!   |--- setup ---|----------- procedure -----------|- cleanup -|
//!   [                                                           )   half-open: the next case
//!                                                               [   may start at this instant
//! ```
//!
//! Instants are UTC and durations elapsed time, so a night list across the end of summer time is
//! an hour longer than its wall clock says. No local time is ever kept for a case.

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// The longest slot. A day is beyond any operation, and a bound keeps every search for overlaps
/// within a bounded stretch of an index.
pub const MAX_FOOTPRINT: SignedDuration = SignedDuration::from_hours(24);

/// Why two instants are not a slot.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum SlotError {
    /// The end is not after the start.
    #[error("the slot ends at or before its start")]
    NotAfterStart,
    /// Longer than [`MAX_FOOTPRINT`].
    #[error("the slot is longer than {} hours", MAX_FOOTPRINT.as_hours())]
    TooLong,
}

/// A half-open range of instants `[start, end)`, where `start < end <= start + MAX_FOOTPRINT`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Slot {
    start: Timestamp,
    end: Timestamp,
}

impl Slot {
    /// Takes the range from `start` up to, but not including, `end`.
    ///
    /// # Errors
    ///
    /// [`SlotError`] when it would be empty, inverted or longer than [`MAX_FOOTPRINT`].
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, SlotError> {
        if end <= start {
            return Err(SlotError::NotAfterStart);
        }
        if start.duration_until(end) > MAX_FOOTPRINT {
            return Err(SlotError::TooLong);
        }
        Ok(Self { start, end })
    }

    /// When the theatre is first needed.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// When the theatre is free again.
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// Whether there is an instant that lies in both. Back to back is not an overlap.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR_S: i64 = 3600;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn slot(start_s: i64, end_s: i64) -> Slot {
        Slot::new(at(start_s), at(end_s)).unwrap()
    }

    #[test]
    fn a_slot_has_a_beginning_before_its_end_and_fits_in_a_day() {
        let table = [
            (0, 1, None),
            (0, 24 * HOUR_S, None),
            (0, 24 * HOUR_S + 1, Some(SlotError::TooLong)),
            (0, 0, Some(SlotError::NotAfterStart)),
            (1, 0, Some(SlotError::NotAfterStart)),
        ];
        for (start, end, expected) in table {
            assert_eq!(
                Slot::new(at(start), at(end)).err(),
                expected,
                "[{start}, {end})"
            );
        }
        assert_eq!(
            Slot::new(Timestamp::MIN, Timestamp::MAX),
            Err(SlotError::TooLong)
        );
    }

    #[test]
    fn back_to_back_cases_do_not_overlap() {
        let (nine, ten) = (
            slot(9 * HOUR_S, 10 * HOUR_S),
            slot(10 * HOUR_S, 11 * HOUR_S),
        );
        assert!(!nine.overlaps(&ten) && !ten.overlaps(&nine));
    }

    proptest! {
        #[test]
        fn slots_overlap_exactly_when_they_share_a_second(
            a in 0i64..40, a_len in 1i64..20, b in 0i64..40, b_len in 1i64..20,
        ) {
            let shared = (a..a + a_len).any(|second| (b..b + b_len).contains(&second));
            prop_assert_eq!(slot(a, a + a_len).overlaps(&slot(b, b + b_len)), shared);
        }
    }
}
