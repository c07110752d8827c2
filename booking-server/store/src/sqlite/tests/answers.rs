//! What is asked, and what is answered.

use super::*;
use crate::domain::TeamRole;

#[tokio::test]
async fn a_plan_is_read_as_it_was_written() {
    let store = memory(Seed::Article).await;
    let cases = ask(&store, "PT-1204", "DC-3904").await;
    let plan = cases[0].plan().unwrap();
    assert_eq!(plan.slot.start(), "2024-06-01T10:30:00Z".parse().unwrap());
    assert_eq!(plan.slot.end(), "2024-06-01T12:20:00Z".parse().unwrap());
    assert_eq!(plan.zone.iana_name(), Some("Europe/London"));
}

#[tokio::test]
async fn a_doctor_is_found_by_surgical_roles_alone() {
    let roles = [
        (TeamRole::PrimarySurgeon, 1),
        (TeamRole::AssistantSurgeon, 1),
        (TeamRole::Anaesthetist, 0),
        (TeamRole::ScrubNurse, 0),
        (TeamRole::CirculatingNurse, 0),
    ];
    for (role, expected) in roles {
        let (place, mut connection) = hospital().await;
        add_case(&mut connection, "c", "REQUESTED", false, role.as_str())
            .await
            .unwrap();
        connection.close().await.unwrap();
        let store = place.open(Seed::None).await.unwrap();
        assert_eq!(ask(&store, "p", "d").await.len(), expected, "{role:?}");
    }
}

#[tokio::test]
async fn a_doctor_with_two_roles_in_a_case_is_told_of_it_once() {
    let (place, mut connection) = hospital().await;
    add_case(&mut connection, "c", "REQUESTED", false, "PRIMARY_SURGEON")
        .await
        .unwrap();
    let also = "insert into case_team values ('c', 'd', 'ASSISTANT_SURGEON')";
    sqlx::raw_sql(also).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let store = place.open(Seed::None).await.unwrap();
    assert_eq!(ask(&store, "p", "d").await.len(), 1);
}

#[tokio::test]
async fn nobody_s_cases_are_given_to_somebody_else() {
    let store = memory(Seed::Article).await;
    for (patient, doctor) in [
        ("PT-1204", "DC-2217"),
        ("PT-9999", "DC-3904"),
        ("pt-1204", "DC-3904"),
        ("PT-1204", "DC-1180"), // in the team, and not operating
        ("PT-1204' or '1'='1", "DC-3904"),
        ("%", "%"),
    ] {
        assert!(
            ask(&store, patient, doctor).await.is_empty(),
            "{patient} with {doctor}"
        );
    }
    // An assistant's case, and a patient with two.
    assert_eq!(
        conditions(&store, "PT-1255", "DC-3904").await,
        ["Ankle fracture, right"]
    );
    assert_eq!(ask(&store, "PT-1187", "DC-3904").await.len(), 2);
}
