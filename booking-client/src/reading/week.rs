//! Weekly hours as people type them: `mon-fri=08:00-18:00`. Pure.

use std::str::FromStr;

use booking_proto::ot::v1::OpeningRule;
use jiff::civil::Time;

use super::moment::minute_of;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A day of the week, 1 Monday to 7 Sunday (ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekday(pub i32);

impl FromStr for Weekday {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let found = (1..)
            .zip(DAYS)
            .find(|(_, day)| day.eq_ignore_ascii_case(typed));
        let (number, _) =
            found.ok_or("a day of the week is mon, tue, wed, thu, fri, sat or sun")?;
        Ok(Self(number))
    }
}

/// `mon` for 1.
pub fn day_name(number: i32) -> &'static str {
    let index = usize::try_from(number - 1).unwrap_or(usize::MAX);
    DAYS.get(index).copied().unwrap_or("?")
}

/// From one civil time to another, minutes after midnight; an end at or before the start is on the
/// next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// 0 to 1439.
    pub from_minute: i32,
    /// 0 to 1439.
    pub to_minute: i32,
}

impl FromStr for Hours {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let wrong =
            || "write hours as 08:00-18:00; an end before the start is on the next day".to_owned();
        let (from, to) = typed.split_once('-').ok_or_else(wrong)?;
        let minute = |text: &str| match text.trim() {
            // The end of the day is the start of the next.
            "24:00" => Ok(0),
            text if text.contains(':') => {
                let time: Time = text.parse().map_err(|_| wrong())?;
                Ok(minute_of(time))
            }
            _ => Err(wrong()),
        };
        Ok(Self {
            from_minute: minute(from)?,
            to_minute: minute(to)?,
        })
    }
}

/// `08:00-18:00` for 480 and 1080.
pub fn hours(from_minute: i32, to_minute: i32) -> String {
    let clock = |minute: i32| format!("{:02}:{:02}", minute.div_euclid(60), minute.rem_euclid(60));
    format!("{}-{}", clock(from_minute), clock(to_minute))
}

/// Open on these days, at these hours: one rule for each day.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenOn(pub Vec<OpeningRule>);

impl FromStr for OpenOn {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let (days, hours) = typed
            .split_once('=')
            .ok_or("write days and hours, as in mon-fri=08:00-18:00")?;
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let (Weekday(first), Weekday(last)) = (first.parse()?, last.parse()?);
        let hours: Hours = hours.parse()?;
        // `sat-mon` goes over the end of the week.
        let count = (last - first).rem_euclid(7) + 1;
        let rules = (0..count).map(|offset| OpeningRule {
            weekday: (first - 1 + offset) % 7 + 1,
            open_minute: hours.from_minute,
            close_minute: hours.to_minute,
        });
        Ok(Self(rules.collect()))
    }
}

#[cfg(test)]
#[path = "week_tests.rs"]
mod tests;
