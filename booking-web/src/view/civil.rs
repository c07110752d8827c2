//! Instants as people at the hospital read them, and what they type as instants.

use jiff::{
    SignedDuration, Timestamp, ToSpan as _,
    civil::{Date, Time},
    tz::{AmbiguousOffset, TimeZone},
};

/// The hospital's civil time.
#[derive(Clone, Debug)]
pub(crate) struct Civil(pub(crate) TimeZone);

/// A message's instant, when it is there and is one.
pub(crate) fn instant(at: Option<prost_types::Timestamp>) -> Option<Timestamp> {
    at.and_then(|at| Timestamp::new(at.seconds, at.nanos).ok())
}

/// Two of them, when both are there.
pub(crate) fn between(
    from: Option<prost_types::Timestamp>,
    to: Option<prost_types::Timestamp>,
) -> Option<(Timestamp, Timestamp)> {
    instant(from).zip(instant(to))
}

/// An instant as a message has it.
pub(crate) fn message(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.as_second(),
        nanos: 0,
    }
}

/// Whole minutes from one instant to another; negative when it is the other way round.
pub(crate) fn minutes(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_second() - from.as_second()).div_euclid(60)
}

pub(crate) fn later(at: Timestamp, min: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_mins(min))
        .unwrap_or(at)
}

impl Civil {
    /// The zone of that name; UTC, which then says so, for a name that nobody here knows.
    pub(crate) fn of(zone: &str) -> Self {
        Self(TimeZone::get(zone).unwrap_or(TimeZone::UTC))
    }

    fn shown(&self, at: Timestamp, form: &str) -> String {
        at.to_zoned(self.0.clone()).strftime(form).to_string()
    }

    /// `09:30`
    pub(crate) fn time(&self, at: Timestamp) -> String {
        self.shown(at, "%H:%M")
    }

    /// `09:30–11:05`
    pub(crate) fn span(&self, from: Timestamp, to: Timestamp) -> String {
        format!("{}–{}", self.time(from), self.time(to))
    }

    /// `Thu 26 Nov, 09:30`
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        self.shown(at, "%a %-d %b, %H:%M")
    }

    /// `Thu 26 Nov 2026, 09:30:12`, for records.
    pub(crate) fn exactly(&self, at: Timestamp) -> String {
        self.shown(at, "%a %-d %b %Y, %H:%M:%S")
    }

    pub(crate) fn date(&self, at: Timestamp) -> Date {
        at.to_zoned(self.0.clone()).date()
    }

    /// The first instant of a civil day.
    pub(crate) fn midnight(&self, date: Date) -> Timestamp {
        date.to_zoned(self.0.clone())
            .map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp())
    }

    /// Whether the instant is read as this date and time, to the minute.
    pub(crate) fn shows(&self, at: Timestamp, date: Date, time: Time) -> bool {
        let read = at.to_zoned(self.0.clone());
        let minute = |time: Time| (time.hour(), time.minute());
        read.date() == date && minute(read.time()) == minute(time)
    }

    /// What was typed as a date and a time. A time that the clocks skip is an error in words; of
    /// a time that comes twice the first is meant.
    pub(crate) fn at(&self, date: Date, time: Time) -> Result<Timestamp, String> {
        let ambiguous = self.0.to_ambiguous_zoned(date.to_datetime(time));
        if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
            return Err("The clocks skip this time on that day. Choose another.".to_owned());
        }
        ambiguous
            .earlier()
            .map(|zoned| zoned.timestamp())
            .map_err(|_| "There is no such time.".to_owned())
    }
}

/// `Thursday 26 November 2026`
pub(crate) fn long_date(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

/// `Thu 26 Nov`
pub(crate) fn short_date(date: Date) -> String {
    date.strftime("%a %-d %b").to_string()
}

/// The Monday on or before.
pub(crate) fn monday(date: Date) -> Date {
    let back = i64::from(date.weekday().to_monday_zero_offset());
    date.checked_sub(back.days()).unwrap_or(date)
}

pub(crate) fn days_later(date: Date, days: i64) -> Date {
    date.checked_add(days.days()).unwrap_or(date)
}

/// `45 min`, `2 h`, `2 h 05`, `3 days`: as long as it takes to know what to do.
pub(crate) fn how_long(min: i64) -> String {
    match min {
        ..120 => format!("{min} min"),
        120..2880 if min % 60 == 0 => format!("{} h", min / 60),
        120..1440 => format!("{} h {:02}", min / 60, min % 60),
        1440..2880 => format!("{} h", min / 60),
        _ => format!("{} days", min / 1440),
    }
}
