//! The decisions against naive models: a schedule minute by minute, every place tried, every
//! instant there is.

mod booking;
mod emergencies;
mod lists;
mod slots;
mod totality;

use std::collections::HashMap;

use proptest::prelude::*;

use crate::{
    Case, CaseDetails, CaseId, Footprint, Hospital, Plan, ResourceKind, TeamRole, TimeRange,
    Urgency,
    claim::claims,
    testing::{at, details, footprint, hospital, member, patient_id, theatre_id, unit_id},
    time_range::later,
};

/// The Monday that tests are crowded into.
const MONDAY: &str = "2026-06-01T00:00";

/// A place on a coarse grid of that Monday: 40 starts, 15 minutes apart from 06:00 UTC.
fn any_plan() -> impl Strategy<Value = Plan> {
    let theatre = proptest::sample::select(vec!["OT-1", "OT-2", "OT-3"]);
    (theatre, 0i64..40).prop_map(|(theatre, step)| Plan {
        theatre: theatre_id(theatre),
        start: later(at(MONDAY), 6 * 60 + step * 15),
        session: None,
    })
}

fn any_footprint() -> impl Strategy<Value = Footprint> {
    (0u16..3, 1u16..8, 0u16..3)
        .prop_map(|(setup, procedure, cleanup)| footprint(setup * 10, procedure * 15, cleanup * 10))
}

/// A case of few people, few patients and few units, so that collisions are common.
fn any_details() -> impl Strategy<Value = CaseDetails> {
    let surgeon = proptest::sample::select(vec!["DC-0", "DC-1", "DC-2", "DC-4"]);
    let others = proptest::sample::subsequence(
        vec![
            member("DC-3", TeamRole::Anaesthetist),
            member("DC-4", TeamRole::Anaesthetist),
            member("NU-1", TeamRole::ScrubNurse),
        ],
        0..=2,
    );
    let unit = proptest::sample::subsequence(vec![unit_id("CA-1")], 0..=1);
    let urgency = proptest::sample::select(Urgency::ALL.to_vec());
    (surgeon, others, unit, 0u8..6, any_footprint(), urgency).prop_map(
        |(surgeon, mut team, units, patient, footprint, urgency)| {
            team.push(member(surgeon, TeamRole::PrimarySurgeon));
            CaseDetails {
                patient: patient_id(&format!("PT-{patient}")),
                footprint,
                team,
                units,
                urgency,
                ..details("PT-0")
            }
        },
    )
}

/// Every minute that anything is held, and by whom; the first minute that two hold is the error.
fn held_by_minute(cases: &[Case], hospital: &Hospital) -> Result<(), String> {
    let mut held: HashMap<(ResourceKind, String, i64), CaseId> = HashMap::new();
    for case in cases.iter().filter(|case| case.state.holds()) {
        let Some(plan) = &case.plan else {
            return Err("a case holds nothing".to_owned());
        };
        for claim in claims(case, plan, hospital) {
            for minute in minutes_of(claim.range) {
                let what = (claim.resource.kind, claim.resource.id.clone(), minute);
                if held
                    .insert(what, case.id.clone())
                    .is_some_and(|other| other != case.id)
                {
                    return Err(format!("{:?} twice at minute {minute}", claim.resource));
                }
            }
        }
    }
    Ok(())
}

fn minutes_of(range: TimeRange) -> std::ops::Range<i64> {
    range.start().as_second() / 60..range.end().as_second() / 60
}

/// Puts cases where they fit, one after the other, asking only whether two collide.
fn packed(wanted: Vec<(CaseDetails, Plan)>) -> Vec<Case> {
    let hospital = hospital();
    let mut cases: Vec<Case> = Vec::new();
    for (index, (details, plan)) in wanted.into_iter().enumerate() {
        let id = CaseId::parse(&format!("{index:03}")).unwrap();
        let case = Case {
            state: crate::CaseState::Scheduled,
            plan: Some(plan),
            ..Case::request(id, details, at(MONDAY))
        };
        cases.push(case);
        if held_by_minute(&cases, &hospital).is_err() {
            cases.pop();
        }
    }
    cases
}

fn any_day(cases: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Case>> {
    proptest::collection::vec((any_details(), any_plan()), cases).prop_map(packed)
}
