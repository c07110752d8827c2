//! The days of a demonstration.

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

/// How many days before and after today have lists.
const DAYS_AROUND: i64 = 3;

/// The days that have lists, and the moment at which they are looked at.
#[derive(Clone, Debug)]
pub(crate) struct Week {
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
    pub(crate) today: Date,
    pub(crate) first: Date,
    pub(crate) last: Date,
}

impl Week {
    /// `None` at the ends of the calendar.
    pub(crate) fn around(now: Timestamp, zone: &TimeZone) -> Option<Self> {
        let today = zone.to_datetime(now).date();
        Some(Self {
            now,
            zone: zone.clone(),
            today,
            first: today.checked_sub(DAYS_AROUND.days()).ok()?,
            last: today.checked_add(DAYS_AROUND.days()).ok()?,
        })
    }

    pub(crate) fn days(&self) -> impl Iterator<Item = Date> + use<> {
        booking_domain::dates(self.first, self.last)
    }
}
