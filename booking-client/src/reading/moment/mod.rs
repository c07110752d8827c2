//! Times and days as people type them. Pure: what "now" is and which zone counts are arguments.
//!
//! ```text
//!   now   08:30   '2026-11-27 08:30'   2026-10-25T01:30+01:00   2026-11-27T08:30:00Z
//!   today   tomorrow   yesterday   +3   -7   2026-11-27
//! ```
//!
//! A civil time is one in the site's zone. One that the clocks leave out in spring, or show twice in
//! autumn, is refused with what to write instead: guessing would put a patient an hour off.

use std::str::FromStr;

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Time},
    tz::TimeZone,
};
use theatre_log::{CivilError, instant};

/// A site's civil time, and when a command is typed: what turns what people type into instants.
#[derive(Clone, Debug)]
pub struct SiteTime {
    /// The site's zone.
    pub zone: TimeZone,
    /// When the command was given.
    pub now: Timestamp,
}

impl SiteTime {
    /// The civil day at the site.
    pub fn today(&self) -> Date {
        self.zone.to_datetime(self.now).date()
    }

    /// The first instant of a civil day.
    pub fn start_of(&self, day: Date) -> Result<Timestamp, CivilError> {
        let start = day.to_zoned(self.zone.clone());
        start
            .map(|zoned| zoned.timestamp())
            .map_err(|_| CivilError::TooFar)
    }
}

/// A time as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// When the command is given.
    Now,
    /// With an offset: an instant.
    Instant(Timestamp),
    /// On a day, by the site's clocks.
    Civil(Day, Time),
}

impl Moment {
    /// The instant that is meant.
    ///
    /// # Errors
    /// [`CivilError`] for a civil time that names none, or two.
    pub fn resolve(self, site: &SiteTime) -> Result<Timestamp, CivilError> {
        match self {
            Self::Now => Ok(whole_minute(site.now)),
            Self::Instant(instant) => Ok(instant),
            Self::Civil(day, time) => instant(&site.zone, day.resolve(site)?.to_datetime(time)),
        }
    }
}

/// The whole minute that an instant lies in: plans and milestones are kept to the minute.
pub fn whole_minute(instant: Timestamp) -> Timestamp {
    let seconds = instant.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(60)).unwrap_or(instant)
}

/// What a time may look like.
const TIMES: &str =
    "write now, 08:30, '2026-11-27 08:30' or, with an offset, 2026-11-27T08:30+01:00";
/// What a day may look like.
const DAYS: &str = "write today, tomorrow, yesterday, +3, -7 or 2026-11-27";

impl FromStr for Moment {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let wrong = |_| format!("not a time; {TIMES}");
        let typed = typed.trim();
        if typed == "now" {
            return Ok(Self::Now);
        }
        // With an offset it is an instant, whatever the site.
        if let Ok(instant) = typed.parse::<Timestamp>() {
            return Ok(Self::Instant(instant));
        }
        let (day, time) = match typed.split_once([' ', 'T']) {
            Some((day, time)) => (day.parse().map_err(wrong)?, time),
            None => (Day::Relative(0), typed),
        };
        if !time.contains(':') {
            return Err(wrong(String::new()));
        }
        Ok(Self::Civil(
            day,
            time.parse().map_err(|_| wrong(String::new()))?,
        ))
    }
}

/// A day as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// So many days after today; negative before.
    Relative(i32),
    /// By the calendar.
    Date(Date),
}

impl Day {
    /// The civil day that is meant.
    ///
    /// # Errors
    /// [`CivilError::TooFar`] for one beyond the calendar.
    pub fn resolve(self, site: &SiteTime) -> Result<Date, CivilError> {
        match self {
            Self::Date(date) => Ok(date),
            Self::Relative(days) => {
                let date = site.today().checked_add(days.days());
                date.map_err(|_| CivilError::TooFar)
            }
        }
    }
}

/// How far from today a relative day may be; beyond it somebody has mistyped a date.
const MAX_RELATIVE_DAYS: u32 = 3660;

impl FromStr for Day {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let wrong = || format!("not a day; {DAYS}");
        match typed {
            "today" => return Ok(Self::Relative(0)),
            "tomorrow" => return Ok(Self::Relative(1)),
            "yesterday" => return Ok(Self::Relative(-1)),
            _ => {}
        }
        if typed.starts_with(['+', '-']) {
            let days: i32 = typed.parse().map_err(|_| wrong())?;
            return if days.unsigned_abs() <= MAX_RELATIVE_DAYS {
                Ok(Self::Relative(days))
            } else {
                Err(format!("more than {MAX_RELATIVE_DAYS} days away; {DAYS}"))
            };
        }
        // `parse` alone would take a whole date and time.
        if typed.len() != 10 {
            return Err(wrong());
        }
        typed.parse().map(Self::Date).map_err(|_| wrong())
    }
}

/// A time or, meaning its first instant, a day: the ends of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A time.
    Moment(Moment),
    /// A day.
    Day(Day),
}

impl Bound {
    /// As the start of a range.
    ///
    /// # Errors
    /// [`CivilError`] for a civil time that names no instant, or two.
    pub fn from(self, site: &SiteTime) -> Result<Timestamp, CivilError> {
        match self {
            Self::Moment(moment) => moment.resolve(site),
            Self::Day(day) => site.start_of(day.resolve(site)?),
        }
    }

    /// As the end of a range, which a day belongs to as a whole.
    ///
    /// # Errors
    /// [`CivilError`] for a civil time that names no instant, or two.
    pub fn to(self, site: &SiteTime) -> Result<Timestamp, CivilError> {
        match self {
            Self::Moment(moment) => moment.resolve(site),
            Self::Day(day) => {
                let next = day.resolve(site)?.tomorrow();
                site.start_of(next.map_err(|_| CivilError::TooFar)?)
            }
        }
    }
}

impl FromStr for Bound {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let day = typed.parse().map(Self::Day);
        day.or_else(|_| typed.parse().map(Self::Moment))
            .map_err(|_: String| format!("neither a day nor a time; {DAYS}, or {TIMES}"))
    }
}

/// The instant of a timestamp of the contract; `None` for one that no calendar has.
pub fn timestamp(stamp: prost_types::Timestamp) -> Option<Timestamp> {
    Timestamp::new(stamp.seconds, stamp.nanos).ok()
}

/// Minutes of civil time from midnight: `08:30` is 510.
pub fn minute_of(time: Time) -> i32 {
    i32::from(time.hour()) * 60 + i32::from(time.minute())
}

#[cfg(test)]
mod tests;
