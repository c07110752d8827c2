//! The small values that all messages are made of: texts, numbers, instants, dates, etags, lists.

use std::fmt::Display;

use booking_domain::{IdError, TimeRange, Version};
use booking_proto::contract::{
    limits::{MAX_LINE_CHARS, MAX_NOTE_CHARS},
    resource,
};
use jiff::{SignedDuration, Timestamp, civil::Date, civil::Weekday};
use prost_types::{Duration, Timestamp as WireTimestamp};

use super::super::fields::Fields;
use crate::names;

/// The most things in a list of a resource: a theatre's capabilities, a team.
pub(in crate::grpc) const MAX_LIST: usize = 50;

/// The years an instant may lie in: beyond them it is a wrong unit. Seconds since 1970.
pub(in crate::grpc) const EARLIEST_S: i64 = -2_208_988_800; // 1900
const LATEST_S: i64 = 7_258_118_400; // 2200

const MICROSECOND_NS: i32 = 1000;

/// An instant, to the microsecond.
pub(in crate::grpc) fn instant(wire: &WireTimestamp) -> Result<Timestamp, &'static str> {
    if !(0..1_000_000_000).contains(&wire.nanos) {
        return Err("has nanoseconds that are not 0 to 999999999");
    }
    if !(EARLIEST_S..LATEST_S).contains(&wire.seconds) {
        return Err("must lie in the years 1900 to 2199");
    }
    let nanos = wire.nanos - wire.nanos % MICROSECOND_NS;
    Timestamp::new(wire.seconds, nanos).map_err(|_| "is no instant")
}

/// An instant that is a whole minute.
pub(in crate::grpc) fn minute(wire: &WireTimestamp) -> Result<Timestamp, &'static str> {
    let instant = instant(wire)?;
    if wire.nanos != 0 || wire.seconds.rem_euclid(60) != 0 {
        return Err("must be a whole minute");
    }
    Ok(instant)
}

/// An instant on the wire.
pub(in crate::grpc) fn timestamp(instant: Timestamp) -> WireTimestamp {
    // jiff counts both parts towards zero, protobuf the nanoseconds always forward.
    let nanos = instant.as_nanosecond();
    let second = 1_000_000_000;
    WireTimestamp {
        seconds: i64::try_from(nanos.div_euclid(second)).expect("a Timestamp's seconds fit"),
        nanos: i32::try_from(nanos.rem_euclid(second)).expect("less than a second"),
    }
}

/// The text of a value; empty for none.
pub(in crate::grpc) fn text<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// The texts of values.
pub(in crate::grpc) fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// A length of time in whole minutes, from none to a year.
pub(in crate::grpc) fn length(wire: &Duration) -> Result<SignedDuration, &'static str> {
    const YEAR_S: i64 = 366 * 24 * 3600;
    if wire.nanos != 0 || wire.seconds % 60 != 0 || !(0..=YEAR_S).contains(&wire.seconds) {
        return Err("must be whole minutes, at most a year");
    }
    Ok(SignedDuration::from_secs(wire.seconds))
}

/// A length of time on the wire.
pub(in crate::grpc) fn duration(length: SignedDuration) -> Duration {
    Duration {
        seconds: length.as_secs(),
        nanos: length.subsec_nanos(),
    }
}

/// A civil date, YYYY-MM-DD.
pub(in crate::grpc) fn date(text: &str) -> Result<Date, &'static str> {
    let shape = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let parsed: Option<Date> = text.parse().ok().filter(|_| shape);
    parsed
        .filter(|date| (1900..2200).contains(&date.year()))
        .ok_or("must be a date such as 2026-03-29, in the years 1900 to 2199")
}

/// A day of the week, 1 Monday to 7 Sunday.
pub(in crate::grpc) fn weekday(number: i32) -> Result<Weekday, &'static str> {
    i8::try_from(number)
        .ok()
        .and_then(|number| Weekday::from_monday_one_offset(number).ok())
        .ok_or("must be 1 (Monday) to 7 (Sunday)")
}

/// Minutes after midnight.
pub(in crate::grpc) fn minute_of_day(number: i32) -> Result<u16, &'static str> {
    bounded(number, 1439).ok_or("must be 0 to 1439 minutes after midnight")
}

/// Minutes that something takes.
pub(in crate::grpc) fn minutes(number: i32) -> Result<u16, &'static str> {
    bounded(number, 1440).ok_or("must be 0 to 1440 minutes")
}

fn bounded(number: i32, max: u16) -> Option<u16> {
    u16::try_from(number).ok().filter(|number| *number <= max)
}

