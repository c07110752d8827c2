//! Cases, for people: as a table, a waiting list, a line, and with all that is known.

use booking_proto::ot::v1::{Cancellation, Case, Durations, Laterality, Plan, TeamRole};

use crate::{
    printable::Printable,
    printing::{Column, civil, clock, date_time, dated_span, joined},
    reading::{SiteTime, id_of, shown, timestamp},
};

/// A table by start.
pub const CASES: &[Column<Case, SiteTime>] = &[
    ("planned", planned),
    ("theatre", |case, _| id_of(&plan(case).theatre)),
    ("state", |case, _| shown(case.state().as_str_name())),
    ("urgency", |case, _| shown(case.urgency().as_str_name())),
    ("procedure", |case, _| procedure(case)),
    ("patient", |case, _| id_of(&case.patient)),
    ("surgeon", |case, _| member(case, TeamRole::PrimarySurgeon)),
    ("marks", |case, _| marks(case)),
    ("case", |case, _| id_of(&case.name)),
];

/// Those that wait, with how long and how late.
pub const WAITING_LIST: &[Column<Case, SiteTime>] = &[
    ("urgency", |case, _| shown(case.urgency().as_str_name())),
    ("days", waited),
    ("target", target),
    ("procedure", |case, _| procedure(case)),
    ("min", |case, _| {
        case.durations.map(total_min).unwrap_or_default()
    }),
    ("patient", |case, _| id_of(&case.patient)),
    ("surgeon", |case, _| member(case, TeamRole::PrimarySurgeon)),
    ("state", |case, _| shown(case.state().as_str_name())),
    ("case", |case, _| id_of(&case.name)),
];

/// All that is known of one.
pub const CASE: &[Column<Case, SiteTime>] = &[
    ("Case", |case, _| id_of(&case.name)),
    ("State", |case, _| shown(case.state().as_str_name())),
    ("Planned", planned),
    ("Theatre", |case, _| id_of(&plan(case).theatre)),
    ("Session", |case, _| id_of(&plan(case).session)),
    ("Patient", |case, _| id_of(&case.patient)),
    ("Procedure", |case, _| procedure(case)),
    ("Type", |case, _| id_of(&case.procedure_type)),
    ("Condition", |case, _| case.condition.clone()),
    ("Specialty", |case, _| case.specialty.clone()),
    ("Urgency", |case, _| shown(case.urgency().as_str_name())),
    ("Anaesthesia", |case, _| {
        shown(case.anaesthesia().as_str_name())
    }),
    ("Decided", |case, site| date_time(case.decision_time, site)),
    ("Target", target),
    ("Takes", |case, _| {
        case.durations.map(takes).unwrap_or_default()
    }),
    ("Team", |case, _| team(case)),
    ("Equipment", |case, _| {
        joined(case.equipment.iter().map(|unit| id_of(unit)))
    }),
    ("Requires", |case, _| case.required_capabilities.join(", ")),
    ("Happened", |case, site| told(milestones(case, site))),
    ("Cancelled", |case, site| {
        let ended = case.cancellation.as_ref();
        ended
            .map(|ended| cancellation(ended, site))
            .unwrap_or_default()
    }),
    ("Overridden", |case, _| {
        let all = case.overrides.iter();
        joined(all.map(|each| format!("{}: {} ({})", each.rule, each.reason, each.author)))
    }),
    ("Postponed", |case, _| match case.postponements {
        0 => String::new(),
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }),
    ("Imported", |case, _| case.import_key.clone()),
    ("Notes", |case, _| case.notes.clone()),
    ("Version", |case, _| case.etag.clone()),
];

/// What became of one, on a line.
pub fn case_line(case: &Case, site: &SiteTime) -> String {
    let whereabouts = match planned(case, site).as_str() {
        "" => String::new(),
        planned => format!(", {} {planned}", id_of(&plan(case).theatre)),
    };
    format!(
        "{} is {}{} (version {})\n",
        Printable(&case.name),
        shown(case.state().as_str_name()),
        Printable(&whereabouts),
        Printable(&case.etag)
    )
}

fn plan(case: &Case) -> Plan {
    case.plan.clone().unwrap_or_default()
}

fn planned(case: &Case, site: &SiteTime) -> String {
    let plan = plan(case);
    dated_span(plan.start_time, plan.end_time, site)
}

/// Days on the waiting list.
fn waited(case: &Case, site: &SiteTime) -> String {
    let decided = case.decision_time.and_then(timestamp);
    let days = decided.map(|decided| decided.duration_until(site.now).as_hours() / 24);
    days.map(|days| days.to_string()).unwrap_or_default()
}

fn target(case: &Case, site: &SiteTime) -> String {
    let Some(target) = civil(case.target_time, site) else {
        return String::new();
    };
    let missed = case.plan.is_none() && target.timestamp() < site.now;
    let mark = if missed { " MISSED" } else { "" };
    format!("{}{mark}", date_time(case.target_time, site))
}

/// The procedure, with the side in words: an L or an R has cost kidneys.
pub fn procedure(case: &Case) -> String {
    match case.laterality() {
        Laterality::Left => format!("{}, left side", case.procedure),
        Laterality::Right => format!("{}, right side", case.procedure),
        Laterality::Bilateral => format!("{}, both sides", case.procedure),
        Laterality::Unspecified | Laterality::NotApplicable => case.procedure.clone(),
    }
}

/// All three parts together, in minutes.
pub fn total_min(parts: Durations) -> String {
    (parts.setup_min + parts.procedure_min + parts.cleanup_min).to_string()
}

fn takes(parts: Durations) -> String {
    format!(
        "{} min: setup {}, procedure {}, cleanup {}",
        total_min(parts),
        parts.setup_min,
        parts.procedure_min,
        parts.cleanup_min
    )
}

fn team(case: &Case) -> String {
    joined(case.team.iter().map(|member| {
        let role = shown(member.role().as_str_name());
        format!("{} ({role})", id_of(&member.staff))
    }))
}

/// Everybody who has a role.
pub fn member(case: &Case, role: TeamRole) -> String {
    let team = case.team.iter();
    let has_role = team.filter(|member| member.role() == role);
    joined(has_role.map(|member| id_of(&member.staff)))
}

/// What happened so far, in the order in which it should, each with its civil time.
pub fn milestones(case: &Case, site: &SiteTime) -> Vec<(&'static str, String)> {
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
        .map(|(what, stamp)| (what, clock(stamp, site)))
        .collect()
}

/// `in 08:05, out 09:10`
pub fn told(milestones: Vec<(&'static str, String)>) -> String {
    joined(
        milestones
            .into_iter()
            .map(|(what, time)| format!("{what} {time}")),
    )
}

fn cancellation(ended: &Cancellation, site: &SiteTime) -> String {
    let when = date_time(ended.cancel_time, site);
    let mut said = format!("{} {when}", id_of(&ended.reason));
    if ended.day_of_surgery {
        said.push_str(", on the day of surgery");
    }
    if ended.aborted {
        said.push_str(", after anaesthesia had begun");
    }
    if !ended.note.is_empty() {
        said.push_str(&format!(": {}", ended.note));
    }
    said
}

/// What a person should not overlook.
pub fn marks(case: &Case) -> String {
    let overrides = case.overrides.iter();
    let overridden = overrides.map(|each| format!("{} overridden", each.rule));
    let imported = (!case.import_key.is_empty()).then(|| "imported".to_owned());
    joined(overridden.chain(imported))
}
