//! Cases, for people: as a table, a waiting list, a line, and with all that is known.

use booking_proto::ot::v1::{Case, Laterality, TeamRole};

use super::{
    table::{details, table},
    time::{civil, clock, date_time, dated_span},
};
use crate::{
    cli::words::shown, moment::Place, printable::Printable, request::id_of, stamp::timestamp,
};

/// By start.
pub fn case_table(cases: &[Case], place: &Place) -> String {
    let rows = cases.iter().map(|case| {
        let plan = case.plan.clone().unwrap_or_default();
        vec![
            dated_span(plan.start_time.as_ref(), plan.end_time.as_ref(), place),
            id_of(&plan.theatre),
            shown(case.state().as_str_name()),
            shown(case.urgency().as_str_name()),
            procedure(case),
            id_of(&case.patient),
            member(case, TeamRole::PrimarySurgeon),
            marks(case),
            id_of(&case.name),
        ]
    });
    let headings = [
        "planned",
        "theatre",
        "state",
        "urgency",
        "procedure",
        "patient",
        "surgeon",
        "marks",
        "case",
    ];
    table(&headings, rows.collect())
}

/// Those that wait, with how long and how late.
pub fn waiting_list(cases: &[Case], place: &Place) -> String {
    let rows = cases.iter().map(|case| {
        let days = case
            .decision_time
            .as_ref()
            .and_then(timestamp)
            .map(|decided| decided.duration_until(place.now).as_hours() / 24);
        vec![
            shown(case.urgency().as_str_name()),
            days.map(|days| days.to_string()).unwrap_or_default(),
            target(case, place),
            procedure(case),
            case.durations
                .map(|parts| total_min(&parts).to_string())
                .unwrap_or_default(),
            id_of(&case.patient),
            member(case, TeamRole::PrimarySurgeon),
            shown(case.state().as_str_name()),
            id_of(&case.name),
        ]
    });
    let headings = [
        "urgency",
        "days",
        "target",
        "procedure",
        "min",
        "patient",
        "surgeon",
        "state",
        "case",
    ];
    table(&headings, rows.collect())
}

/// What became of one, on a line.
pub fn case_line(case: &Case, place: &Place) -> String {
    let plan = case.plan.clone().unwrap_or_default();
    let planned = dated_span(plan.start_time.as_ref(), plan.end_time.as_ref(), place);
    let whereabouts = match planned.as_str() {
        "" => String::new(),
        planned => format!(", {} {planned}", id_of(&plan.theatre)),
    };
    format!(
        "{} is {}{} (version {})\n",
        Printable(&case.name),
        shown(case.state().as_str_name()),
        Printable(&whereabouts),
        Printable(&case.etag)
    )
}

