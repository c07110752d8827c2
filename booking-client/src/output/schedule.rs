//! A day, theatre by theatre, and what could be done with it, for people.

use booking_proto::ot::v1::{
    BrokenRule, Case, CaseProjection, Conflict, DaySchedule, EmergencyOption, SlotOffer, TeamRole,
    TheatreDay, case::State,
};

use super::{
    cases::{list, marks, member, milestones, procedure, told},
    sessions::owner,
    table::table,
    time::{civil, clock, dated_span, span},
};
use crate::{cli::words::shown, moment::Place, printable::Printable, request::id_of};

/// Takes away what tells of a person, as the service does for whoever may not read of patients: what
/// is left may hang on a wall.
pub fn without_patients(day: &mut DaySchedule) {
    let cases = day.theatres.iter_mut().flat_map(|one| &mut one.cases);
    for case in cases.filter_map(|one| one.case.as_mut()) {
        case.patient.clear();
        case.condition.clear();
        case.notes.clear();
        if let Some(cancellation) = &mut case.cancellation {
            cancellation.note.clear();
        }
    }
}

/// One day.
pub fn day(day: &DaySchedule, place: &Place) -> String {
    let title = match civil(day.start_time.as_ref(), place) {
        Some(start) => start.strftime("%A %-d %B %Y").to_string(),
        None => day.date.clone(),
    };
    let mut text = format!(
        "{}, {} ({}), as of {}, list version {}\n",
        title,
        Printable(&id_of(&day.site)),
        Printable(&day.time_zone),
        clock(day.read_time.as_ref(), place),
        day.version
    );
    for theatre in &day.theatres {
        text.push('\n');
        text.push_str(&theatre_day(theatre, place));
    }
    text
}

fn theatre_day(day: &TheatreDay, place: &Place) -> String {
    let theatre = day.theatre.clone().unwrap_or_default();
    let id = id_of(&theatre.name);
    let mut text = Printable(&id).to_string();
    if theatre.display_name != id {
        text.push_str(&format!("  {}", Printable(&theatre.display_name)));
    }
    let open = list(
        day.open
            .iter()
            .map(|range| span(range.start_time.as_ref(), range.end_time.as_ref(), place)),
    );
    text.push_str(&if open.is_empty() {
        ", not open\n".to_owned()
    } else {
        format!(", open {open}\n")
    });
    for session in &day.sessions {
        let when = span(
            session.start_time.as_ref(),
            session.end_time.as_ref(),
            place,
        );
        let state = match session.state() {
            booking_proto::ot::v1::session::State::Planned => String::new(),
            state => format!(" ({})", shown(state.as_str_name())),
        };
        text.push_str(&format!(
            "  session {when} {}{state}\n",
            Printable(&owner(session.owner.as_ref()))
        ));
    }
    for closure in &day.closures {
        let when = span(
            closure.start_time.as_ref(),
            closure.end_time.as_ref(),
            place,
        );
        text.push_str(&format!("  CLOSED {when} {}\n", Printable(&closure.reason)));
    }
    if day.cases.is_empty() {
        text.push_str("  no cases\n");
        return text;
    }
    let rows = day.cases.iter().map(|projection| row(projection, place));
    let headings = [
        "planned",
        "state",
        "urgency",
        "procedure",
        "patient",
        "surgeon",
        "anaesthetist",
        "so far",
        "marks",
        "case",
    ];
    for line in table(&headings, rows.collect()).lines() {
        text.push_str(&format!("  {line}\n"));
    }
    text
}

fn row(projection: &CaseProjection, place: &Place) -> Vec<String> {
    let case = projection.case.clone().unwrap_or_default();
    let plan = case.plan.clone().unwrap_or_default();
    vec![
        span(plan.start_time.as_ref(), plan.end_time.as_ref(), place),
        shown(case.state().as_str_name()),
        shown(case.urgency().as_str_name()),
        procedure(&case),
        id_of(&case.patient),
        member(&case, TeamRole::PrimarySurgeon),
        member(&case, TeamRole::Anaesthetist),
        so_far(projection, place),
        marks(&case),
        id_of(&case.name),
    ]
}

