//! Sessions: theatres' time that belongs to somebody.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Weekday},
};
use serde::Serialize;

use crate::{
    SessionId, Specialty, StaffId, TemplateId, TheatreId, TimeRange, Version,
    hospital::{clock_time, weekday_name},
};

/// Whose a session is; in the order of reports.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionOwner {
    /// One surgeon's.
    Surgeon(StaffId),
    /// A branch of surgery's.
    Specialty(Specialty),
    /// Kept for emergencies.
    Emergency,
    /// Anybody's.
    Open,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SessionState {
    /// Its owner's.
    Planned,
    /// Given up by its owner: anybody's.
    Released,
    /// Nobody's: it does not take place.
    Cancelled,
}

/// The capability that a case of a child requires: of its theatre (R7), and of its session (R8).
pub const PAEDIATRIC: &str = "paediatric";

/// What a session has for its cases.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct SessionFlags {
    /// An anaesthetist.
    pub anaesthetist: bool,
    /// General anaesthesia is possible.
    pub general_anaesthesia: bool,
    /// Staffed for children: for cases that require [`PAEDIATRIC`].
    pub paediatric: bool,
}

/// One session.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Session {
    /// Its number.
    #[serde(skip)]
    pub id: SessionId,
    /// Its version.
    #[serde(skip)]
    pub version: Version,
    /// Where.
    pub theatre: TheatreId,
    /// When.
    #[serde(flatten)]
    pub range: TimeRange,
    /// Whose.
    pub owner: SessionOwner,
    /// What it has.
    pub flags: SessionFlags,
    /// From then on it is anybody's.
    #[serde(rename = "release_time")]
    pub release_at: Option<Timestamp>,
    /// Where it stands.
    pub state: SessionState,
    /// The template it was made from, and the civil date it was made for.
    pub template: Option<(TemplateId, Date)>,
    /// For people.
    pub note: String,
}

/// On which weeks a template has a session.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recurrence {
    /// Every so many weeks, 1 to 4, counted from the template's first date.
    EveryWeeks(u8),
    /// In these weeks of the month, 1 to 5: the first to the fifth such weekday.
    WeeksOfMonth(Vec<u8>),
}

/// A rule by which sessions recur; civil time of the theatre's site.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct SessionTemplate {
    /// Its number.
    #[serde(skip)]
    pub id: TemplateId,
    /// Its version.
    #[serde(skip)]
    pub version: Version,
    /// Where.
    pub theatre: TheatreId,
    /// Whose.
    pub owner: SessionOwner,
    /// What it has.
    pub flags: SessionFlags,
    /// On which day of the week.
    #[serde(serialize_with = "weekday_name")]
    pub weekday: Weekday,
    /// Minutes after midnight.
    #[serde(serialize_with = "clock_time")]
    pub start_minute: u16,
    /// Minutes after midnight; at or before `start_minute` it is on the next day.
    #[serde(serialize_with = "clock_time")]
    pub end_minute: u16,
    /// In which weeks.
    pub recurrence: Recurrence,
    /// From this civil date on.
    pub first_date: Date,
    /// Up to and with this one; `None`: for ever.
    pub last_date: Option<Date>,
    /// How long before its start a session releases itself.
    pub release_before: Option<SignedDuration>,
}
