//! Emergency plans: what they promise, they keep; whom they must not touch, they do not.

use proptest::prelude::*;

use super::{MONDAY, any_day, any_details, held_by_minute};
use crate::{
    Booker, Case, CaseDetails, CaseId, CaseState, Milestone, Milestones, TeamRole, Urgency,
    emergency::{ApplyError, EmergencyOption, Fate, Outlook, apply, plan_emergency},
    later,
    testing::{at, details, hospital, member, requested, scheduled, theatre_id, with},
};

const THEATRES: [&str; 3] = ["OT-1", "OT-2", "OT-3"];

fn outlook(cases: &[Case]) -> Outlook<'_> {
    Outlook {
        cases,
        sessions: &[],
        unavailable: &[],
    }
}

fn on_call() -> Booker {
    Booker {
        author: "coordinator".to_owned(),
        any_session: true,
        overrides: true,
        emergency: true,
        ..Booker::default()
    }
}

fn emergency(details: CaseDetails) -> Case {
    let details = CaseDetails {
        urgency: Urgency::Immediate,
        patient: crate::testing::patient_id("PT-emergency"),
        ..details
    };
    Case::request(CaseId::parse("emergency").unwrap(), details, at(MONDAY))
}

fn options(case: &Case, theatres: &[&str], cases: &[Case], now: &str) -> Vec<EmergencyOption> {
    let theatres: Vec<_> = theatres.iter().map(|id| theatre_id(id)).collect();
    plan_emergency(
        case,
        &theatres,
        outlook(cases),
        &hospital(),
        &on_call(),
        at(now),
    )
}

/// The schedule after an option.
fn after(option: &EmergencyOption, case: &Case, cases: &[Case], now: &str) -> Vec<Case> {
    let done = apply(
        option,
        case,
        outlook(cases),
        &hospital(),
        &on_call(),
        at(now),
    )
    .unwrap();
    let mut cases = cases.to_vec();
    for change in done {
        cases.retain(|case| case.id != change.before.id);
        cases.push(change.after);
    }
    cases
}

fn by(case: Case, who: &str) -> Case {
    with(case, |details| {
        details.team = vec![member(who, TeamRole::PrimarySurgeon)];
    })
}

#[test]
fn of_free_theatres_the_one_with_the_shortest_wait_comes_first() {
    let now = "2026-06-01T08:02";
    let mut running = by(scheduled("r", "OT-1", "2026-06-01T07:30"), "DC-2");
    running.state = CaseState::InTheatre;
    running.milestones =
        Milestones::default().with(Milestone::WheelsIn, Some(at("2026-06-01T07:40")));
    let case = emergency(details("PT-x"));
    let free_now = options(&case, &THEATRES, std::slice::from_ref(&running), now);
    let said: Vec<_> = free_now
        .iter()
        .map(|option| {
            (
                option.plan.theatre.as_str(),
                option.wait_min,
                option.consequences.len(),
            )
        })
        .collect();
    // OT-1: 07:40 + 75 min in the room + 15 of cleanup + 10 of gap = 09:20.
    assert_eq!(said, [("OT-2", 3, 0), ("OT-3", 3, 0), ("OT-1", 78, 0)]);
}

#[test]
fn who_went_in_early_keeps_the_theatre_for_as_long_as_was_planned() {
    let now = "2026-06-01T08:02";
    let mut early = by(scheduled("r", "OT-1", "2026-06-01T09:00"), "DC-2");
    early.state = CaseState::InTheatre;
    early.milestones.wheels_in = Some(at("2026-06-01T08:00"));
    let case = emergency(details("PT-x"));
    let made = options(&case, &["OT-1"], std::slice::from_ref(&early), now);
    // Clean at 09:30 as it looks, and held until 10:30 with ten minutes of gap.
    assert_eq!(made[0].plan.start, at("2026-06-01T10:40"));
    assert!(made[0].consequences.is_empty());
}

#[test]
fn the_shortest_wait_comes_first_even_at_others_cost_and_then_the_fewest_consequences() {
    let now = "2026-06-01T08:00";
    let case = by(emergency(details("PT-x")), "DC-2");
    let mut running = by(scheduled("r", "OT-2", "2026-06-01T07:30"), "DC-4");
    running.state = CaseState::InTheatre;
    running.milestones =
        Milestones::default().with(Milestone::WheelsIn, Some(at("2026-06-01T07:40")));
    // OT-1 has a list that could make room at once, OT-3 two cases that could; OT-2 is free later.
    let list = by(scheduled("a", "OT-1", "2026-06-01T08:30"), "DC-5");
    let mut short = by(scheduled("b", "OT-3", "2026-06-01T08:00"), "DC-6");
    short.details.footprint = crate::testing::footprint(0, 20, 0);
    let next = by(scheduled("c", "OT-3", "2026-06-01T08:40"), "DC-7");
    let made = options(&case, &THEATRES, &[running, list, short, next], now);
    let said: Vec<_> = made
        .iter()
        .map(|option| (option.wait_min, option.consequences.len()))
        .collect();
    assert_eq!(said[..2], [(0, 1), (0, 2)], "{said:?}");
    assert!(said.is_sorted_by_key(|(wait, _)| *wait), "{said:?}");
    let free = said.iter().position(|(_, touched)| *touched == 0);
    assert!(free.unwrap() >= 2, "a later free theatre follows: {said:?}");
}

