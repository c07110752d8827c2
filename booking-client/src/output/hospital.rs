//! What the hospital has, for people.

use booking_proto::ot::v1::{
    EquipmentUnit, ProcedureType, Reason, Site, Staff, TeamRole, Theatre, Unavailability,
};

use super::{
    cases::{list, total_min},
    table::table,
    time::date_time,
};
use crate::{
    cli::words::shown,
    moment::Place,
    request::id_of,
    week::{clock, day_name},
};

/// Theatres, in the order given.
pub fn theatre_table(theatres: &[Theatre]) -> String {
    let rows = theatres.iter().map(|theatre| {
        vec![
            id_of(&theatre.name),
            theatre.display_name.clone(),
            shown(theatre.state().as_str_name()),
            opening(theatre),
            theatre.turnover_min.to_string(),
            theatre.capabilities.join(", "),
            theatre.etag.clone(),
        ]
    });
    table(
        &[
            "theatre",
            "name",
            "state",
            "open",
            "turnover",
            "capabilities",
            "version",
        ],
        rows.collect(),
    )
}

/// `mon-fri 08:00-18:00, sat 09:00-13:00`: days that follow each other with the same hours are drawn
/// together.
pub(super) fn opening(theatre: &Theatre) -> String {
    let mut runs: Vec<(i32, i32, String)> = Vec::new();
    let mut rules = theatre.opening_rules.clone();
    rules.sort_by_key(|rule| (rule.weekday, rule.open_minute));
    for rule in rules {
        let hours = format!("{}-{}", clock(rule.open_minute), clock(rule.close_minute));
        match runs
            .iter_mut()
            .find(|(_, last, known)| *known == hours && *last == rule.weekday - 1)
        {
            Some(run) => run.1 = rule.weekday,
            None => runs.push((rule.weekday, rule.weekday, hours)),
        }
    }
    list(runs.into_iter().map(|(first, last, hours)| {
        if first == last {
            format!("{} {hours}", day_name(first))
        } else {
            format!("{}-{} {hours}", day_name(first), day_name(last))
        }
    }))
}

/// Staff, in the order given.
pub fn staff_table(staff: &[Staff]) -> String {
    let rows = staff.iter().map(|person| {
        let roles = person
            .roles
            .iter()
            .filter_map(|role| TeamRole::try_from(*role).ok());
        vec![
            id_of(&person.name),
            person.display_name.clone(),
            list(roles.map(|role| shown(role.as_str_name()))),
            person.specialty.clone(),
            match (person.retired, person.placeholder) {
                (true, _) => "retired".to_owned(),
                (_, true) => "stands for unknown people".to_owned(),
                _ => String::new(),
            },
            person.etag.clone(),
        ]
    });
    table(
        &["staff", "name", "roles", "specialty", "", "version"],
        rows.collect(),
    )
}

/// Closures and absences.
pub fn unavailability_table(all: &[Unavailability], place: &Place) -> String {
    let rows = all.iter().map(|each| {
        vec![
            id_of(&each.subject),
            date_time(each.start_time.as_ref(), place),
            date_time(each.end_time.as_ref(), place),
            each.reason.clone(),
            id_of(&each.name),
        ]
    });
    table(&["who or what", "from", "to", "why", "id"], rows.collect())
}

/// Sites.
pub fn site_table(sites: &[Site]) -> String {
    let rows = sites.iter().map(|site| {
        vec![
            id_of(&site.name),
            site.display_name.clone(),
            site.time_zone.clone(),
        ]
    });
    table(&["site", "name", "time zone"], rows.collect())
}

/// Units of equipment.
pub fn equipment_table(units: &[EquipmentUnit]) -> String {
    let rows = units.iter().map(|unit| {
        vec![
            unit.kind.clone(),
            id_of(&unit.name),
            unit.display_name.clone(),
            unit.reprocess_min.to_string(),
            retired(unit.retired),
            unit.etag.clone(),
        ]
    });
    table(
        &["kind", "unit", "name", "reprocessing min", "", "version"],
        rows.collect(),
    )
}

/// Procedure types.
pub fn procedure_table(types: &[ProcedureType]) -> String {
    let rows = types.iter().map(|each| {
        let parts = each.default_durations.unwrap_or_default();
        vec![
            id_of(&each.name),
            each.display_name.clone(),
            each.specialty.clone(),
            total_min(&parts).to_string(),
            parts.setup_min.to_string(),
            parts.procedure_min.to_string(),
            parts.cleanup_min.to_string(),
            if each.laterality_required {
                "needed".to_owned()
            } else {
                String::new()
            },
            each.required_capabilities.join(", "),
            each.required_equipment_kinds.join(", "),
            retired(each.retired),
            each.etag.clone(),
        ]
    });
    let headings = [
        "type",
        "name",
        "specialty",
        "min",
        "setup",
        "procedure",
        "cleanup",
        "side",
        "capabilities",
        "equipment",
        "",
        "version",
    ];
    table(&headings, rows.collect())
}

/// Reasons.
pub fn reason_table(reasons: &[Reason]) -> String {
    let rows = reasons.iter().map(|reason| {
        vec![
            id_of(&reason.name),
            reason.display_name.clone(),
            shown(reason.group().as_str_name()),
            if reason.avoidable {
                "avoidable".to_owned()
            } else {
                String::new()
            },
            reason.fhir_code.clone(),
            retired(reason.retired),
            reason.etag.clone(),
        ]
    });
    let headings = ["code", "meaning", "group", "", "FHIR", "", "version"];
    table(&headings, rows.collect())
}

fn retired(retired: bool) -> String {
    if retired { "retired" } else { "" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::week::OpenOn;

    #[test]
    fn days_with_the_same_hours_are_drawn_together() {
        let rules = [
            "mon-wed=08:00-18:00",
            "thu=08:00-13:00",
            "fri=08:00-18:00",
            "sat-sun=22:00-06:00",
        ];
        let rules = rules
            .iter()
            .flat_map(|typed| typed.parse::<OpenOn>().unwrap().rules().collect::<Vec<_>>());
        let theatre = Theatre {
            opening_rules: rules.collect(),
            ..Theatre::default()
        };
        assert_eq!(
            opening(&theatre),
            "mon-wed 08:00-18:00, thu 08:00-13:00, fri 08:00-18:00, sat-sun 22:00-06:00"
        );
    }
}
