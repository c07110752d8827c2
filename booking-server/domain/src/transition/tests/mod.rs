//! What each arrow changes and what it leaves.

mod arrows;

use super::*;
use crate::{
    Anaesthesia, BloodUnits, MAX_BLOOD_UNITS, MilestonesOutOfOrder, Override, Plan, TeamRole,
    testing::{
        at, case_id, footprint, hospital, member, patient_id, plan, reason_code, requested,
        scheduled, session, theatre_id,
    },
};

const NOW: &str = "2026-06-01T12:00";

fn now() -> Timestamp {
    at(NOW)
}

fn given(code: &str) -> ReasonGiven {
    ReasonGiven {
        code: reason_code(code),
        note: "as told".to_owned(),
    }
}

fn elsewhere() -> Placed {
    Placed {
        plan: plan("OT-3", "2026-06-02T09:00"),
        claims: Vec::new(),
        overrides: Vec::new(),
    }
}

/// A case in `state` that does not contradict itself, planned for 09:00 today.
fn case_in(state: CaseState) -> Case {
    let case = scheduled("a", "OT-1", "2026-06-01T09:00");
    let inside = Milestones::default().with(Milestone::WheelsIn, Some(at("2026-06-01T09:05")));
    let out = inside.with(Milestone::WheelsOut, Some(at("2026-06-01T10:05")));
    let done = out.with(Milestone::RecoveryOut, Some(at("2026-06-01T11:05")));
    let case = Case { state, ..case };
    let case = match state {
        CaseState::Requested | CaseState::Postponed => Case { plan: None, ..case },
        CaseState::InTheatre => Case {
            milestones: inside,
            ..case
        },
        CaseState::InRecovery => Case {
            milestones: out,
            ..case
        },
        CaseState::Completed => Case {
            milestones: done,
            ..case
        },
        CaseState::Cancelled => {
            let planned = Case {
                state: CaseState::Scheduled,
                ..case
            };
            cancel(&planned, &given("NO_BED"), &hospital(), now()).unwrap()
        }
        _ => case,
    };
    case.check().unwrap()
}

/// The command with everything that it could need, so that only the state can stand against it.
fn tell(case: &Case, command: Command, emergency: bool) -> Result<Case, TransitionError> {
    let hospital = hospital();
    let reason = given("NO_BED");
    match command {
        Command::Schedule => schedule(case, elsewhere(), now()),
        Command::Confirm => confirm(case, None, now()),
        Command::Reschedule => reschedule(case, elsewhere(), &reason, &hospital, now()),
        Command::Postpone => postpone(case, &reason, &hospital, now()),
        Command::Cancel => cancel(case, &reason, &hospital, now()),
        Command::Abort => abort(case, &reason, &hospital, now()),
        Command::Record(milestone) => {
            let at = match milestone {
                Milestone::WheelsIn => at("2026-06-01T09:05"),
                Milestone::RecoveryOut | Milestone::TheatreClean => at("2026-06-01T11:00"),
                _ => at("2026-06-01T10:00"),
            };
            record_milestone(case, milestone, at, None, emergency, now())
        }
        Command::Correct => correct(case, case.milestones, now()),
        Command::Update => update(case, case.details.clone(), None, now()),
    }
}

#[test]
fn what_a_command_needs_and_lacks_is_named() {
    let mut whole_team = case_in(CaseState::Scheduled);
    whole_team.details.anaesthesia = Anaesthesia::General;
    let no_anaesthetist = confirm(&whole_team, None, now());
    assert_eq!(
        no_anaesthetist.unwrap_err().to_string(),
        "The case has no anaesthetist and is not under local anaesthesia"
    );
    whole_team
        .details
        .team
        .push(member("DC-3", TeamRole::Anaesthetist));
    assert!(confirm(&whole_team, None, now()).is_ok());

    let case = case_in(CaseState::Scheduled);
    for unused in ["OLD", "NEVER_HEARD_OF"] {
        let hospital = hospital();
        for got in [
            postpone(&case, &given(unused), &hospital, now()),
            cancel(&case, &given(unused), &hospital, now()),
            reschedule(&case, elsewhere(), &given(unused), &hospital, now()),
        ] {
            let expected = TransitionError::UnknownReason(reason_code(unused));
            assert_eq!(got.unwrap_err(), expected);
        }
    }
}

#[test]
fn moving_loses_confirmation_and_postponing_frees_everything_but_the_age() {
    let mut case = case_in(CaseState::Confirmed);
    case.overrides.push(Override {
        rule: RuleId::R6,
        reason: "agreed".to_owned(),
        author: "anna".to_owned(),
        at: now(),
    });
    let moved = tell(&case, Command::Reschedule, false).unwrap();
    assert_eq!(moved.plan, Some(elsewhere().plan));
    assert_eq!(moved.overrides, []);

    let off = tell(&case, Command::Postpone, false).unwrap();
    assert_eq!((off.plan.as_ref(), off.postponements), (None, 1));
    assert_eq!(off.overrides, []);
    assert_eq!(off.details.decided_at, case.details.decided_at);
    let again = tell(&off, Command::Schedule, false).unwrap();
    let again = tell(&again, Command::Postpone, false).unwrap();
    assert_eq!(again.postponements, 2);
}

