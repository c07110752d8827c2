//! A believable week of an invented hospital, for demonstrations: nobody in it exists. Pure: the same
//! number and the same hour give the same hospital.
//!
//! ```text
//!   number ───────────┐
//!   now ──────────────┼─▶ catalogue: theatres, staff, equipment, procedure types, weekly sessions
//!   base hospital ────┘        │
//!                              ▼
//!                      planner: lists of each day, placed by the domain's own rules
//!                              │
//!                              ▼
//!                      story: what happened so far, by the domain's own transitions
//! ```
//!
//! Nothing is written past the rules: every case stands where `booking_domain::place` let it, so a
//! broken rule is only ever one that was set aside with a reason, as on any real day.

mod catalogue;
mod chance;
mod crew;
mod people;
mod planner;
mod procedures;
mod story;
mod waiting;

use booking_domain::{
    Case, EquipmentUnit, Hospital, ProcedureType, Session, SessionTemplate, Staff, Theatre,
    Unavailability,
};
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

use crate::planner::Planner;

/// How many days before and after today have lists.
const DAYS_AROUND: i64 = 3;

/// Everything that is added to the base hospital, in the order in which it can be written.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The base hospital with everything below in it.
    pub hospital: Hospital,
    /// New ones, and those of the base changed: one version on.
    pub theatres: Vec<Theatre>,
    /// New ones, and those of the base changed: one version on.
    pub staff: Vec<Staff>,
    /// All new.
    pub units: Vec<EquipmentUnit>,
    /// All new.
    pub procedure_types: Vec<ProcedureType>,
    /// All new.
    pub templates: Vec<SessionTemplate>,
    /// All new, made from the templates.
    pub sessions: Vec<Session>,
    /// Absences and a closure.
    pub unavailabilities: Vec<Unavailability>,
    /// Past, present, to come and waiting.
    pub cases: Vec<Case>,
}

/// The hospital that `number` stands for, as it is at `now`.
///
/// `base` gives the site, the reasons and whatever is there already; of several sites the first is
/// taken, and without one there is nothing to demonstrate: `None`.
pub fn generate(base: &Hospital, number: u64, now: Timestamp) -> Option<Demo> {
    let site = base.sites.values().next()?;
    let week = Week::around(now, &site.zone)?;
    let mut demo = catalogue::open(base, site, &week);
    people::take_on(&mut demo, base, &week, number);
    let mut planner = Planner::new(&demo, &week);
    planner.fill(number);
    demo.cases = planner.cases;
    story::tell(&mut demo, &week, number);
    waiting::queue(&mut demo, &week, number);
    Some(demo)
}

/// The days that have lists, and the moment at which they are looked at.
#[derive(Clone, Debug)]
struct Week {
    now: Timestamp,
    zone: TimeZone,
    today: Date,
    first: Date,
    last: Date,
}

impl Week {
    /// `None` at the ends of the calendar.
    fn around(now: Timestamp, zone: &TimeZone) -> Option<Self> {
        let today = zone.to_datetime(now).date();
        Some(Self {
            now,
            zone: zone.clone(),
            today,
            first: today.checked_sub(DAYS_AROUND.days()).ok()?,
            last: today.checked_add(DAYS_AROUND.days()).ok()?,
        })
    }

    fn days(&self) -> impl Iterator<Item = Date> + use<> {
        booking_domain::dates(self.first, self.last)
    }
}

#[cfg(test)]
mod tests;
