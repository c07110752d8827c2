//! How long a case takes its theatre for.

use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

use crate::TimeRange;

/// The longest footprint, in minutes. A day is beyond any operation, and a bound keeps every search
/// for overlaps within a bounded stretch of an index.
pub const MAX_FOOTPRINT_MIN: u16 = 24 * 60;

/// How long a case takes its theatre for.
///
/// ```text
///   start                                                    end
///   |--- setup ---|----------- procedure -----------|- cleanup -|
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct Footprint {
    setup_min: u16,
    procedure_min: u16,
    cleanup_min: u16,
}

/// The three together are not 1 to [`MAX_FOOTPRINT_MIN`] minutes, or the procedure takes none.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error(
    "a procedure takes at least 1 minute, and with setup and cleanup at most {MAX_FOOTPRINT_MIN}"
)]
pub struct InvalidFootprint;

impl Footprint {
    /// Setup, procedure and cleanup in whole minutes.
    ///
    /// # Errors
    ///
    /// [`InvalidFootprint`] for a procedure of no time, or more than a day in all.
    pub const fn new(
        setup_min: u16,
        procedure_min: u16,
        cleanup_min: u16,
    ) -> Result<Self, InvalidFootprint> {
        let total = setup_min as u32 + procedure_min as u32 + cleanup_min as u32;
        if procedure_min == 0 || total > MAX_FOOTPRINT_MIN as u32 {
            return Err(InvalidFootprint);
        }
        Ok(Self {
            setup_min,
            procedure_min,
            cleanup_min,
        })
    }

    /// From wheels in to ready.
    pub const fn setup_min(&self) -> u16 {
        self.setup_min
    }

    /// From ready to wheels out.
    pub const fn procedure_min(&self) -> u16 {
        self.procedure_min
    }

    /// From wheels out to a clean theatre.
    pub const fn cleanup_min(&self) -> u16 {
        self.cleanup_min
    }

    /// All of it.
    pub const fn total_min(&self) -> u16 {
        self.setup_min + self.procedure_min + self.cleanup_min
    }

    /// The time it takes when it starts at `start`.
    pub fn range_from(&self, start: Timestamp) -> TimeRange {
        TimeRange::lasting(start, self.total_min().into())
    }
}
