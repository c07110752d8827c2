//! R7: theatre and equipment can do it. R9, R10: the team can. R12: the side is given.

use std::collections::BTreeSet;

use super::{asked::Asked, hours::because};
use crate::{
    Anaesthesia, BrokenRule, Capability, Case, CaseState, Hospital, Laterality, ProcedureType,
    RuleId, RuleSubject, StaffId, Subject, TeamMember, TeamRole, UnitId,
    claim::needed,
    wording::{span, theatre_name, zone_of},
};

pub(super) fn check(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    capabilities(asked, broken);
    kinds(asked, broken);
    units(asked, broken);
    for member in &asked.case.details.team {
        able(asked, member, broken);
    }
    absences(asked, broken);
    broken.extend(team_is_whole(asked.case));
    broken.extend(side(asked));
}

/// What stands against confirming a case: R10 as it is then.
pub(crate) fn confirmation(case: &Case) -> Vec<BrokenRule> {
    primary_surgeon(case)
        .into_iter()
        .chain(anaesthetist(case))
        .collect()
}

fn procedure_type<'a>(case: &Case, hospital: &'a Hospital) -> Option<&'a ProcedureType> {
    hospital
        .procedure_types
        .get(case.details.procedure_type.as_ref()?)
}

fn of_theatre(asked: &Asked<'_>, rule: RuleId, reason: &'static str, what: String) -> BrokenRule {
    BrokenRule {
        rule,
        reason,
        subject: RuleSubject::Theatre(asked.plan.theatre.clone()),
        description: what,
    }
}

fn of_case(rule: RuleId, reason: &'static str, what: &str) -> BrokenRule {
    BrokenRule {
        rule,
        reason,
        subject: RuleSubject::ThisCase,
        description: what.to_owned(),
    }
}

fn of_staff(staff: &StaffId, reason: &'static str, what: String) -> BrokenRule {
    BrokenRule {
        rule: RuleId::R9,
        reason,
        subject: RuleSubject::Staff(staff.clone()),
        description: what,
    }
}

fn of_unit(unit: &UnitId, reason: &'static str, what: String) -> BrokenRule {
    BrokenRule {
        rule: RuleId::R7,
        reason,
        subject: RuleSubject::Unit(unit.clone()),
        description: what,
    }
}

fn capabilities(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    let Some(theatre) = asked.hospital.theatres.get(&asked.plan.theatre) else {
        return;
    };
    for capability in wanted(asked.case, asked.hospital) {
        if !theatre.capabilities.contains(capability) {
            let name = theatre_name(asked.hospital, &theatre.id);
            let what = format!("{name} has no {capability}, which the case needs");
            broken.push(of_theatre(asked, RuleId::R7, "CAPABILITY_MISSING", what));
        }
    }
}

/// The capabilities that a case requires, by itself or by its type.
pub(super) fn wanted<'a>(case: &'a Case, hospital: &'a Hospital) -> BTreeSet<&'a Capability> {
    let by_type = procedure_type(case, hospital);
    let by_type = by_type.map_or(&[][..], |by_type| &by_type.required_capabilities);
    by_type
        .iter()
        .chain(&case.details.required_capabilities)
        .collect()
}

fn kinds(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    let Some(by_type) = procedure_type(asked.case, asked.hospital) else {
        return;
    };
    for kind in &by_type.required_kinds {
        let mut units = asked.case.details.units.iter();
        let assigned = units.any(|unit| {
            let unit = asked.hospital.units.get(unit);
            unit.is_some_and(|unit| unit.kind == *kind)
        });
        if !assigned {
            let what = format!("The case needs a {kind} and none is assigned to it");
            broken.push(of_case(RuleId::R7, "EQUIPMENT_MISSING", &what));
        }
    }
}

fn units(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    let zone = zone_of(asked.hospital, &asked.plan.theatre);
    let wanted = asked.case.details.footprint.range_from(asked.plan.start);
    for id in &asked.case.details.units {
        let Some(unit) = asked.hospital.units.get(id) else {
            let what = format!("There is no equipment {id}");
            broken.push(of_unit(id, "EQUIPMENT_UNKNOWN", what));
            continue;
        };
        let name = &unit.name;
        if unit.retired {
            let what = format!("{name} is no longer in use");
            broken.push(of_unit(id, "EQUIPMENT_RETIRED", what));
        }
        for away in &asked.surroundings.unavailable {
            if away.subject == Subject::Unit(id.clone()) && away.range.overlaps(&wanted) {
                let what = format!("{name} is away {}", span(&away.range, &zone));
                let what = because(what, &away.reason);
                broken.push(of_unit(id, "EQUIPMENT_UNAVAILABLE", what));
            }
        }
    }
}

