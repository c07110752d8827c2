//! Lists, moves, projections and conflicts.

use proptest::prelude::*;

use super::{any_day, any_details};
use crate::{
    Booker, Case, CaseCondition, CaseId, CaseOrder, CaseOrderKey, CaseQuery, CaseState, Milestone,
    Move, MovesRefused, Override, Plan, RuleId, Subject, TeamRole, TheatreState, Timetable,
    Urgency, conflicts, place_all, project,
    testing::{
        at, compare, footprint, holds, hospital, is_asked_for, member, page, patient_id, plan,
        range, requested, scheduled, session_id, specialty, staff_id, theatre_id, unavailable,
        with,
    },
};

#[test]
fn a_case_matches_what_holds_of_it_and_what_is_missing_matches_nothing() {
    use CaseCondition::*;
    let mut case = scheduled("a", "OT-1", "2026-06-01T09:00");
    case.plan.as_mut().unwrap().session = Some(session_id("s"));
    case.details.target_at = Some(at("2026-07-01T00:00"));
    let start = at("2026-06-01T09:00");
    let table = [
        (
            StateIn(vec![CaseState::Scheduled, CaseState::Completed]),
            true,
        ),
        (StateIn(vec![CaseState::Requested]), false),
        (StateIn(vec![]), false),
        (TheatreIn(vec![theatre_id("OT-1")]), true),
        (TheatreIn(vec![theatre_id("OT-2")]), false),
        (SessionIs(session_id("s")), true),
        (SessionIs(session_id("t")), false),
        (PatientIs(patient_id("PT-a")), true),
        (PatientIs(patient_id("PT-b")), false),
        (StaffIs(staff_id("DC-1")), true),
        (StaffIs(staff_id("DC-2")), false),
        (UrgencyIn(vec![Urgency::Elective]), true),
        (UrgencyIn(vec![Urgency::Immediate]), false),
        (SpecialtyIs(specialty("general")), true),
        (SpecialtyIs(specialty("eyes")), false),
        (StartFrom(start), true),
        (StartBefore(start), false),
        (StartFrom(at("2026-06-01T09:01")), false),
        (StartBefore(at("2026-06-01T09:01")), true),
        (DecidedFrom(case.details.decided_at), true),
        (DecidedBefore(case.details.decided_at), false),
        (TargetFrom(at("2026-07-01T00:00")), true),
        (TargetBefore(at("2026-07-01T00:00")), false),
        (Waiting(false), true),
        (Waiting(true), false),
        (TextContains("INGUINAL".to_owned()), true),
        (TextContains("repair".to_owned()), true),
        (TextContains("spleen".to_owned()), false),
        (TextContains(String::new()), true),
    ];
    for (condition, expected) in table {
        assert_eq!(holds(&condition, &case), expected, "{condition:?}");
    }
    let waiting = requested("w");
    let absent = [
        StartFrom(at("2000-01-01T00:00")),
        StartBefore(at("2100-01-01T00:00")),
        TargetFrom(at("2000-01-01T00:00")),
        TargetBefore(at("2100-01-01T00:00")),
        TheatreIn(vec![theatre_id("OT-1")]),
    ];
    assert!(absent.iter().all(|condition| !holds(condition, &waiting)));
}

#[test]
fn the_waiting_list_goes_by_urgency_then_target_then_age() {
    let case = |id: &str, urgency, target: Option<&str>, decided: &str| {
        with(requested(id), |details| {
            details.urgency = urgency;
            details.target_at = target.map(at);
            details.decided_at = at(decided);
        })
    };
    let old = "2026-01-01T00:00";
    let mut cases = [
        case("elective, old", Urgency::Elective, None, old),
        case(
            "expedited, late target",
            Urgency::Expedited,
            Some("2026-06-03T00:00"),
            old,
        ),
        case("expedited, no target", Urgency::Expedited, None, old),
        case(
            "expedited, soon",
            Urgency::Expedited,
            Some("2026-06-02T00:00"),
            "2026-05-30T00:00",
        ),
        case("immediate", Urgency::Immediate, None, "2026-06-01T00:00"),
        case("elective, new", Urgency::Elective, None, "2026-05-01T00:00"),
    ];
    let order = CaseOrder {
        key: CaseOrderKey::Waiting,
        descending: false,
    };
    cases.sort_by(|a, b| compare(order, a, b));
    let ids = cases.each_ref().map(|case| case.id.as_str());
    assert_eq!(
        ids,
        [
            "immediate",
            "expedited, soon",
            "expedited, late target",
            "expedited, no target",
            "elective, old",
            "elective, new",
        ]
    );
}

