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
//! broken rule is only ever one that was overridden with a reason, as on any real day.

mod addition;
mod catalogue;
mod chance;
mod crew;
mod people;
mod planner;
mod procedures;
mod specialties;
mod story;
mod waiting;
mod week;

use booking_domain::Hospital;
use jiff::Timestamp;

pub use self::addition::Demo;
use self::{planner::Planner, week::Week};

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

#[cfg(test)]
mod tests;
