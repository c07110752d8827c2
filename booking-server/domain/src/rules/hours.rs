//! R6: inside opening hours, outside closures. R11: not in the past.

use super::asked::Asked;
use crate::{
    BrokenRule, RuleId, RuleSubject, Subject, TheatreState,
    opening::open_within,
    time_range::later,
    wording::{moment, span},
};

/// How far back a plan may start: somebody has to type it in. Minutes.
pub const PAST_GRACE_MIN: u16 = 15;

pub(super) fn check(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    let (id, name) = (&asked.plan.theatre, asked.theatre_name());
    let mut tell = |reason, what: String| {
        let subject = RuleSubject::Theatre(id.clone());
        broken.push(BrokenRule::new(RuleId::R6, reason, subject, what));
    };
    match asked.theatre().map(|theatre| theatre.state) {
        Some(TheatreState::Open) => {}
        Some(TheatreState::Maintenance) => tell(
            "THEATRE_IN_MAINTENANCE",
            format!("{name} is in maintenance"),
        ),
        Some(TheatreState::Retired) => {
            tell("THEATRE_RETIRED", format!("{name} is no longer in use"));
        }
        None => tell("THEATRE_UNKNOWN", format!("There is no theatre {name}")),
    }
    if let Some(what) = outside_hours(asked, name) {
        tell("OUTSIDE_OPENING_HOURS", what);
    }
    for what in asked.unavailable(&Subject::Theatre(id.clone()), &format!("{name} is closed")) {
        tell("THEATRE_CLOSED", what);
    }
    broken.extend(past(asked));
}

fn outside_hours(asked: &Asked<'_>, name: &str) -> Option<String> {
    let (theatre, zone, wanted) = (asked.theatre()?, asked.zone(), asked.wanted());
    let open = open_within(theatre, &zone, &wanted);
    if open == [wanted] {
        return None;
    }
    let wanted = span(&wanted, &zone);
    Some(if theatre.opening.is_empty() {
        format!("{name} has no opening hours; the case would be there {wanted}")
    } else if open.is_empty() {
        format!("{name} is not open {wanted}")
    } else {
        let open: Vec<String> = open.iter().map(|range| span(range, &zone)).collect();
        let open = open.join(" and ");
        format!("The case would be in {name} {wanted}, which is open only {open} of that")
    })
}

fn past(asked: &Asked<'_>) -> Option<BrokenRule> {
    let start = asked.plan.start;
    let stays = asked.case.plan.as_ref().map(|plan| plan.start) == Some(start);
    if stays || start >= later(asked.now, -i64::from(PAST_GRACE_MIN)) {
        return None;
    }
    let start = moment(start, &asked.zone());
    let what = format!("The case would start at {start}, which is past");
    let (rule, reason) = (RuleId::R11, "START_IN_THE_PAST");
    Some(BrokenRule::new(rule, reason, RuleSubject::ThisCase, what))
}
