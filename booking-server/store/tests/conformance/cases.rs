//! Cases: kept whole, changed by version, never twice in one place.

use booking_domain::{
    Anaesthesia, BloodUnits, Cancellation, Case, CaseState, Laterality, Milestones, Override,
    PatientId, Plan, RuleId, StaffId, TeamRole, Urgency, testing,
};
use booking_store::{CaseUpdate, StoreError, Tx};

use crate::ground::{Ground, case, held, insert, update};

/// A case with something in every field that its state allows.
fn full(id: &str, state: CaseState) -> Case {
    let at = testing::at;
    let planned = !state.is_waiting();
    let case = Case {
        state,
        plan: planned.then(|| testing::plan("OT-1", "2026-06-01T09:00")),
        milestones: Milestones {
            wheels_in: planned.then(|| at("2026-06-01T09:01:02.345678Z")),
            closed: planned.then(|| at("2026-06-01T10:00")),
            ..Milestones::default()
        },
        cancellation: (state == CaseState::Cancelled).then(|| Cancellation {
            reason: testing::reason_code("PATIENT_UNFIT"),
            note: "Fever".to_owned(),
            at: at("2026-06-01T07:00"),
            day_of_surgery: true,
            aborted: false,
        }),
        overrides: vec![Override {
            rule: RuleId::R6,
            reason: "agreed \"by phone\"".to_owned(),
            author: "anna".to_owned(),
            at: at("2026-05-02T08:00"),
        }],
        postponements: 3,
        import_key: Some(format!("log/{id}")),
        ..testing::with(testing::requested(id), |details| {
            details.procedure = "Hernia repair, 100% \u{2013} \"mesh\"\n'second line'".to_owned();
            details.condition = "Ösophagushernie \u{1f600}".to_owned();
            details.laterality = Laterality::Bilateral;
            details.urgency = Urgency::Urgent2b;
            details.anaesthesia = Anaesthesia::Regional;
            details.blood_units = BloodUnits::new(4).unwrap();
            details.target_at = Some(at("2026-05-20T08:00"));
            details.team = vec![
                testing::member("DC-1", TeamRole::PrimarySurgeon),
                testing::member("DC-2", TeamRole::AssistantSurgeon),
                testing::member("DC-3", TeamRole::Anaesthetist),
                testing::member("NU-1", TeamRole::ScrubNurse),
                testing::member("NU-1", TeamRole::CirculatingNurse),
            ];
            details.units = vec![testing::unit_id("CA-1"), testing::unit_id("CA-2")];
            details.required_capabilities = vec![testing::capability("laminar-flow")];
            details.notes = "Latex allergy; see chart.".to_owned();
        })
    };
    case.check().unwrap()
}

pub(crate) async fn a_case_is_read_back_as_it_was_written_in_every_state(ground: Ground) {
    let store = ground.hospital().await;
    for state in CaseState::ALL {
        let written = full(state.as_str(), state);
        insert(&store, vec![written.clone()]).await.unwrap();
        let read = case(&store, state.as_str()).await.unwrap();
        assert!(read == written, "{state:?} is not what it was");
        // Out of the way of the next.
        if state.holds() {
            let gone = Case {
                state: CaseState::Completed,
                ..written
            };
            update(&store, gone).await.unwrap();
        }
    }
    assert!(case(&store, "nobody's").await.is_none());
    assert_eq!(store.examine().await.unwrap(), []);
}

pub(crate) async fn a_case_changes_from_one_version_to_the_next_and_no_other(ground: Ground) {
    let store = ground.hospital().await;
    let first = testing::requested("c");
    insert(&store, vec![first.clone()]).await.unwrap();
    let again = insert(&store, vec![first.clone()]).await;
    assert!(matches!(again, Err(StoreError::Exists(_))), "{again:?}");

    let changed = testing::with(first.clone(), |details| {
        details.notes = "changed".to_owned();
        details.team = vec![testing::member("DC-2", TeamRole::PrimarySurgeon)];
        details.units = vec![testing::unit_id("CA-1")];
    });
    let kept = update(&store, changed.clone()).await.unwrap();
    assert_eq!(kept.version, 2);
    assert!(case(&store, "c").await.unwrap() == kept);
    assert!(
        kept == Case {
            version: 2,
            ..changed
        }
    );

    // Somebody who read version 1 comes too late.
    let late = store
        .write(first, |first, tx| {
            Box::pin(async move { tx.update_case(first, first, &[]).await })
        })
        .await;
    assert!(matches!(late, Err(StoreError::Stale(_))), "{late:?}");
    assert_eq!(case(&store, "c").await.unwrap().version, 2);
}

