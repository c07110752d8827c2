//! R6: inside opening hours, outside closures. R11: not in the past.

use super::asked::Asked;
use crate::{
    BrokenRule, RuleId, RuleSubject, Subject, TheatreState,
    opening::open_within,
    time_range::{TimeRange, later},
    wording::{moment, span, theatre_name, zone_of},
};

/// How far back a plan may start: somebody has to type it in. Minutes.
pub const PAST_GRACE_MIN: u16 = 15;

pub(super) fn check(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    let name = theatre_name(asked.hospital, &asked.plan.theatre);
    let mut tell = |rule, reason, description| {
        broken.push(BrokenRule {
            rule,
            reason,
            subject: RuleSubject::Theatre(asked.plan.theatre.clone()),
            description,
        });
    };

    let state = asked.hospital.theatres.get(&asked.plan.theatre);
    match state.map(|theatre| theatre.state) {
        Some(TheatreState::Open) => {}
        Some(TheatreState::Maintenance) => tell(
            RuleId::R6,
            "THEATRE_IN_MAINTENANCE",
            format!("{name} is in maintenance"),
        ),
        Some(TheatreState::Retired) => tell(
            RuleId::R6,
            "THEATRE_RETIRED",
            format!("{name} is no longer in use"),
        ),
        None => tell(
            RuleId::R6,
            "THEATRE_UNKNOWN",
            format!("There is no theatre {name}"),
        ),
    }
    if let Some(description) = outside_hours(asked, name) {
        tell(RuleId::R6, "OUTSIDE_OPENING_HOURS", description);
    }
    for description in closures(asked, name) {
        tell(RuleId::R6, "THEATRE_CLOSED", description);
    }
    if let Some(description) = past(asked) {
        broken.push(BrokenRule {
            rule: RuleId::R11,
            reason: "START_IN_THE_PAST",
            subject: RuleSubject::ThisCase,
            description,
        });
    }
}

fn footprint(asked: &Asked<'_>) -> TimeRange {
    asked.case.details.footprint.range_from(asked.plan.start)
}

fn outside_hours(asked: &Asked<'_>, name: &str) -> Option<String> {
    let theatre = asked.hospital.theatres.get(&asked.plan.theatre)?;
    let zone = zone_of(asked.hospital, &theatre.id);
    let wanted = footprint(asked);
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

fn closures(asked: &Asked<'_>, name: &str) -> Vec<String> {
    let zone = zone_of(asked.hospital, &asked.plan.theatre);
    let wanted = footprint(asked);
    let theatre = Subject::Theatre(asked.plan.theatre.clone());
    let closures = asked
        .surroundings
        .unavailable
        .iter()
        .filter(|closure| closure.subject == theatre && closure.range.overlaps(&wanted));
    closures
        .map(|closure| {
            let when = span(&closure.range, &zone);
            because(format!("{name} is closed {when}"), &closure.reason)
        })
        .collect()
}

/// The sentence with its reason, where one is given.
pub(super) fn because(sentence: String, reason: &str) -> String {
    if reason.trim().is_empty() {
        sentence
    } else {
        format!("{sentence}: {reason}")
    }
}

fn past(asked: &Asked<'_>) -> Option<String> {
    let stays = asked.case.plan.as_ref().map(|plan| plan.start) == Some(asked.plan.start);
    let earliest = later(asked.now, -i64::from(PAST_GRACE_MIN));
    if stays || asked.plan.start >= earliest {
        return None;
    }
    let zone = zone_of(asked.hospital, &asked.plan.theatre);
    Some(format!(
        "The case would start at {}, which is past",
        moment(asked.plan.start, &zone)
    ))
}
