//! Sessions that recur, made date by date.
//!
//! A template is civil time: a session from 22:00 to 08:00 lasts 11 hours in the night in which
//! summer time ends. What was made once is a session of its own: changed or cancelled by hand it
//! stays so, and its date is not made again.

use std::fmt;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Weekday},
    tz::TimeZone,
};

use crate::{
    Recurrence, Session, SessionId, SessionState, SessionTemplate, TimeRange,
    opening::{civil_range, dates},
};

/// Over how many days a template is expanded at most.
pub const MAX_EXPANSION_DAYS: u16 = 400;

/// Why a date of a template gets no session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Skipped {
    /// It has one, or had one that was cancelled or moved.
    Made(SessionId),
    /// Another session is in the theatre then.
    Taken(SessionId),
    /// Clocks skip the whole of it, or it is beyond the calendar.
    NoSuchTime,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made(_) => f.write_str("a session was made for this date before"),
            Self::Taken(other) => write!(f, "session {other} is in the theatre then"),
            Self::NoSuchTime => f.write_str("clocks skip this time on this date"),
        }
    }
}

/// What came of a template.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Expansion {
    /// New ones, by date.
    pub sessions: Vec<Session>,
    /// Dates left out, each with its reason.
    pub skipped: Vec<(Date, Skipped)>,
}

impl SessionTemplate {
    /// Whether it has a session that begins on `date`.
    pub fn recurs_on(&self, date: Date) -> bool {
        let in_force = date >= self.first_date && self.last_date.is_none_or(|last| date <= last);
        if !in_force || date.weekday() != self.weekday {
            return false;
        }
        match &self.recurrence {
            Recurrence::EveryWeeks(weeks) => {
                let lead = days_until(self.first_date.weekday(), self.weekday);
                let since_first = days_between(self.first_date, date) - lead;
                let period = i64::from(*weeks) * 7;
                period > 0 && since_first % period == 0
            }
            Recurrence::WeeksOfMonth(weeks) => {
                let week = (date.day() - 1) / 7 + 1;
                weeks.iter().any(|wanted| i8::try_from(*wanted) == Ok(week))
            }
        }
    }

    fn session_on(&self, date: Date, range: TimeRange, id: SessionId) -> Session {
        let release = |before: SignedDuration| {
            let at = range.start().checked_sub(before);
            at.unwrap_or(Timestamp::MIN)
        };
        Session {
            id,
            version: 1,
            theatre: self.theatre.clone(),
            range,
            owner: self.owner.clone(),
            flags: self.flags,
            release_at: self.release_before.map(release),
            state: SessionState::Planned,
            template: Some((self.id.clone(), date)),
            note: String::new(),
        }
    }
}

/// Makes the template's sessions from `first` to `last`, both included, cut at
/// [`MAX_EXPANSION_DAYS`].
///
/// `zone` is that of the theatre's site. `existing` holds the template's own sessions of these
/// dates, wherever they are now, and every session in the theatre then. `new_id` gives each new
/// session its number.
pub fn expand(
    template: &SessionTemplate,
    zone: &TimeZone,
    (first, last): (Date, Date),
    existing: &[Session],
    mut new_id: impl FnMut(Date) -> SessionId,
) -> Expansion {
    let mut expansion = Expansion::default();
    let days = dates(first, last).take(MAX_EXPANSION_DAYS.into());
    for date in days.filter(|date| template.recurs_on(*date)) {
        match free_range(template, zone, date, existing, &expansion.sessions) {
            Ok(range) => {
                let session = template.session_on(date, range, new_id(date));
                expansion.sessions.push(session);
            }
            Err(skipped) => expansion.skipped.push((date, skipped)),
        }
    }
    expansion
}

fn free_range(
    template: &SessionTemplate,
    zone: &TimeZone,
    date: Date,
    existing: &[Session],
    made: &[Session],
) -> Result<TimeRange, Skipped> {
    let is_it = |session: &&Session| {
        let origin = session.template.as_ref();
        origin.is_some_and(|(id, made_for)| *id == template.id && *made_for == date)
    };
    if let Some(before) = existing.iter().find(is_it) {
        return Err(Skipped::Made(before.id.clone()));
    }
    let (start, end) = (template.start_minute, template.end_minute);
    let range = civil_range(zone, date, start, end).ok_or(Skipped::NoSuchTime)?;
    let in_the_way = |session: &&Session| {
        session.state != SessionState::Cancelled
            && session.theatre == template.theatre
            && session.range.overlaps(&range)
    };
    match existing.iter().chain(made).find(in_the_way) {
        Some(other) => Err(Skipped::Taken(other.id.clone())),
        None => Ok(range),
    }
}

/// How many days from one weekday to the next of another: 0 to 6.
fn days_until(from: Weekday, to: Weekday) -> i64 {
    i64::from(from.until(to))
}

fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

#[cfg(test)]
pub(crate) mod tests;