/// What happened, and how late what is still to come will be.
fn so_far(projection: &CaseProjection, place: &Place) -> String {
    let case = projection.case.clone().unwrap_or_default();
    let happened = ends(&case, place);
    let late = match case.state() {
        State::Scheduled | State::Confirmed if projection.delay_min > 0 => Some(format!(
            "{} min late, from {}",
            projection.delay_min,
            clock(projection.projected_start_time.as_ref(), place)
        )),
        State::InTheatre => {
            let plan_end = case
                .plan
                .as_ref()
                .and_then(|plan| civil(plan.end_time.as_ref(), place));
            let end = civil(projection.projected_end_time.as_ref(), place);
            (end > plan_end).then(|| {
                format!(
                    "until {}",
                    clock(projection.projected_end_time.as_ref(), place)
                )
            })
        }
        _ => None,
    };
    let parts = [Some(happened).filter(|text| !text.is_empty()), late];
    list(parts.into_iter().flatten())
}

/// When it came in and what happened last; of a case that is over, when it went out.
fn ends(case: &Case, place: &Place) -> String {
    let mut all = milestones(case, place);
    if matches!(case.state(), State::Completed | State::InRecovery) {
        all.retain(|(what, _)| ["in", "out"].contains(what));
    }
    if all.len() > 2 {
        all.drain(1..all.len() - 1);
    }
    told(all)
}

/// Where a case would fit, and what stands against the others.
pub fn offers(offers: &[SlotOffer], place: &Place) -> String {
    if offers.is_empty() {
        return "No place found; look further ahead with --latest, or see --near-misses.\n"
            .to_owned();
    }
    let mut text = String::new();
    for offer in offers {
        let plan = offer.plan.clone().unwrap_or_default();
        let when = dated_span(plan.start_time.as_ref(), plan.end_time.as_ref(), place);
        let session = match id_of(&plan.session).as_str() {
            "" => String::new(),
            session => format!("  session {session}"),
        };
        let line = format!("{when}  {}{session}", id_of(&plan.theatre));
        text.push_str(&format!("{}\n", Printable(&line)));
        text.push_str(&broken(&offer.broken_rules));
    }
    text
}

fn broken(rules: &[BrokenRule]) -> String {
    let lines = rules.iter().map(|rule| {
        let may = if rule.overridable {
            " (may be set aside)"
        } else {
            ""
        };
        let line = format!("{} {}{may}", rule.rule, rule.description);
        format!("    {}\n", Printable(&line))
    });
    lines.collect()
}

/// What stands against the rules.
pub fn conflict_table(conflicts: &[Conflict]) -> String {
    let rows = conflicts.iter().map(|conflict| {
        let rule = conflict.broken_rule.clone().unwrap_or_default();
        vec![
            id_of(&conflict.case),
            rule.rule,
            rule.description,
            if conflict.overridden {
                "set aside".to_owned()
            } else {
                String::new()
            },
        ]
    });
    table(&["case", "rule", "what", ""], rows.collect())
}

/// What could be done for an emergency.
pub fn options(options: &[EmergencyOption], place: &Place) -> String {
    if options.is_empty() {
        return "No theatre can take it.\n".to_owned();
    }
    let mut text = String::new();
    for (number, option) in (1..).zip(options) {
        let plan = option.plan.clone().unwrap_or_default();
        let when = dated_span(plan.start_time.as_ref(), plan.end_time.as_ref(), place);
        let line = format!(
            "{number}. {} {when}, in {} min",
            id_of(&plan.theatre),
            option.wait_min
        );
        text.push_str(&format!("{}\n", Printable(&line)));
        if option.consequences.is_empty() {
            text.push_str("   nobody else is affected\n");
        }
        for consequence in &option.consequences {
            let what = shown(consequence.kind().as_str_name());
            let line = format!(
                "{} is {what}: {}",
                id_of(&consequence.case),
                consequence.description
            );
            text.push_str(&format!("   {}\n", Printable(&line)));
        }
        text.push_str(&format!(
            "   booking-client emergency apply {}\n",
            Printable(&option.option)
        ));
    }
    text
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