#[test]
fn a_cancellation_is_of_the_day_of_surgery_by_the_clock_of_the_site() {
    let hospital = hospital();
    // 00:30 on 2 June in London is 23:30 on 1 June in UTC.
    let case = Case {
        plan: Some(plan("OT-3", "2026-06-01T23:30")),
        ..case_in(CaseState::Scheduled)
    };
    let table = [
        ("2026-06-01T22:59:59Z", false),
        ("2026-06-01T23:00:00Z", true),
        ("2026-06-02T22:00:00Z", true),
        ("2026-06-05T12:00:00Z", true),
    ];
    for (cancelled_at, expected) in table {
        let off = cancel(&case, &given("NO_BED"), &hospital, at(cancelled_at)).unwrap();
        let cancellation = off.cancellation.unwrap();
        assert_eq!(cancellation.day_of_surgery, expected, "{cancelled_at}");
        assert!(!cancellation.aborted);
        assert_eq!(off.plan, case.plan, "what was lost can still be told");
    }
    let waiting = cancel(&requested("w"), &given("NO_BED"), &hospital, now()).unwrap();
    assert!(!waiting.cancellation.unwrap().day_of_surgery);
    let aborted = tell(&case_in(CaseState::InTheatre), Command::Abort, false).unwrap();
    let aborted = aborted.cancellation.unwrap();
    assert!(aborted.aborted && aborted.day_of_surgery);
}

#[test]
fn nobody_is_brought_into_a_theatre_that_is_not_empty() {
    let case = case_in(CaseState::Confirmed);
    let bring = |inside: Option<&CaseId>| {
        let at = at("2026-06-01T09:05");
        record_milestone(&case, Milestone::WheelsIn, at, inside, false, now())
    };
    let other = case_id("other");
    assert_eq!(
        bring(Some(&other)),
        Err(TransitionError::TheatreOccupied(other.clone()))
    );
    assert_eq!(bring(None).unwrap().state, CaseState::InTheatre);
    assert_eq!(bring(Some(&case.id)).unwrap().state, CaseState::InTheatre);
}

#[test]
fn milestones_come_in_order_once_and_never_from_the_future() {
    let inside = case_in(CaseState::InTheatre);
    let record = |case: &Case, milestone, when: &str| {
        record_milestone(case, milestone, at(when), None, false, now())
    };
    assert_eq!(
        record(&inside, Milestone::KnifeToSkin, "2026-06-01T09:04"),
        Err(TransitionError::OutOfOrder(MilestonesOutOfOrder {
            earlier: Milestone::WheelsIn,
            later: Milestone::KnifeToSkin,
        }))
    );
    // In the same minute is in order.
    let cut = record(&inside, Milestone::KnifeToSkin, "2026-06-01T09:05").unwrap();
    assert_eq!(
        cut.plan, inside.plan,
        "what happened never changes the plan"
    );
    assert!(matches!(
        record(&cut, Milestone::KnifeToSkin, "2026-06-01T09:06"),
        Err(TransitionError::AlreadyRecorded { .. })
    ));
    // An earlier one may be filled in later, between its neighbours.
    assert!(record(&cut, Milestone::AnaesthesiaReady, "2026-06-01T09:05").is_ok());
    assert!(record(&cut, Milestone::AnaesthesiaReady, "2026-06-01T09:06").is_err());
    // A clock may run ahead of ours by a minute.
    assert!(record(&inside, Milestone::WheelsOut, "2026-06-01T12:01").is_ok());
    assert_eq!(
        record(&inside, Milestone::WheelsOut, "2026-06-01T12:02"),
        Err(TransitionError::InFuture(Milestone::WheelsOut))
    );
    // Recovery and cleaning do not wait for each other.
    let out = case_in(CaseState::InRecovery);
    let clean = record(&out, Milestone::TheatreClean, "2026-06-01T11:30").unwrap();
    for recovered in ["2026-06-01T11:00", "2026-06-01T11:45"] {
        assert!(record(&clean, Milestone::RecoveryOut, recovered).is_ok());
    }
}

#[test]
fn a_correction_keeps_to_order_and_to_the_state() {
    let done = case_in(CaseState::Completed);
    let right = done
        .milestones
        .with(Milestone::KnifeToSkin, Some(at("2026-06-01T09:20")));
    assert_eq!(correct(&done, right, now()).unwrap().milestones, right);
    let swapped = right.with(Milestone::Closed, Some(at("2026-06-01T09:10")));
    assert!(matches!(
        correct(&done, swapped, now()),
        Err(TransitionError::OutOfOrder(_))
    ));
    for milestone in [
        Milestone::WheelsIn,
        Milestone::WheelsOut,
        Milestone::RecoveryOut,
    ] {
        let expected = TransitionError::MilestoneContradictsState {
            state: CaseState::Completed,
            milestone,
        };
        let without = right.with(milestone, None);
        assert_eq!(correct(&done, without, now()), Err(expected));
    }
    let recovering = case_in(CaseState::InRecovery);
    assert!(matches!(
        correct(&recovering, right, now()),
        Err(TransitionError::MilestoneContradictsState { .. })
    ));
}

