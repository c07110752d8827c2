//! Dates and times as logs write them.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    fmt::strtime,
};

use super::mapping::Mapping;

/// The usual forms of a time on a date, tried in this order: ISO 8601, then American with a year of
/// two digits and of four, on a clock of 12 hours and of 24.
const DATE_TIMES: [&str; 12] = [
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%m/%d/%y %I:%M %p",
    "%m/%d/%y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%y %H:%M",
    "%m/%d/%y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
];
const DATES: [&str; 3] = ["%Y-%m-%d", "%m/%d/%y", "%m/%d/%Y"];
const TIMES: [&str; 4] = ["%I:%M %p", "%I:%M:%S %p", "%H:%M", "%H:%M:%S"];

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A time with its offset.
    Instant(Timestamp),
    /// A time on a date, by some clock.
    Civil(DateTime),
    /// A time on a date that another column has.
    Clock(Time),
}

/// All forms that are tried, those of the mapping file first.
#[derive(Clone, Debug)]
pub(super) struct Forms {
    date_times: Vec<String>,
    dates: Vec<String>,
}

impl Forms {
    pub(super) fn new(mapping: &Mapping) -> Self {
        let with = |own: &[String], usual: &[&str]| {
            let usual = usual.iter().map(|form| (*form).to_owned());
            own.iter().cloned().chain(usual).collect()
        };
        Self {
            date_times: with(&mapping.format.date_time, &DATE_TIMES),
            dates: with(&mapping.format.date, &DATES),
        }
    }

    /// What a cell for a time says; `None` when it is none.
    pub(super) fn time(&self, cell: &str) -> Option<Said> {
        let civil = || first(&self.date_times, cell, |read| read.to_datetime().ok());
        let instant = || cell.parse().ok().map(Said::Instant);
        let clock = || first(&TIMES, cell, |read| read.to_time().ok());
        let civil = civil().map(Said::Civil);
        civil.or_else(instant).or_else(|| clock().map(Said::Clock))
    }

    /// The date in a cell; what follows it, such as `0:00`, may be there.
    pub(super) fn date(&self, cell: &str) -> Option<Date> {
        let date = first(&self.dates, cell, |read| read.to_date().ok());
        date.or_else(|| first(&self.date_times, cell, |read| read.to_date().ok()))
    }
}

/// The first form that fits the whole cell.
fn first<T>(
    forms: &[impl AsRef<str>],
    cell: &str,
    take: impl Fn(strtime::BrokenDownTime) -> Option<T>,
) -> Option<T> {
    forms
        .iter()
        .find_map(|form| take(strtime::parse(form.as_ref(), cell).ok()?))
}
