//! The schema, which holds whoever writes to it.

use booking_domain::{PatientId, StaffId};
use booking_store::Seed;

use crate::ground::{Ground, insert};

/// A case as the schema wants it, with some columns replaced.
fn case(id: &str, replaced: &[(&str, &str)]) -> String {
    let mut columns = vec![
        ("id", format!("'{id}'")),
        ("version", "1".into()),
        ("patient_id", "'p'".into()),
        ("procedure", "''".into()),
        ("condition", "''".into()),
        ("search_text", "''".into()),
        ("laterality", "'LEFT'".into()),
        ("urgency", "5".into()),
        ("anaesthesia", "'LOCAL'".into()),
        ("decided_at_us", "0".into()),
        ("setup_min", "1".into()),
        ("procedure_min", "1".into()),
        ("cleanup_min", "1".into()),
        ("required_capabilities", "'[]'".into()),
        ("notes", "''".into()),
        ("state", "'REQUESTED'".into()),
        ("overrides", "'[]'".into()),
        ("postponements", "0".into()),
        ("created_us", "0".into()),
        ("updated_us", "0".into()),
    ];
    for (name, value) in replaced {
        match columns.iter_mut().find(|(column, _)| column == name) {
            Some(column) => column.1 = (*value).to_owned(),
            None => columns.push((name, (*value).to_owned())),
        }
    }
    let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    format!(
        "insert into surgical_case ({}) values ({})",
        names.join(", "),
        values.join(", ")
    )
}

pub(crate) async fn the_schema_refuses_what_no_case_can_be(ground: Ground) {
    let store = ground.hospital().await;
    insert(
        &store,
        vec![booking_domain::testing::scheduled(
            "c",
            "OT-1",
            "2026-06-01T09:00",
        )],
    )
    .await
    .unwrap();
    ground.tamper(&case("sound", &[])).await.unwrap();
    let planned = [("theatre_id", "'OT-1'"), ("start_us", "0")];
    let whole_cancellation = [
        ("cancel_reason", "'OTHER'"),
        ("cancel_note", "''"),
        ("cancelled_at_us", "0"),
        ("day_of_surgery", "true"),
        ("aborted", "false"),
    ];
    let table: Vec<(Vec<(&str, &str)>, &str)> = vec![
        (vec![("state", "'DONE'")], "surgical_case_"),
        (
            vec![("theatre_id", "'OT-1'")],
            "surgical_case_plan_is_whole",
        ),
        (
            vec![("state", "'SCHEDULED'")],
            "surgical_case_plan_fits_state",
        ),
        (planned.to_vec(), "surgical_case_plan_fits_state"),
        (
            vec![("state", "'CANCELLED'")],
            "surgical_case_cancellation_fits_state",
        ),
        (
            whole_cancellation.to_vec(),
            "surgical_case_cancellation_fits_state",
        ),
        (vec![("procedure_min", "0")], "surgical_case_minutes"),
        (vec![("setup_min", "-1")], "surgical_case_minutes"),
        (vec![("cleanup_min", "1440")], "surgical_case_minutes"),
        (vec![("urgency", "0")], "urgency"),
        (vec![("version", "0")], "version"),
        (vec![("laterality", "'BOTH'")], "laterality"),
        (vec![("blood_units", "-1")], "blood_units"),
        (vec![("procedure_type_id", "'none'")], "oreign key"),
        (vec![("id", "'c'")], "nique"),
    ];
    for (replaced, expected) in table {
        let refused = ground
            .tamper(&case("x", &replaced))
            .await
            .unwrap_err()
            .to_string();
        let told = refused.to_lowercase();
        assert!(
            told.contains(&expected.to_lowercase()),
            "{replaced:?}: {refused}"
        );
    }
    let occupancy = "insert into occupancy (case_id, kind, resource, start_us, end_us) values ";
    for (sql, expected) in [
        (
            format!("{occupancy} ('c', 1, 'X', 5, 5)"),
            "occupancy_range",
        ),
        (format!("{occupancy} ('c', 1, 'X', 5, 4)"), ""),
        (
            format!("{occupancy} ('c', 1, 'X', 0, 172800000001)"),
            "occupancy_range",
        ),
        (format!("{occupancy} ('c', 5, 'X', 0, 1)"), "kind"),
        (
            format!("{occupancy} ('nobody', 1, 'X', 0, 1)"),
            "oreign key",
        ),
        (
            "insert into case_team values ('c', 'DC-2', 'PORTER')".into(),
            "case_team_role",
        ),
        (
            "insert into case_team values ('c', 'DC-2', 'PRIMARY_SURGEON')".into(),
            "nique",
        ),
        ("insert into seeding values (2, 'x', 0)".into(), "only_row"),
        ("delete from theatre where id = 'OT-1'".into(), "oreign key"),
        (
            "update occupancy set start_us = end_us where case_id = 'c'".into(),
            "",
        ),
    ] {
        let refused = ground.tamper(&sql).await.unwrap_err().to_string();
        let told = refused.to_lowercase();
        assert!(told.contains(&expected.to_lowercase()), "{sql}: {refused}");
    }
    assert_eq!(store.examine().await.unwrap(), []);
}

pub(crate) async fn the_seeded_hospital_answers_and_double_books_nothing(ground: Ground) {
    let store = ground.open(Seed::Article).await;
    store.probe().await.unwrap();
    let ask = async |patient: &str, doctor: &str| {
        let (patient, doctor) = (
            PatientId::parse(patient).unwrap(),
            StaffId::parse(doctor).unwrap(),
        );
        let mut read = store.read().await.unwrap();
        read.cases_of(&patient, &doctor).await.unwrap()
    };
    let article = ask("PT-1204", "DC-3904").await;
    assert_eq!(article.len(), 1);
    assert_eq!(article[0].details.condition, "Gall bladder stone");
    let start = article[0].plan.as_ref().unwrap().start;
    assert_eq!(start, "2024-06-01T10:30:00Z".parse().unwrap());
    assert_eq!(ask("PT-1187", "DC-3904").await.len(), 2);
    assert_eq!(
        ask("PT-1255", "DC-3904").await.len(),
        1,
        "an assistant's case"
    );
    for (patient, doctor) in [
        ("PT-1204", "DC-2217"),
        ("PT-1204", "DC-1180"),
        ("pt-1204", "DC-3904"),
    ] {
        assert!(
            ask(patient, doctor).await.is_empty(),
            "{patient} with {doctor}"
        );
    }

    // No theatre and nobody is in two cases at once, though past cases hold nothing.
    let mut read = store.read().await.unwrap();
    let query = booking_domain::CaseQuery {
        limit: 100,
        ..booking_domain::CaseQuery::default()
    };
    let cases = read.cases(&query).await.unwrap();
    let hospital = read.hospital().await.unwrap();
    let held: Vec<_> = cases
        .iter()
        .filter(|case| case.state != booking_domain::CaseState::Cancelled)
        .filter_map(|case| Some(booking_domain::claims(case, case.plan.as_ref()?, &hospital)))
        .collect();
    assert!(held.len() > 4);
    for (index, one) in held.iter().enumerate() {
        for other in held[index + 1..].iter().flatten() {
            let clash = |claim: &booking_domain::Claim| {
                claim.resource == other.resource && claim.range.overlaps(&other.range)
            };
            assert!(!one.iter().any(clash), "{other:?}");
        }
    }
}