pub(crate) async fn what_one_case_holds_another_cannot_take(ground: Ground) {
    let store = ground.hospital().await;
    insert(&store, vec![full("first", CaseState::Scheduled)])
        .await
        .unwrap();
    // Each shares one thing with the first, and only that.
    let elsewhere = |id: &str| {
        testing::with(
            testing::scheduled(id, "OT-2", "2026-06-01T09:00"),
            |details| {
                details.team = Vec::new();
            },
        )
    };
    let table = [
        (
            "theatre",
            Case {
                plan: Some(testing::plan("OT-1", "2026-06-01T09:00")),
                ..elsewhere("t")
            },
        ),
        (
            "patient",
            testing::with(elsewhere("p"), |details| {
                details.patient = PatientId::parse("PT-first").unwrap();
            }),
        ),
        (
            "surgeon",
            testing::with(elsewhere("s"), |details| {
                details.team = vec![testing::member("DC-1", TeamRole::AssistantSurgeon)];
            }),
        ),
        (
            "nurse",
            testing::with(elsewhere("n"), |details| {
                details.team = vec![testing::member("NU-1", TeamRole::ScrubNurse)];
            }),
        ),
        (
            "unit",
            testing::with(elsewhere("u"), |details| {
                details.units = vec![testing::unit_id("CA-2")];
            }),
        ),
    ];
    for (what, second) in table {
        let taken = insert(&store, vec![second.clone()]).await;
        assert!(
            matches!(taken, Err(StoreError::Overlap)),
            "{what}: {taken:?}"
        );
        assert!(case(&store, second.id.as_str()).await.is_none(), "{what}");
    }
    insert(&store, vec![elsewhere("free")]).await.unwrap();
    assert_eq!(store.examine().await.unwrap(), []);
}

pub(crate) async fn back_to_back_cases_do_not_overlap(ground: Ground) {
    let store = ground.hospital().await;
    let alone = |id: &str, start: &str| {
        testing::with(testing::scheduled(id, "OT-2", start), |details| {
            details.team = Vec::new();
        })
    };
    insert(&store, vec![alone("b", "2026-06-01T10:30")])
        .await
        .unwrap();
    insert(&store, vec![alone("a", "2026-06-01T09:00")])
        .await
        .unwrap();
    insert(&store, vec![alone("c", "2026-06-01T12:00")])
        .await
        .unwrap();
    for start in [
        "2026-06-01T08:59:59.999999Z",
        "2026-06-01T09:00:00.000001Z",
        "2026-06-01T10:00",
    ] {
        let between = alone("x", "2026-06-01T07:00");
        let plan = Some(Plan {
            start: testing::at(start),
            ..between.plan.clone().unwrap()
        });
        let taken = insert(&store, vec![Case { plan, ..between }]).await;
        assert!(
            matches!(taken, Err(StoreError::Overlap)),
            "{start}: {taken:?}"
        );
    }
}

pub(crate) async fn a_case_that_holds_nothing_is_in_nobody_s_way(ground: Ground) {
    let store = ground.hospital().await;
    for state in CaseState::ALL
        .into_iter()
        .filter(|state| !state.holds() && !state.is_waiting())
    {
        insert(&store, vec![full(state.as_str(), state)])
            .await
            .unwrap();
    }
    insert(&store, vec![full("holds", CaseState::Confirmed)])
        .await
        .unwrap();
    // And is in nobody's way again once it is over.
    let over = Case {
        state: CaseState::InRecovery,
        ..full("holds", CaseState::Confirmed)
    };
    update(&store, over).await.unwrap();
    insert(&store, vec![full("next", CaseState::InTheatre)])
        .await
        .unwrap();
    assert_eq!(store.examine().await.unwrap(), []);
}

async fn swap((a, b): &(Case, Case), tx: &mut Tx) -> Result<(), StoreError> {
    let hospital = tx.hospital().await?;
    let there = Case {
        plan: b.plan.clone(),
        ..a.clone()
    };
    let here = Case {
        plan: a.plan.clone(),
        ..b.clone()
    };
    let (one, other) = (held(&there, &hospital), held(&here, &hospital));
    tx.update_cases(&[
        CaseUpdate {
            before: a,
            after: &there,
            claims: &one,
        },
        CaseUpdate {
            before: b,
            after: &here,
            claims: &other,
        },
    ])
    .await
    .map(drop)
}

