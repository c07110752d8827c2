//! The demo hospital is believable, the same every time, and keeps the rules.

use std::collections::BTreeMap;

use booking_domain::{
    Booker, CaseState, Reason, ReasonCode, ReasonGroup, RuleId, Site, SiteId, TheatreId, Timetable,
    Urgency, broken_rules, claims,
};

use jiff::tz::TimeZone;

use super::*;

/// The site and the reasons that a new database has.
fn base() -> Hospital {
    let mut hospital = Hospital::default();
    let site = Site {
        id: SiteId::parse("main").unwrap(),
        version: 1,
        name: "Invented General Hospital".to_owned(),
        zone: TimeZone::get("Europe/London").unwrap(),
    };
    hospital.sites.insert(site.id.clone(), site);
    for code in [
        "PATIENT_DECLINED",
        "NOT_NEEDED",
        "PATIENT_TRANSPORT",
        "PATIENT_UNFIT",
        "PATIENT_DID_NOT_ATTEND",
        "NO_BED",
        "LIST_OVERRUN",
        "EQUIPMENT_FAILED",
        "LIST_REARRANGED",
    ] {
        let code = ReasonCode::parse(code).unwrap();
        let reason = Reason {
            code: code.clone(),
            version: 1,
            name: String::new(),
            group: ReasonGroup::Admin,
            avoidable: false,
            fhir_code: String::new(),
            retired: false,
        };
        hospital.reasons.insert(code, reason);
    }
    hospital
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn demo(number: u64, now: &str) -> Demo {
    generate(&base(), number, at(now)).expect("there is a site")
}

/// A weekday at noon, a Sunday, the days of both changes of the clocks.
const MOMENTS: [&str; 4] = [
    "2026-11-26T12:00:00Z",
    "2026-07-05T09:30:00Z",
    "2026-03-29T14:00:00Z",
    "2026-10-25T05:00:00Z",
];

fn planned_on(demo: &Demo, now: &str) -> usize {
    let today = TimeZone::get("Europe/London")
        .unwrap()
        .to_datetime(at(now))
        .date();
    let zone = TimeZone::get("Europe/London").unwrap();
    let plans = demo.cases.iter().filter_map(|case| case.plan.as_ref());
    plans
        .filter(|plan| zone.to_datetime(plan.start).date() == today)
        .count()
}

#[test]
fn a_day_has_about_sixty_cases_in_eight_theatres_whatever_day_it_is() {
    for now in MOMENTS {
        for number in 1..4 {
            let demo = demo(number, now);
            assert_eq!(demo.theatres.len(), 8);
            let planned = planned_on(&demo, now);
            assert!(
                (45..=80).contains(&planned),
                "{planned} on the day of {now}, number {number}"
            );
        }
    }
}

#[test]
fn the_same_number_and_hour_give_the_same_hospital() {
    let (one, same, other) = (
        demo(7, MOMENTS[0]),
        demo(7, MOMENTS[0]),
        demo(8, MOMENTS[0]),
    );
    assert_eq!(one.cases, same.cases);
    assert_eq!(one.sessions, same.sessions);
    assert_ne!(one.cases, other.cases);
}

#[test]
fn an_hour_later_it_is_the_same_story_told_further() {
    let (before, after) = (
        demo(7, "2026-11-26T12:00:00Z"),
        demo(7, "2026-11-26T13:00:00Z"),
    );
    let later: BTreeMap<_, _> = after.cases.iter().map(|case| (&case.id, case)).collect();
    let begun = before
        .cases
        .iter()
        .filter(|case| case.milestones.wheels_in.is_some());
    for case in begun {
        let told = later[&case.id];
        for (milestone, time) in case.milestones.known() {
            assert_eq!(
                told.milestones.get(milestone),
                Some(time),
                "{:?}",
                case.id.as_str()
            );
        }
    }
}

#[test]
fn nothing_holds_what_another_holds_and_every_rule_is_kept_or_set_aside_with_a_reason() {
    for now in MOMENTS {
        let demo = demo(3, now);
        let mut table = Timetable::new([], demo.sessions.clone(), demo.unavailabilities.clone());
        let booker = Booker {
            emergency: true,
            ..Booker::default()
        };
        let mut set_aside = 0;
        for case in demo.cases.iter().filter(|case| case.state.holds()) {
            let plan = case.plan.as_ref().unwrap();
            let around = table.around(case, plan, &demo.hospital);
            for broken in broken_rules(case, plan, &demo.hospital, &around, &booker, at(now)) {
                assert_ne!(broken.rule, RuleId::R1, "{}", broken.description);
                assert!(
                    case.overrides
                        .iter()
                        .any(|each| each.rule == broken.rule && !each.reason.is_empty()),
                    "{now}: {}: {}",
                    broken.rule.as_str(),
                    broken.description
                );
                set_aside += 1;
            }
            table.hold_all(&case.id, claims(case, plan, &demo.hospital));
        }
        assert!(set_aside < 20, "{set_aside} are too many to be believed");
    }
}

#[test]
fn every_case_is_consistent_and_every_state_can_be_seen() {
    let demo = demo(1, MOMENTS[0]);
    let mut states = BTreeMap::<&str, usize>::new();
    for case in &demo.cases {
        *states.entry(case.state.as_str()).or_default() += 1;
        let checked = case.clone().check();
        assert!(checked.is_ok(), "{:?}: {:?}", case.id.as_str(), checked);
        assert!(case.milestones.check().is_ok());
        assert!(
            case.milestones
                .known()
                .all(|(_, time)| time <= at(MOMENTS[0]))
        );
    }
    for state in CaseState::ALL {
        assert!(
            states.contains_key(state.as_str()),
            "{} is missing: {states:?}",
            state.as_str()
        );
    }
    assert!(
        (60..=90).contains(&(states["REQUESTED"] + states["POSTPONED"])),
        "{states:?}"
    );
}

#[test]
fn one_patient_is_in_a_theatre_at_a_time_and_some_lists_run_late() {
    let demo = demo(1, MOMENTS[0]);
    let mut inside = BTreeMap::<TheatreId, Vec<(Timestamp, Timestamp)>>::new();
    let mut late = 0;
    for case in &demo.cases {
        let (Some(plan), Some(from)) = (&case.plan, case.milestones.wheels_in) else {
            continue;
        };
        late += usize::from(from > plan.start + jiff::SignedDuration::from_mins(15));
        let to = case
            .milestones
            .wheels_out
            .or_else(|| case.cancellation.as_ref().map(|gone| gone.at))
            .unwrap_or_else(|| at(MOMENTS[0]));
        inside
            .entry(plan.theatre.clone())
            .or_default()
            .push((from, to));
    }
    for (theatre, mut stays) in inside {
        stays.sort();
        assert!(
            stays.windows(2).all(|pair| pair[0].1 <= pair[1].0),
            "{theatre}: {stays:?}"
        );
    }
    assert!(late > 10, "{late}");
}

#[test]
fn emergencies_wait_and_the_articles_patient_is_left_alone() {
    let demo = demo(1, MOMENTS[0]);
    let waiting = demo.cases.iter().filter(|case| case.state.is_waiting());
    assert!(
        waiting
            .clone()
            .any(|case| case.details.urgency == Urgency::Urgent2a)
    );
    assert!(waiting.clone().any(|case| {
        case.details
            .target_at
            .is_some_and(|target| target < at(MOMENTS[0]))
    }));
    assert!(
        demo.cases
            .iter()
            .all(|case| case.details.patient.as_str() != "PT-1204")
    );
}
