//! Random writes against a naive model: a list of what is held.

use booking_domain::{Case, CaseState, Claim, TeamRole, testing};
use booking_store::StoreError;
use jiff::SignedDuration;
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::ground::{Ground, case, held, insert, update};

const STEPS: usize = 400;

#[derive(Clone, Debug)]
enum Step {
    Add {
        theatre: &'static str,
        staff: &'static str,
        patient: u8,
        quarter: i64,
        minutes: u16,
    },
    Move {
        which: usize,
        theatre: &'static str,
        quarter: i64,
    },
    End {
        which: usize,
        state: CaseState,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let theatre = || prop::sample::select(vec!["OT-1", "OT-2", "OT-3"]);
    let staff = prop::sample::select(vec!["DC-0", "DC-1", "DC-2", "DC-4"]);
    prop_oneof![
        3 => (theatre(), staff, 0_u8..6, 0_i64..160, 1_u16..180).prop_map(
            |(theatre, staff, patient, quarter, minutes)| Step::Add { theatre, staff, patient, quarter, minutes }
        ),
        3 => (any::<usize>(), theatre(), 0_i64..160)
            .prop_map(|(which, theatre, quarter)| Step::Move { which, theatre, quarter }),
        1 => (any::<usize>(), prop::sample::select(vec![CaseState::Completed, CaseState::Confirmed]))
            .prop_map(|(which, state)| Step::End { which, state }),
    ]
}

fn start(quarter: i64) -> jiff::Timestamp {
    testing::at("2026-06-01T00:00") + SignedDuration::from_mins(quarter * 15)
}

fn is_free(model: &[(Case, Vec<Claim>)], id: &str, wanted: &[Claim]) -> bool {
    let others = model.iter().filter(|(case, _)| case.id.as_str() != id);
    let mut taken = others.flat_map(|(_, claims)| claims);
    !taken.any(|held| {
        wanted
            .iter()
            .any(|claim| claim.resource == held.resource && claim.range.overlaps(&held.range))
    })
}

pub(crate) async fn no_sequence_of_writes_books_anything_twice(ground: Ground) {
    let store = ground.hospital().await;
    let hospital = store.hospital().await.unwrap();
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut model: Vec<(Case, Vec<Claim>)> = Vec::new();
    let (mut accepted, mut refused) = (0, 0);
    for number in 0..STEPS {
        let step = step().new_tree(&mut runner).unwrap().current();
        let (after, is_new) = match step {
            Step::Add {
                theatre,
                staff,
                patient,
                quarter,
                minutes,
            } => {
                let case = testing::with(
                    testing::scheduled(&format!("c{number}"), theatre, "2026-06-01T00:00"),
                    |details| {
                        details.footprint = testing::footprint(10, minutes, 15);
                        details.patient = testing::patient_id(&format!("PT-{patient}"));
                        details.team = vec![testing::member(staff, TeamRole::PrimarySurgeon)];
                    },
                );
                let plan = booking_domain::Plan {
                    start: start(quarter),
                    ..case.plan.clone().unwrap()
                };
                (
                    Case {
                        plan: Some(plan),
                        ..case
                    },
                    true,
                )
            }
            Step::Move {
                which,
                theatre,
                quarter,
            } if !model.is_empty() => {
                let case = model[which % model.len()].0.clone();
                let plan = booking_domain::Plan {
                    theatre: testing::theatre_id(theatre),
                    start: start(quarter),
                    session: None,
                };
                (
                    Case {
                        plan: Some(plan),
                        ..case
                    },
                    false,
                )
            }
            Step::End { which, state } if !model.is_empty() => (
                Case {
                    state,
                    ..model[which % model.len()].0.clone()
                },
                false,
            ),
            _ => continue,
        };
        let wanted = held(&after, &hospital);
        let free = is_free(&model, after.id.as_str(), &wanted);
        let done = if is_new {
            insert(&store, vec![after.clone()])
                .await
                .map(|()| after.clone())
        } else {
            update(&store, after.clone()).await
        };
        match done {
            Ok(kept) if free => {
                accepted += 1;
                model.retain(|(case, _)| case.id != kept.id);
                model.push((kept, wanted));
            }
            Err(StoreError::Overlap) if !free => refused += 1,
            other => panic!("step {number}: the model says free = {free}, the store {other:?}"),
        }
    }
    assert!(
        accepted > STEPS / 8 && refused > STEPS / 8,
        "{accepted} and {refused} prove little"
    );
    for (expected, _) in &model {
        assert!(case(&store, expected.id.as_str()).await.as_ref() == Some(expected));
    }
    assert_eq!(store.examine().await.unwrap(), []);
}
