//! "When is this patient booked with this doctor, and for what?"
//!
//! A patient may have many cases with one doctor; the caller wants the one that matters now:
//!
//! ```text
//!      past                        now                    to come
//!  ------x-------------x------------|--------o-----------------o------>
//!                      |                     |                        waiting list
//!                      |                     1  the nearest to come      w   w   w
//!                      2  else the latest past                                   |
//!                                               3  else the newest waiting  -----+
//! ```
//!
//! 1. *to come*: SCHEDULED, CONFIRMED, IN_THEATRE or IN_RECOVERY, its start not before now;
//! 2. *past*: its start before now, or COMPLETED (an operation done ahead of its plan is past all
//!    the same);
//! 3. *waiting*: REQUESTED or POSTPONED, by the decision to operate.
//!
//! A cancelled case is never the answer. Where two are equally near, the lesser case id is, so
//! that asking twice gives one answer.

use std::{cmp::Reverse, fmt};

use jiff::{Timestamp, tz::TimeZone};
use thiserror::Error;

use crate::{Case, CaseState, Hospital, PatientId, StaffId};

/// The longest description to search by, in characters: longer than any procedure's name.
pub const MAX_DESCRIPTION_CHARS: usize = 500;

/// A description that is too long to search by.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("has {chars} characters; at most {MAX_DESCRIPTION_CHARS} are allowed")]
pub struct FilterTooLong {
    /// How many there are.
    pub chars: usize,
}

/// A text that the procedure or the condition must contain, whatever the letter case.
///
/// Unicode's lower case, not the locale's: `ÖSOPHAGUS` finds `Ösophagus`.
#[derive(Clone, Eq, PartialEq)]
pub struct DescriptionFilter {
    lowercase: Box<str>,
}

impl DescriptionFilter {
    /// Takes the text as it is, spaces included; the empty text filters nothing and is `None`.
    ///
    /// # Errors
    ///
    /// [`FilterTooLong`] beyond [`MAX_DESCRIPTION_CHARS`].
    pub fn parse(text: &str) -> Result<Option<Self>, FilterTooLong> {
        let chars = text.chars().count();
        if chars > MAX_DESCRIPTION_CHARS {
            return Err(FilterTooLong { chars });
        }
        let lowercase = text.to_lowercase().into();
        Ok((!text.is_empty()).then_some(Self { lowercase }))
    }

    /// Whether the case's procedure or condition contains the text.
    pub fn matches(&self, case: &Case) -> bool {
        [&case.details.procedure, &case.details.condition]
            .iter()
            .any(|text| text.to_lowercase().contains(&*self.lowercase))
    }
}

/// Shows nothing: what a caller searches by is about a patient.
impl fmt::Debug for DescriptionFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DescriptionFilter(..)")
    }
}

/// The question: whose case, with whom, about what.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BookingQuery {
    /// Whose case.
    pub patient: PatientId,
    /// With whom, in any surgical role.
    pub doctor: StaffId,
    /// About what; `None` is about anything.
    pub description: Option<DescriptionFilter>,
}

/// The answer.
#[derive(Clone, Eq, PartialEq)]
pub struct BookingInfo {
    /// When, as [`format_booking_date`] writes it; `None` while the case waits for a slot.
    pub date: Option<String>,
    /// What for.
    pub condition: String,
}

impl BookingInfo {
    /// Answers from `cases`, all those of the query's patient with the query's doctor.
    ///
    /// `None` when there is no such case, or none that the description matches.
    pub fn answer(
        query: &BookingQuery,
        cases: &[Case],
        hospital: &Hospital,
        now: Timestamp,
    ) -> Option<Self> {
        let case = choose(cases, query.description.as_ref(), now)?;
        let date = case.plan.as_ref().and_then(|plan| {
            let zone = hospital.zone_of(&plan.theatre)?;
            Some(format_booking_date(plan.start, zone))
        });
        Some(Self {
            date,
            condition: case.details.condition.clone(),
        })
    }
}

/// Shows whether there is a date and nothing of the patient.
impl fmt::Debug for BookingInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheduled = self.date.is_some();
        f.debug_struct("BookingInfo")
            .field("scheduled", &scheduled)
            .finish_non_exhaustive()
    }
}

/// Which rule a case falls under, and how near it is under that rule: the least wins.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
enum Nearness {
    ToCome(Timestamp),
    Past(Reverse<Timestamp>),
    Waiting(Reverse<Timestamp>),
}

fn nearness(case: &Case, now: Timestamp) -> Option<Nearness> {
    if case.state == CaseState::Cancelled {
        return None;
    }
    let Some(plan) = &case.plan else {
        return Some(Nearness::Waiting(Reverse(case.details.decided_at)));
    };
    let start = plan.start;
    let may_come = case.state.holds() || case.state.is_in_progress();
    if may_come && start >= now {
        Some(Nearness::ToCome(start))
    } else {
        Some(Nearness::Past(Reverse(start)))
    }
}

/// Chooses the case that matters at `now` by the rules above.
pub fn choose<'a>(
    cases: &'a [Case],
    description: Option<&DescriptionFilter>,
    now: Timestamp,
) -> Option<&'a Case> {
    cases
        .iter()
        .filter(|case| description.is_none_or(|filter| filter.matches(case)))
        .filter_map(|case| Some((nearness(case, now)?, case)))
        .min_by(|(a, case_a), (b, case_b)| a.cmp(b).then_with(|| case_a.id.cmp(&case_b.id)))
        .map(|(_, case)| case)
}

/// Writes an instant as the site's wall clock shows it: `dd-MMM-yyyy HH:mm`, months in English.
///
/// In the hour that the end of summer time repeats, both instants read alike: the contract's
/// format has no place for an offset.
pub fn format_booking_date(instant: Timestamp, zone: &TimeZone) -> String {
    instant
        .to_zoned(zone.clone())
        .strftime("%d-%b-%Y %H:%M")
        .to_string()
}

#[cfg(test)]
mod tests;
