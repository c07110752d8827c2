//! Civil time → instants, by a zone's clocks and without guessing: an hour off is a patient off.

use std::time::SystemTime;

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};
use thiserror::Error;

/// A civil time that names no instant, or two.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CivilError {
    /// In the gap of spring.
    #[error(
        "{civil} does not exist in {zone}: the clocks go forward over it; give a time before or after"
    )]
    LeftOut {
        /// What was typed.
        civil: DateTime,
        /// Where.
        zone: String,
    },
    /// In the fold of autumn.
    #[error(
        "{civil} happens twice in {zone}: the clocks go back; write {earlier} behind it for the first, {later} for the second"
    )]
    Twice {
        /// What was typed.
        civil: DateTime,
        /// Where.
        zone: String,
        /// The offset of the first.
        earlier: String,
        /// The offset of the second.
        later: String,
    },
    /// Beyond what can be computed with.
    #[error("is too far away")]
    TooFar,
}

/// The instant of a civil time that the clocks of the zone show exactly once.
///
/// # Errors
/// [`CivilError`] when they leave it out or show it twice, with the offsets to choose from.
pub fn instant(zone: &TimeZone, civil: DateTime) -> Result<Timestamp, CivilError> {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let zone = || {
        zone.iana_name()
            .unwrap_or("the site's time zone")
            .to_owned()
    };
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => {
            ambiguous.compatible().map_err(|_| CivilError::TooFar)
        }
        AmbiguousOffset::Gap { .. } => Err(CivilError::LeftOut {
            civil,
            zone: zone(),
        }),
        AmbiguousOffset::Fold { before, after } => Err(CivilError::Twice {
            civil,
            zone: zone(),
            earlier: before.to_string(),
            later: after.to_string(),
        }),
    }
}

/// An instant as the contract has it.
pub fn stamp(instant: Timestamp) -> prost_types::Timestamp {
    SystemTime::from(instant).into()
}