proptest! {
    #[test]
    fn pages_put_together_are_the_whole_list_in_order(
        planned in any_day(0..12),
        waiting in proptest::collection::vec(any_details(), 0..6),
        key in proptest::sample::select(vec![
            CaseOrderKey::Start, CaseOrderKey::Decided, CaseOrderKey::Waiting,
        ]),
        descending in any::<bool>(), limit in 1u32..5,
    ) {
        let mut cases = planned;
        for (index, details) in waiting.into_iter().enumerate() {
            let id = CaseId::parse(&format!("w{index}")).unwrap();
            cases.push(Case::request(id, details, at("2026-06-01T00:00")));
        }
        let order = CaseOrder { key, descending };
        let mut query = CaseQuery {
            conditions: vec![CaseCondition::UrgencyIn(Urgency::ALL[1..].to_vec())],
            order,
            after: None,
            limit,
        };
        let mut pages: Vec<&Case> = Vec::new();
        loop {
            let page = page(&query, &cases);
            let Some(last) = page.last() else { break };
            prop_assert!(page.len() <= limit as usize);
            query.after = Some(order.cursor(last));
            pages.extend(page);
        }
        let mut whole: Vec<&Case> = cases.iter().filter(|case| is_asked_for(&query, case)).collect();
        whole.sort_by(|a, b| compare(order, a, b));
        prop_assert_eq!(pages, whole);
    }
}

fn moves<'a>(cases: &'a [Case], plans: &[Plan]) -> Vec<Move<'a>> {
    let pair = |(case, plan): (&'a Case, &Plan)| Move {
        case,
        plan: plan.clone(),
        overrides: &[],
    };
    cases.iter().zip(plans).map(pair).collect()
}