/// A text on one line; may be empty.
pub(in crate::grpc) fn line(text: &str) -> Result<String, String> {
    written(text, MAX_LINE_CHARS, |_| false)
}

/// A text on one line that says something.
pub(in crate::grpc) fn title(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("must be given".to_owned());
    }
    line(text)
}

/// A text of several lines; may be empty.
pub(in crate::grpc) fn note(text: &str) -> Result<String, String> {
    written(text, MAX_NOTE_CHARS, |c| matches!(c, '\n' | '\r' | '\t'))
}

fn written(text: &str, max: usize, also: fn(char) -> bool) -> Result<String, String> {
    let chars = text.chars().count();
    if chars > max {
        return Err(format!("has {chars} characters; at most {max} are allowed"));
    }
    if text.chars().any(|c| c.is_control() && !also(c)) {
        return Err("holds a control character; remove line breaks, tabs and the like".to_owned());
    }
    Ok(text.to_owned())
}

/// The version that an etag stands for; `None` where none is given.
pub(in crate::grpc) fn version(etag: &str) -> Result<Option<Version>, &'static str> {
    if etag.is_empty() {
        return Ok(None);
    }
    match resource::version(etag) {
        Some(version) => Ok(Some(version)),
        None => Err("is no etag of this service; give back what it gave, or nothing"),
    }
}

/// Nothing for the empty text, else what `parse` makes of it.
pub(in crate::grpc) fn unless_empty<T, E>(
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, E> {
    (!text.is_empty()).then(|| parse(text)).transpose()
}

/// The thing that a name names, or nothing for the empty one.
pub(in crate::grpc) fn optional_name<T: names::Named>(
    name: &str,
) -> Result<Option<T>, names::NameError> {
    unless_empty(name, names::parse)
}

/// An instant, where one must be given.
pub(in crate::grpc) fn required<T, W, E: Display>(
    wire: Option<&W>,
    parse: impl FnOnce(&W) -> Result<T, E>,
) -> Result<T, String> {
    let wire = wire.ok_or("must be given")?;
    parse(wire).map_err(|why| why.to_string())
}

impl Fields {
    /// A list, each element read by `parse`; sorted, none twice, when `T` is a set's element.
    pub(in crate::grpc) fn list<T, W, E: Display>(
        &mut self,
        field: &str,
        wire: &[W],
        parse: impl Fn(&W) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        if wire.len() > MAX_LIST {
            let problem = format!(
                "has {} elements; at most {MAX_LIST} are allowed",
                wire.len()
            );
            self.refuse(field, problem);
            return None;
        }
        self.each(wire, |fields, at, element| {
            fields.take(format!("{field}[{at}]"), parse(element))
        })
    }

    /// A set of identifiers: sorted, none twice.
    pub(in crate::grpc) fn set<T: Ord>(
        &mut self,
        field: &str,
        wire: &[String],
        parse: impl Fn(&str) -> Result<T, IdError>,
    ) -> Option<Vec<T>> {
        let mut set = self.list(field, wire, |text: &String| parse(text))?;
        set.sort();
        set.dedup();
        Some(set)
    }

    /// An instant that may be left out.
    pub(in crate::grpc) fn moment(
        &mut self,
        field: impl Into<String>,
        wire: &Option<WireTimestamp>,
    ) -> Option<Option<Timestamp>> {
        self.take(field, wire.as_ref().map(instant).transpose())
    }

    /// A range of instants, half-open. `prefix` is empty or ends with a dot.
    pub(in crate::grpc) fn range(
        &mut self,
        prefix: &str,
        start: Option<&WireTimestamp>,
        end: Option<&WireTimestamp>,
        parse: fn(&WireTimestamp) -> Result<Timestamp, &'static str>,
    ) -> Option<TimeRange> {
        let start = self.take(format!("{prefix}start_time"), required(start, parse));
        let end = self.take(format!("{prefix}end_time"), required(end, parse));
        self.take(format!("{prefix}end_time"), TimeRange::new(start?, end?))
    }

    /// A range that is asked about: at most `max_days` long.
    pub(in crate::grpc) fn bounded_range(
        &mut self,
        start: Option<&WireTimestamp>,
        end: Option<&WireTimestamp>,
        max_days: i64,
    ) -> Option<TimeRange> {
        let range = self.range("", start, end, instant)?;
        let long = range.duration() > SignedDuration::from_hours(24 * max_days);
        let problem = || format!("is more than {max_days} days after start_time");
        self.take("end_time", (!long).then_some(range).ok_or_else(problem))
    }
}
