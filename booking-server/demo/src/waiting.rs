//! The waiting list: long, as everywhere, with some past their target and an emergency or two that
//! nobody has found a place for yet.

use booking_domain::{
    Case, ReasonCode, ReasonGiven, StaffId, TeamMember, TeamRole, Urgency, later, postpone,
};

use crate::{
    addition::Demo,
    catalogue::{EMERGENCY_THEATRE, id},
    chance::Chance,
    planner::request,
    procedures::{PROCEDURES, Procedure},
    week::Week,
};

/// How many wait for a place on a list.
const WAITING: usize = 70;
/// How many of those planned for later this week lose their place again.
const POSTPONED: usize = 5;
/// Above every number on a list.
const FIRST_NUMBER: usize = 9000;
const MINUTES_A_DAY: i64 = 24 * 60;
/// A planned operation should happen within eighteen weeks.
const ELECTIVE_TARGET_DAYS: i64 = 18 * 7;

/// Adds those who wait, and takes some back from later in the week.
pub(crate) fn queue(demo: &mut Demo, week: &Week, number: u64) {
    let chance = &mut Chance::of(number, "waiting");
    put_off(demo, week, chance);
    let listed: Vec<&Procedure> = PROCEDURES.iter().filter(|each| !each.emergency).collect();
    for _ in 0..WAITING {
        let urgency = if chance.percent(12) {
            Urgency::Expedited
        } else {
            Urgency::Elective
        };
        let days = if urgency == Urgency::Expedited {
            chance.between(0, 4)
        } else {
            chance.between(3, 160)
        };
        let decided = later(week.now, -MINUTES_A_DAY * days - chance.between(0, 600));
        let procedure = *chance.pick(&listed);
        enter(demo, procedure, urgency, decided, chance);
    }
    let emergencies: Vec<&Procedure> = PROCEDURES.iter().filter(|each| each.emergency).collect();
    for (urgency, minutes) in [(Urgency::Urgent2a, 35), (Urgency::Urgent2b, 190)] {
        let procedure = *chance.pick(&emergencies);
        let decided = later(week.now, -minutes);
        enter(demo, procedure, urgency, decided, chance);
        let on_call = on_call(demo, week, procedure);
        if let Some(case) = demo.cases.last_mut().filter(|_| !on_call.is_empty()) {
            case.details.team = on_call;
        }
    }
}

/// Who does emergencies today, with a surgeon of the procedure's specialty: nobody before the first.
fn on_call(demo: &Demo, week: &Week, procedure: &Procedure) -> Vec<TeamMember> {
    let specialty = |id: &StaffId| {
        let person = demo.hospital.staff.get(id);
        person.and_then(|person| person.specialty.as_ref())
    };
    let today = |case: &&Case| {
        case.plan.as_ref().is_some_and(|plan| {
            let date = week.zone.to_datetime(plan.start).date();
            plan.theatre.as_str() == EMERGENCY_THEATRE && date == week.today
        })
    };
    let of_specialty = |case: &&Case| {
        let surgeon = case.primary_surgeon().and_then(specialty);
        surgeon.is_some_and(|surgeon| surgeon.as_str() == procedure.specialty)
    };
    let mut teams = demo.cases.iter().filter(today).filter(of_specialty);
    teams
        .next()
        .map(|case| case.details.team.clone())
        .unwrap_or_default()
}

fn enter(
    demo: &mut Demo,
    procedure: &Procedure,
    urgency: Urgency,
    decided: jiff::Timestamp,
    chance: &mut Chance,
) {
    let fit = demo.staff.iter().filter(|person| {
        person.roles.contains(&TeamRole::PrimarySurgeon)
            && person
                .specialty
                .as_ref()
                .is_some_and(|specialty| specialty.as_str() == procedure.specialty)
    });
    let fit: Vec<StaffId> = fit.map(|person| person.id.clone()).collect();
    let team = vec![TeamMember {
        staff: chance.pick(&fit).clone(),
        role: TeamRole::PrimarySurgeon,
    }];
    let queued = demo.cases.iter().filter(|case| case.plan.is_none()).count();
    let number = FIRST_NUMBER + queued;
    // The minute is whole: people write them so.
    let decided =
        jiff::Timestamp::from_second(decided.as_second().div_euclid(60) * 60).unwrap_or(decided);
    let mut case = request(number, procedure, urgency, decided, team, chance);
    if urgency == Urgency::Elective {
        case.details.target_at = Some(later(decided, ELECTIVE_TARGET_DAYS * MINUTES_A_DAY));
    }
    demo.cases.push(case);
}

fn put_off(demo: &mut Demo, week: &Week, chance: &mut Chance) {
    let reason = ReasonGiven {
        code: id!(ReasonCode, "LIST_REARRANGED"),
        note: String::new(),
    };
    for _ in 0..POSTPONED {
        let tomorrow = later(week.now, MINUTES_A_DAY);
        let planned = demo.cases.iter().enumerate().filter(|(_, case)| {
            case.state.holds() && case.plan.as_ref().is_some_and(|plan| plan.start > tomorrow)
        });
        let planned: Vec<usize> = planned.map(|(index, _)| index).collect();
        if planned.is_empty() {
            return;
        }
        let index = *chance.pick(&planned);
        let at = demo.cases[index].updated_at.max(later(week.now, -60));
        if let Ok(postponed) = postpone(&demo.cases[index], &reason, &demo.hospital, at) {
            demo.cases[index] = postponed;
        }
    }
}