/// R9, but for absences: known, at work, and allowed to do what they are down for.
fn able(asked: &Asked<'_>, member: &TeamMember, broken: &mut Vec<BrokenRule>) {
    let id = &member.staff;
    let Some(staff) = asked.hospital.staff.get(id) else {
        let what = format!("There is no member of staff {id}");
        broken.push(of_staff(id, "STAFF_UNKNOWN", what));
        return;
    };
    if staff.placeholder {
        return;
    }
    if staff.retired {
        let what = format!("{} no longer works here", staff.name);
        broken.push(of_staff(id, "STAFF_RETIRED", what));
    }
    if !staff.roles.contains(&member.role) {
        let role = role_in_words(member.role);
        let what = format!("{} is down as {role} and may not be that", staff.name);
        broken.push(of_staff(id, "STAFF_ROLE_NOT_ALLOWED", what));
    }
}

fn role_in_words(role: TeamRole) -> &'static str {
    match role {
        TeamRole::PrimarySurgeon => "primary surgeon",
        TeamRole::AssistantSurgeon => "assistant surgeon",
        TeamRole::Anaesthetist => "anaesthetist",
        TeamRole::ScrubNurse => "scrub nurse",
        TeamRole::CirculatingNurse => "circulating nurse",
    }
}

/// R9: nobody is absent while they are needed; told once for each absence.
fn absences(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    let zone = zone_of(asked.hospital, &asked.plan.theatre);
    for absence in &asked.surroundings.unavailable {
        let Subject::Staff(absent) = &absence.subject else {
            continue;
        };
        let needed_then = asked.case.details.team.iter().any(|member| {
            let needed = needed(asked.case, asked.plan, member.role);
            member.staff == *absent && needed.overlaps(&absence.range)
        });
        let known = asked.hospital.staff.get(absent);
        if needed_then && known.is_none_or(|staff| !staff.placeholder) {
            let name = known.map_or(absent.as_str(), |staff| &staff.name);
            let what = format!("{name} is absent {}", span(&absence.range, &zone));
            broken.push(of_staff(
                absent,
                "STAFF_ABSENT",
                because(what, &absence.reason),
            ));
        }
    }
}

fn team_is_whole(case: &Case) -> Vec<BrokenRule> {
    if case.state == CaseState::Confirmed {
        confirmation(case)
    } else {
        primary_surgeon(case).into_iter().collect()
    }
}

fn primary_surgeon(case: &Case) -> Option<BrokenRule> {
    let is_primary = |member: &&TeamMember| member.role == TeamRole::PrimarySurgeon;
    match case.details.team.iter().filter(is_primary).count() {
        0 => Some("The case has no primary surgeon"),
        1 => None,
        _ => Some("The case has more than one primary surgeon"),
    }
    .map(|what| of_case(RuleId::R10, "PRIMARY_SURGEON_REQUIRED", what))
}

fn anaesthetist(case: &Case) -> Option<BrokenRule> {
    let unneeded = matches!(
        case.details.anaesthesia,
        Anaesthesia::Local | Anaesthesia::None
    );
    let mut team = case.details.team.iter();
    if unneeded || team.any(|member| member.role == TeamRole::Anaesthetist) {
        return None;
    }
    let what = "The case has no anaesthetist and is not under local anaesthesia";
    Some(of_case(RuleId::R10, "ANAESTHETIST_REQUIRED", what))
}

fn side(asked: &Asked<'_>) -> Option<BrokenRule> {
    let required = procedure_type(asked.case, asked.hospital)?.laterality_required;
    let given = matches!(
        asked.case.details.laterality,
        Laterality::Left | Laterality::Right | Laterality::Bilateral
    );
    let what = "The procedure is done on a side, and the case does not say on which";
    (required && !given).then(|| of_case(RuleId::R12, "LATERALITY_REQUIRED", what))
}
