//! Civil time turned into instants: days, opening hours, windows.
//!
//! Hours are kept as people say them, weekday and wall clock, and turned into instants date by
//! date, so that capacity is elapsed time. Where clocks change:
//!
//! ```text
//!   spring: 00:59 -> 02:00    a time in the gap means as much later: 01:30 is read as 02:30
//!   autumn: 01:59 -> 01:00    a time said twice means the first
//!
//!   22:00-08:00 over the autumn change lasts 11 h, over the spring change 9 h
//! ```
//!
//! That is RFC 5545's and jiff's "compatible" reading.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

use crate::{Theatre, TimeRange, time_range::union};

/// The civil date of an instant.
pub fn civil_date(instant: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(instant).date()
}

/// The instant at which a wall clock shows `minute` minutes after midnight; `None` beyond the
/// calendar, or for a minute that no day has.
fn instant_at(zone: &TimeZone, date: Date, minute: u16) -> Option<Timestamp> {
    let hour = i8::try_from(minute / 60).ok()?;
    let minute = i8::try_from(minute % 60).ok()?;
    let time = Time::new(hour, minute, 0, 0).ok()?;
    let ambiguous = zone.to_ambiguous_timestamp(date.to_datetime(time));
    ambiguous.compatible().ok()
}

/// The day as the site lives it: 23, 24 or 25 hours, from midnight to midnight.
///
/// `None` for a date that the zone never had, and at the ends of the calendar.
pub fn day_range(zone: &TimeZone, date: Date) -> Option<TimeRange> {
    civil_range(zone, date, 0, 0)
}

/// From one civil time on `date` to another, in minutes after midnight; an end at or before the
/// start is on the next day.
///
/// `None` where nothing is left of it, or beyond the ends of the calendar.
pub fn civil_range(
    zone: &TimeZone,
    date: Date,
    start_minute: u16,
    end_minute: u16,
) -> Option<TimeRange> {
    let end_date = if end_minute > start_minute {
        date
    } else {
        date.tomorrow().ok()?
    };
    let start = instant_at(zone, date, start_minute)?;
    let end = instant_at(zone, end_date, end_minute)?;
    TimeRange::new(start, end).ok()
}

/// When a theatre opens on `date`; may reach into the next day. Joined where they meet.
pub fn opening_on(theatre: &Theatre, zone: &TimeZone, date: Date) -> Vec<TimeRange> {
    let ranges = theatre
        .opening
        .iter()
        .filter(|rule| rule.weekday == date.weekday())
        .filter_map(|rule| civil_range(zone, date, rule.open_minute, rule.close_minute));
    union(ranges.collect())
}

/// When a theatre is open within a range, clipped to it and joined where ranges meet: two days
/// that are each open round the clock make one range.
pub fn open_within(theatre: &Theatre, zone: &TimeZone, within: &TimeRange) -> Vec<TimeRange> {
    if theatre.opening.is_empty() {
        return Vec::new();
    }
    let first = civil_date(within.start(), zone);
    // The evening before may still be open.
    let first = first.yesterday().unwrap_or(first);
    let last = civil_date(within.end(), zone);
    let ranges = dates(first, last)
        .flat_map(|date| opening_on(theatre, zone, date))
        .filter_map(|range| range.intersection(within));
    union(ranges.collect())
}

/// The dates from one to another, both included.
pub fn dates(first: Date, last: Date) -> impl Iterator<Item = Date> {
    let begin = (first <= last).then_some(first);
    std::iter::successors(begin, move |date| {
        date.tomorrow().ok().filter(|next| *next <= last)
    })
}

#[cfg(test)]
mod tests;