/// All that is known of one.
pub fn case_details(case: &Case, place: &Place) -> String {
    let plan = case.plan.clone().unwrap_or_default();
    let durations = case.durations.map(|parts| {
        format!(
            "{} min: setup {}, procedure {}, cleanup {}",
            total_min(&parts),
            parts.setup_min,
            parts.procedure_min,
            parts.cleanup_min
        )
    });
    let team = case.team.iter().map(|member| {
        format!(
            "{} ({})",
            id_of(&member.staff),
            shown(member.role().as_str_name())
        )
    });
    let overrides = case
        .overrides
        .iter()
        .map(|each| format!("{}: {} ({})", each.rule, each.reason, each.author));
    let cancellation = case.cancellation.as_ref().map(|cancellation| {
        let mut said = format!(
            "{} {}",
            id_of(&cancellation.reason),
            date_time(cancellation.cancel_time.as_ref(), place)
        );
        if cancellation.day_of_surgery {
            said.push_str(", on the day of surgery");
        }
        if cancellation.aborted {
            said.push_str(", after anaesthesia had begun");
        }
        if !cancellation.note.is_empty() {
            said.push_str(&format!(": {}", cancellation.note));
        }
        said
    });
    details(&[
        ("Case", id_of(&case.name)),
        ("State", shown(case.state().as_str_name())),
        (
            "Planned",
            dated_span(plan.start_time.as_ref(), plan.end_time.as_ref(), place),
        ),
        ("Theatre", id_of(&plan.theatre)),
        ("Session", id_of(&plan.session)),
        ("Patient", id_of(&case.patient)),
        ("Procedure", procedure(case)),
        ("Type", id_of(&case.procedure_type)),
        ("Condition", case.condition.clone()),
        ("Specialty", case.specialty.clone()),
        ("Urgency", shown(case.urgency().as_str_name())),
        ("Anaesthesia", shown(case.anaesthesia().as_str_name())),
        ("Decided", date_time(case.decision_time.as_ref(), place)),
        ("Target", target(case, place)),
        ("Takes", durations.unwrap_or_default()),
        ("Team", list(team)),
        (
            "Equipment",
            list(case.equipment.iter().map(|unit| id_of(unit))),
        ),
        ("Requires", list(case.required_capabilities.iter().cloned())),
        ("Happened", told(milestones(case, place))),
        ("Cancelled", cancellation.unwrap_or_default()),
        ("Set aside", list(overrides)),
        ("Postponed", times(case.postponements)),
        ("Imported", case.import_key.clone()),
        ("Notes", case.notes.clone()),
        ("Version", case.etag.clone()),
    ])
}

/// The procedure, with the side in words: an L or an R has cost kidneys.
pub(super) fn procedure(case: &Case) -> String {
    match case.laterality() {
        Laterality::Left => format!("{}, left side", case.procedure),
        Laterality::Right => format!("{}, right side", case.procedure),
        Laterality::Bilateral => format!("{}, both sides", case.procedure),
        Laterality::Unspecified | Laterality::NotApplicable => case.procedure.clone(),
    }
}

/// Everybody who has a role.
pub(super) fn member(case: &Case, role: TeamRole) -> String {
    list(
        case.team
            .iter()
            .filter(|member| member.role() == role)
            .map(|member| id_of(&member.staff)),
    )
}

/// What happened so far, in the order in which it should, each with its civil time.
pub(super) fn milestones(case: &Case, place: &Place) -> Vec<(&'static str, String)> {
    let happened = case.milestones.unwrap_or_default();
    let moments = [
        ("in", happened.wheels_in),
        ("ready", happened.anaesthesia_ready),
        ("knife", happened.knife_to_skin),
        ("closed", happened.closed),
        ("out", happened.wheels_out),
        ("recovered", happened.recovery_out),
        ("clean", happened.theatre_clean),
    ];
    let there = moments.into_iter().filter(|(_, stamp)| stamp.is_some());
    there
        .map(|(what, stamp)| (what, clock(stamp.as_ref(), place)))
        .collect()
}

/// `in 08:05, out 09:10`
pub(super) fn told(milestones: impl IntoIterator<Item = (&'static str, String)>) -> String {
    list(
        milestones
            .into_iter()
            .map(|(what, time)| format!("{what} {time}")),
    )
}

/// What a person should not overlook.
pub(super) fn marks(case: &Case) -> String {
    let set_aside = case
        .overrides
        .iter()
        .map(|each| format!("{} set aside", each.rule));
    let imported = (!case.import_key.is_empty()).then(|| "imported".to_owned());
    list(set_aside.chain(imported))
}

fn target(case: &Case, place: &Place) -> String {
    let Some(target) = civil(case.target_time.as_ref(), place) else {
        return String::new();
    };
    let missed = case.plan.is_none() && target.timestamp() < place.now;
    format!(
        "{}{}",
        date_time(case.target_time.as_ref(), place),
        if missed { " MISSED" } else { "" }
    )
}

pub(super) fn total_min(parts: &booking_proto::ot::v1::Durations) -> i32 {
    parts.setup_min + parts.procedure_min + parts.cleanup_min
}

fn times(count: i32) -> String {
    match count {
        0 => String::new(),
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}

pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}