pub(crate) async fn two_cases_swap_their_places_in_one_go(ground: Ground) {
    let store = ground.hospital().await;
    let a = testing::scheduled("a", "OT-1", "2026-06-01T09:00");
    let b = testing::with(
        testing::scheduled("b", "OT-2", "2026-06-01T09:00"),
        |details| {
            details.team = vec![testing::member("DC-2", TeamRole::PrimarySurgeon)];
        },
    );
    insert(&store, vec![a.clone(), b.clone()]).await.unwrap();
    store
        .write((a.clone(), b.clone()), |both, tx| Box::pin(swap(both, tx)))
        .await
        .unwrap();
    assert_eq!(case(&store, "a").await.unwrap().plan, b.plan);
    assert_eq!(case(&store, "b").await.unwrap().plan, a.plan);
    assert_eq!(store.examine().await.unwrap(), []);
}

pub(crate) async fn an_undone_move_is_as_if_it_had_not_been(ground: Ground) {
    let store = ground.hospital().await;
    let first = full("c", CaseState::Scheduled);
    insert(&store, vec![first.clone()]).await.unwrap();
    let moved = Case {
        plan: Some(testing::plan("OT-2", "2026-06-02T14:00")),
        ..first.clone()
    };
    update(&store, moved).await.unwrap();
    insert(
        &store,
        vec![Case {
            import_key: None,
            ..full("into the gap", CaseState::Scheduled)
        }],
    )
    .await
    .unwrap();
    let taken = update(&store, first.clone()).await;
    assert!(matches!(taken, Err(StoreError::Overlap)), "{taken:?}");
    let gone = Case {
        state: CaseState::Completed,
        ..case(&store, "into the gap").await.unwrap()
    };
    update(&store, gone).await.unwrap();
    let kept = update(&store, first.clone()).await.unwrap();
    assert!(Case { version: 1, ..kept } == first);
    assert_eq!(store.examine().await.unwrap(), []);
}

pub(crate) async fn a_doctor_is_found_by_surgical_roles_and_once(ground: Ground) {
    let store = ground.hospital().await;
    let roles = [
        (TeamRole::PrimarySurgeon, 1),
        (TeamRole::AssistantSurgeon, 1),
        (TeamRole::Anaesthetist, 0),
        (TeamRole::ScrubNurse, 0),
        (TeamRole::CirculatingNurse, 0),
    ];
    let ask = async |patient: &str, doctor: &str| {
        let (patient, doctor) = (
            PatientId::parse(patient).unwrap(),
            StaffId::parse(doctor).unwrap(),
        );
        let mut read = store.read().await.unwrap();
        read.cases_of(&patient, &doctor).await.unwrap().len()
    };
    for (role, expected) in roles {
        let id = role.as_str();
        let team = vec![testing::member("DC-4", role)];
        insert(
            &store,
            vec![testing::with(testing::requested(id), |details| {
                details.team = team;
            })],
        )
        .await
        .unwrap();
        assert_eq!(ask(&format!("PT-{id}"), "DC-4").await, expected, "{id}");
    }
    let team = TeamRole::SURGICAL
        .map(|role| testing::member("DC-4", role))
        .to_vec();
    insert(
        &store,
        vec![testing::with(testing::requested("both"), |details| {
            details.team = team;
        })],
    )
    .await
    .unwrap();
    assert_eq!(ask("PT-both", "DC-4").await, 1);
    for (patient, doctor) in [
        ("PT-both", "DC-1"),
        ("pt-both", "DC-4"),
        ("%", "%"),
        ("' or 1=1 --", "DC-4"),
    ] {
        assert_eq!(ask(patient, doctor).await, 0, "{patient} {doctor}");
    }
}

pub(crate) async fn an_imported_case_is_there_once(ground: Ground) {
    let store = ground.hospital().await;
    let import = |id: &str, key: &str| Case {
        import_key: Some(key.to_owned()),
        ..testing::requested(id)
    };
    insert(&store, vec![import("a", "log/1"), import("b", "log/2")])
        .await
        .unwrap();
    let twice = insert(&store, vec![import("c", "log/1")]).await;
    assert!(matches!(twice, Err(StoreError::Exists(_))), "{twice:?}");
    let keys = ["log/2", "log/3", "log/1"].map(str::to_owned);
    let mut read = store.read().await.unwrap();
    let mut found = read.cases_by_import_key(&keys).await.unwrap();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    let ids: Vec<_> = found.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
}
