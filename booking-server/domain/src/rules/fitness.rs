//! R7: theatre and equipment can do it. R9, R10: the team can. R12: the side is given.

use std::collections::BTreeSet;

use super::asked::{Asked, because};
use crate::{
    Anaesthesia, BrokenRule, Capability, Case, CaseState, Laterality, RuleId, RuleSubject, StaffId,
    Subject, TeamMember, TeamRole, claim::needed, wording::span,
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

fn of_case(rule: RuleId, reason: &'static str, what: &str) -> BrokenRule {
    BrokenRule::new(rule, reason, RuleSubject::ThisCase, what)
}

fn of_staff(staff: &StaffId, reason: &'static str, what: String) -> BrokenRule {
    BrokenRule::new(RuleId::R9, reason, RuleSubject::Staff(staff.clone()), what)
}

fn capabilities(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    let Some(theatre) = asked.theatre() else {
        return;
    };
    for capability in wanted(asked) {
        if !theatre.capabilities.contains(capability) {
            let name = asked.theatre_name();
            let what = format!("{name} has no {capability}, which the case needs");
            let (rule, subject) = (RuleId::R7, RuleSubject::Theatre(theatre.id.clone()));
            broken.push(BrokenRule::new(rule, "CAPABILITY_MISSING", subject, what));
        }
    }
}

/// The capabilities that a case requires, by itself or by its type.
pub(super) fn wanted<'a>(asked: &Asked<'a>) -> BTreeSet<&'a Capability> {
    let by_type = asked.procedure_type();
    let by_type = by_type.map_or(&[][..], |by_type| &by_type.required_capabilities);
    let by_itself = &asked.case.details.required_capabilities;
    by_type.iter().chain(by_itself).collect()
}

fn kinds(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    let by_type = asked.procedure_type();
    for kind in by_type.iter().flat_map(|by_type| &by_type.required_kinds) {
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
    for id in &asked.case.details.units {
        let mut tell = |reason, what: String| {
            let subject = RuleSubject::Unit(id.clone());
            broken.push(BrokenRule::new(RuleId::R7, reason, subject, what));
        };
        let Some(unit) = asked.hospital.units.get(id) else {
            tell("EQUIPMENT_UNKNOWN", format!("There is no equipment {id}"));
            continue;
        };
        let name = &unit.name;
        if unit.retired {
            tell("EQUIPMENT_RETIRED", format!("{name} is no longer in use"));
        }
        for what in asked.unavailable(&Subject::Unit(id.clone()), &format!("{name} is away")) {
            tell("EQUIPMENT_UNAVAILABLE", what);
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
        let role = member.role.as_str().to_lowercase().replace('_', " ");
        let what = format!("{} is down as {role} and may not be that", staff.name);
        broken.push(of_staff(id, "STAFF_ROLE_NOT_ALLOWED", what));
    }
}

/// R9: nobody is absent while they are needed; told once for each absence.
fn absences(asked: &Asked<'_>, broken: &mut Vec<BrokenRule>) {
    let zone = asked.zone();
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
            let what = because(what, &absence.reason);
            broken.push(of_staff(absent, "STAFF_ABSENT", what));
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
    let required = asked.procedure_type()?.laterality_required;
    let given = matches!(
        asked.case.details.laterality,
        Laterality::Left | Laterality::Right | Laterality::Bilateral
    );
    let what = "The procedure is done on a side, and the case does not say on which";
    (required && !given).then(|| of_case(RuleId::R12, "LATERALITY_REQUIRED", what))
}