#[test]
fn two_cases_swap_and_a_list_is_pushed_all_or_none() {
    let hospital = hospital();
    let now = at("2026-05-20T12:00");
    let by = |case: Case, who: &str| {
        with(case, |details| {
            details.team = vec![member(who, TeamRole::PrimarySurgeon)];
        })
    };
    let cases = [
        scheduled("a", "OT-1", "2026-06-01T08:00"),
        by(scheduled("b", "OT-2", "2026-06-01T08:00"), "DC-2"),
        by(scheduled("c", "OT-2", "2026-06-01T09:30"), "DC-4"),
    ];
    let table = Timetable::of_cases(&cases, [], [], &hospital);
    let place = |moves: &[Move<'_>]| place_all(moves, &table, &hospital, &Booker::default(), now);
    let swapped = [
        plan("OT-2", "2026-06-01T08:00"),
        plan("OT-1", "2026-06-01T08:00"),
    ];
    let placed = place(&moves(&cases[..2], &swapped)).unwrap();
    assert_eq!(
        placed
            .iter()
            .map(|place| place.plan.clone())
            .collect::<Vec<_>>(),
        swapped
    );

    let pushed = ["2026-06-01T08:20", "2026-06-01T09:50"].map(|start| plan("OT-2", start));
    assert!(place(&moves(&cases[1..], &pushed)).is_ok());
    // One of the two alone runs into the other.
    let alone = place(&moves(&cases[1..2], &pushed[..1]));
    let Err(MovesRefused::Broken(broken)) = alone else {
        panic!("{alone:?}");
    };
    assert_eq!((broken.len(), &broken[0].0), (1, &cases[1].id));
    assert_eq!(broken[0].1[0].reason, "THEATRE_DOUBLE_BOOKED");
    // Both into one place.
    let one_place = [
        plan("OT-3", "2026-06-01T08:00"),
        plan("OT-3", "2026-06-01T08:00"),
    ];
    assert!(matches!(
        place(&moves(&cases[..2], &one_place)),
        Err(MovesRefused::Broken(broken)) if broken.len() == 2
    ));
    let twice = [cases[0].clone(), cases[0].clone()];
    assert_eq!(
        place(&moves(&twice, &swapped)),
        Err(MovesRefused::Repeated(cases[0].id.clone()))
    );
}

#[test]
fn one_late_case_delays_those_behind_it_until_a_gap_takes_it_up() {
    let day = range("2026-05-31T23:00", "2026-06-01T23:00");
    let mut cases = vec![
        scheduled("a", "OT-1", "2026-06-01T08:00"),
        scheduled("b", "OT-1", "2026-06-01T09:40"),
        scheduled("c", "OT-1", "2026-06-01T11:45"),
        scheduled("d", "OT-1", "2026-06-01T16:00"),
    ];
    let delays = |cases: &[Case], now: &str| -> Vec<(String, u32)> {
        let projected = project(cases, 10, &day, at(now));
        let pair = |one: crate::Projection| (one.case.as_str().to_owned(), one.delay_min);
        projected.into_iter().map(pair).collect()
    };
    let expect = |minutes: [u32; 4]| {
        let ids = ["a", "b", "c", "d"].map(str::to_owned);
        ids.into_iter().zip(minutes).collect::<Vec<_>>()
    };
    assert_eq!(delays(&cases, "2026-06-01T07:00"), expect([0, 0, 0, 0]));
    // Nobody has come in: everything waits for now.
    assert_eq!(delays(&cases, "2026-06-01T08:30"), expect([30, 30, 5, 0]));
    // In at 08:50, for 75 minutes and 15 of cleanup, then 10 of gap: the next at 10:30.
    cases[0].state = CaseState::InTheatre;
    cases[0].milestones.wheels_in = Some(at("2026-06-01T08:50"));
    assert_eq!(delays(&cases, "2026-06-01T09:00"), expect([50, 50, 25, 0]));
    // Not out at 10:30, when the time was up at 10:05.
    assert_eq!(delays(&cases, "2026-06-01T10:30"), expect([50, 75, 50, 0]));
    // Out and clean sooner than thought.
    cases[0].state = CaseState::InRecovery;
    cases[0].milestones = cases[0]
        .milestones
        .with(Milestone::WheelsOut, Some(at("2026-06-01T09:20")))
        .with(Milestone::TheatreClean, Some(at("2026-06-01T09:25")));
    assert_eq!(delays(&cases, "2026-06-01T09:30"), expect([50, 0, 0, 0]));
    // The day is over: of what never began nothing is known.
    assert_eq!(delays(&cases, "2026-06-02T12:00"), expect([50, 0, 0, 0]));
    cases[3].state = CaseState::Cancelled;
    assert_eq!(delays(&cases, "2026-06-02T12:00").len(), 3);
}

#[test]
fn what_stands_against_the_rules_is_found_and_says_whether_it_was_set_aside() {
    let mut hospital = hospital();
    let mut cases = [
        scheduled("a", "OT-1", "2026-06-01T08:00"),
        scheduled("b", "OT-3", "2026-06-01T12:00"),
        requested("waits"),
    ];
    let now = at("2026-05-20T12:00");
    let found = |cases: &[Case], hospital: &crate::Hospital, closed: Vec<crate::Unavailability>| {
        let table = Timetable::of_cases(cases, [], closed, hospital);
        let found = conflicts(cases, &table, hospital, now).into_iter();
        found
            .map(|one| {
                (
                    one.case.as_str().to_owned(),
                    one.broken.reason,
                    one.overridden,
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&cases, &hospital, vec![]), []);
    let absent = Subject::Staff(staff_id("DC-1"));
    let absence = unavailable(absent, "2026-06-01T00:00", "2026-06-02T00:00");
    let aside = |rule| Override {
        rule,
        reason: "comes in for it".to_owned(),
        author: "anna".to_owned(),
        at: now,
    };
    cases[0].overrides.push(aside(RuleId::R6));
    cases[1].overrides.push(aside(RuleId::R9));
    assert_eq!(
        found(&cases, &hospital, vec![absence]),
        [
            ("a".to_owned(), "STAFF_ABSENT", false),
            ("b".to_owned(), "STAFF_ABSENT", true),
        ]
    );
    let theatre = hospital.theatres.get_mut(&theatre_id("OT-1")).unwrap();
    theatre.state = TheatreState::Maintenance;
    assert_eq!(
        found(&cases, &hospital, vec![]),
        [("a".to_owned(), "THEATRE_IN_MAINTENANCE", true)]
    );
    // A double booking that got past everything is named on both sides.
    cases[1] = with(scheduled("b", "OT-3", "2026-06-01T08:15"), |details| {
        details.footprint = footprint(0, 30, 0);
    });
    cases[0] = scheduled("a", "OT-2", "2026-06-01T08:00");
    assert_eq!(
        found(&cases, &hospital, vec![]),
        [
            ("a".to_owned(), "STAFF_DOUBLE_BOOKED", false),
            ("b".to_owned(), "STAFF_DOUBLE_BOOKED", false),
        ]
    );
}