#[test]
fn an_update_changes_what_is_still_to_come() {
    let longer = |case: &Case| CaseDetails {
        footprint: footprint(0, 200, 0),
        ..case.details.clone()
    };
    let other_patient = |case: &Case| CaseDetails {
        patient: patient_id("PT-else"),
        ..case.details.clone()
    };
    let here = |case: &Case| Placed {
        plan: case.plan.clone().unwrap(),
        ..elsewhere()
    };
    let waiting = case_in(CaseState::Requested);
    let changed = update(&waiting, longer(&waiting), None, now()).unwrap();
    assert_eq!(changed.details.footprint, footprint(0, 200, 0));

    for state in [CaseState::Scheduled, CaseState::Confirmed] {
        let case = case_in(state);
        let nowhere = update(&case, longer(&case), None, now());
        assert_eq!(nowhere, Err(TransitionError::NotPlaced));
        let away = update(&case, longer(&case), Some(elsewhere()), now());
        assert_eq!(away, Err(TransitionError::NotPlaced));
        let changed = update(&case, longer(&case), Some(here(&case)), now()).unwrap();
        assert_eq!(
            (changed.state, changed.details.footprint.total_min()),
            (state, 200)
        );
    }
    for state in [
        CaseState::InTheatre,
        CaseState::InRecovery,
        CaseState::Completed,
    ] {
        let case = case_in(state);
        for (details, field) in [
            (longer(&case), "durations"),
            (other_patient(&case), "patient"),
        ] {
            let got = update(
                &case,
                details,
                case.plan.is_some().then(|| here(&case)),
                now(),
            );
            assert_eq!(got, Err(TransitionError::FieldFixed { field, state }));
        }
        let noted = CaseDetails {
            notes: "lost a swab, found it".to_owned(),
            ..case.details.clone()
        };
        assert!(update(&case, noted, None, now()).is_ok());
    }
}

#[test]
fn rules_set_aside_for_a_case_hold_only_as_long_as_it_stays_what_it_was() {
    let aside = |rule| Override {
        rule,
        reason: "agreed".to_owned(),
        author: "anna".to_owned(),
        at: now(),
    };
    let mut case = case_in(CaseState::Scheduled);
    case.overrides = [RuleId::R6, RuleId::R8, RuleId::R9].map(aside).to_vec();
    let left = |details: CaseDetails| -> Vec<RuleId> {
        let changed = case.with_details(details);
        changed.overrides.iter().map(|aside| aside.rule).collect()
    };
    assert_eq!(left(case.details.clone()).len(), 3);
    let noted = CaseDetails {
        notes: "n".to_owned(),
        ..case.details.clone()
    };
    assert_eq!(left(noted).len(), 3);
    let other_team = CaseDetails {
        team: vec![member("DC-2", TeamRole::PrimarySurgeon)],
        ..case.details.clone()
    };
    assert_eq!(left(other_team), [RuleId::R6]);
    let longer = CaseDetails {
        footprint: footprint(0, 200, 0),
        ..case.details.clone()
    };
    assert_eq!(left(longer), []);
}

#[test]
fn a_case_is_not_confirmed_into_a_session_that_does_not_take_place() {
    let case = Case {
        plan: Some(Plan {
            theatre: theatre_id("OT-1"),
            ..plan("OT-1", "2026-06-01T09:00")
        }),
        ..case_in(CaseState::Scheduled)
    };
    let mut session = session("s", "OT-1", "2026-06-01T08:00", "2026-06-01T16:00");
    assert!(confirm(&case, Some(&session), now()).is_ok());
    session.state = SessionState::Cancelled;
    assert!(matches!(
        confirm(&case, Some(&session), now()),
        Err(TransitionError::Rules(broken)) if broken[0].reason == "SESSION_NOT_AVAILABLE"
    ));
}

#[test]
fn blood_is_asked_for_within_bounds_and_moves_nothing() {
    assert!(BloodUnits::new(MAX_BLOOD_UNITS).is_ok());
    assert!(BloodUnits::new(MAX_BLOOD_UNITS + 1).is_err());
    let case = case_in(CaseState::Confirmed);
    let details = CaseDetails {
        blood_units: BloodUnits::new(2).unwrap(),
        ..case.details.clone()
    };
    assert!(!needs_placing(&case, &details));
    let updated = update(&case, details, None, now()).unwrap();
    assert_eq!(updated.details.blood_units.get(), 2);
    assert_eq!(updated.plan, case.plan);
}