#[test]
fn whoever_makes_room_is_delayed_then_moved_then_postponed() {
    let now = "2026-06-01T08:00";
    let case = by(emergency(details("PT-x")), "DC-2");
    // Alone in the day: later in the same theatre.
    let planned = vec![scheduled("a", "OT-1", "2026-06-01T08:30")];
    let made = options(&case, &["OT-1"], &planned, now);
    let first = made.iter().find(|option| option.wait_min == 0).unwrap();
    let delayed = &first.consequences[0];
    assert!(matches!(&delayed.fate, Fate::Delayed(plan) if plan.start == at("2026-06-01T09:40")));
    assert_eq!(delayed.delay_min, 70);
    assert_eq!(
        delayed.description,
        "The case in Theatre 1 at 09:30 begins 70 minutes later, at 10:40"
    );

    // No room in OT-1 until it closes, but in another theatre.
    let all_day = |id: &str, theatre: &str, urgency| {
        let mut case = by(scheduled(id, theatre, "2026-06-01T09:40"), "DC-4");
        case.details.footprint = crate::testing::footprint(0, 8 * 60, 0);
        case.details.urgency = urgency;
        case
    };
    let mut moved = planned.clone();
    moved.push(all_day("b", "OT-1", Urgency::Urgent2a));
    let made = options(&case, &["OT-1"], &moved, now);
    let first = made.iter().find(|option| option.wait_min == 0).unwrap();
    assert!(
        matches!(&first.consequences[0].fate, Fate::Moved(plan) if plan.theatre == theatre_id("OT-2"))
    );

    // Its surgeon is busy all day: back to the waiting list, where it keeps its age.
    let busy = by(all_day("c", "OT-3", Urgency::Urgent2a), "DC-1");
    let busy = with(busy, |details| {
        details.footprint = crate::testing::footprint(0, 14 * 60, 0);
    });
    let mut postponed = moved;
    postponed.push(busy);
    let made = options(&case, &["OT-1"], &postponed, now);
    let first = made.iter().find(|option| option.wait_min == 0).unwrap();
    assert_eq!(first.consequences[0].fate, Fate::Postponed);
    let schedule = after(first, &case, &postponed, now);
    let bumped = schedule
        .iter()
        .find(|case| case.id.as_str() == "a")
        .unwrap();
    assert_eq!(
        (bumped.state, bumped.postponements),
        (CaseState::Postponed, 1)
    );
    assert_eq!(bumped.details.decided_at, planned[0].details.decided_at);
}

#[test]
fn an_option_is_stale_once_anything_it_was_made_from_has_changed() {
    let now = "2026-06-01T08:00";
    let case = emergency(details("PT-x"));
    let planned = vec![scheduled("a", "OT-1", "2026-06-01T08:30")];
    let made = options(&case, &["OT-1"], &planned, now);
    let option = made
        .iter()
        .find(|option| !option.consequences.is_empty())
        .unwrap();
    let go = |case: &Case, cases: &[Case]| {
        apply(
            option,
            case,
            outlook(cases),
            &hospital(),
            &on_call(),
            at(now),
        )
        .map(drop)
    };
    assert_eq!(go(&case, &planned), Ok(()));
    let newer = |case: &Case| Case {
        version: case.version + 1,
        ..case.clone()
    };
    assert_eq!(go(&newer(&case), &planned), Err(ApplyError::Stale));
    assert_eq!(go(&case, &[newer(&planned[0])]), Err(ApplyError::Stale));
    assert_eq!(go(&case, &[]), Err(ApplyError::Stale));
    let intruder = by(scheduled("i", "OT-1", "2026-06-01T08:00"), "DC-4");
    let with_intruder = [planned[0].clone(), intruder];
    assert_eq!(go(&case, &with_intruder), Err(ApplyError::Stale));
    assert_eq!(go(&requested("other"), &planned), Err(ApplyError::Stale));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_an_option_says_is_what_is_done_and_nobody_is_booked_twice(
        cases in any_day(0..16), details in any_details(), begun in 0usize..16,
    ) {
        let now = "2026-06-01T09:01";
        let mut cases = cases;
        if let Some(case) = cases.get_mut(begun) {
            let planned = case.plan.as_ref().map(|plan| plan.start);
            let went_in = planned.map(|planned| later(planned, -45));
            if went_in < Some(at(now)) {
                case.state = CaseState::InTheatre;
                case.milestones.wheels_in = went_in;
            }
        }
        let case = emergency(details);
        let made = options(&case, &THEATRES, &cases, now);
        let costs: Vec<usize> = made.iter().map(|option| {
            option.consequences.iter().filter(|one| one.fate == Fate::Postponed).count()
        }).collect();
        prop_assert!(costs.is_sorted());
        for option in &made {
            let schedule = after(option, &case, &cases, now);
            prop_assert_eq!(held_by_minute(&schedule, &hospital()), Ok(()));
            let find = |cases: &[Case], id: &CaseId| {
                cases.iter().find(|case| case.id == *id).cloned().unwrap()
            };
            let placed = find(&schedule, &case.id);
            prop_assert_eq!(placed.plan.as_ref().map(|plan| plan.start), Some(option.plan.start));
            for before in &cases {
                let now = find(&schedule, &before.id);
                let told = option.consequences.iter().find(|one| one.case == before.id);
                let Some(told) = told else {
                    prop_assert_eq!(&now, before);
                    continue;
                };
                prop_assert_ne!(before.state, CaseState::InTheatre);
                prop_assert!(!before.details.urgency.is_emergency());
                match &told.fate {
                    Fate::Postponed => prop_assert_eq!(now.state, CaseState::Postponed),
                    Fate::Delayed(plan) | Fate::Moved(plan) => {
                        prop_assert_eq!(now.plan.map(|plan| plan.start), Some(plan.start));
                    }
                }
            }
        }
    }
}
