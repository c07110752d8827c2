//! What got past the schema, and what is said of it.

use super::*;

#[tokio::test]
async fn rows_that_went_around_the_schema_are_reported_without_the_patient() {
    // What is set in a sound database, and the column that is blamed.
    let table = [
        (
            "update surgical_case set start_us = 9223372036854775807",
            "start_us",
        ),
        (
            "update surgical_case set decided_at_us = -9223372036854775808",
            "decided_at_us",
        ),
        ("update surgical_case set state = 'LOST'", "state"),
        ("update surgical_case set state = 'REQUESTED'", "has a plan"),
        ("update surgical_case set setup_min = -500", "setup_min"),
        (
            "update surgical_case set setup_min = 9223372036854775000",
            "setup_min",
        ),
        ("update surgical_case set setup_min = 20000", "cleanup_min"),
        ("update surgical_case set theatre_id = null", "half a plan"),
        ("update surgical_case set laterality = 'BOTH'", "laterality"),
        ("update surgical_case set urgency = 0", "urgency"),
        (
            "update surgical_case set condition = cast(x'ff' as text)",
            "condition",
        ),
        (
            "update surgical_case set required_capabilities = 'Gall'",
            "required_capabilities",
        ),
        (
            "update surgical_case set overrides = '[{\"Gall\": 1}]'",
            "overrides",
        ),
        (
            "update surgical_case set cancel_reason = 'OTHER'",
            "half a cancellation",
        ),
        (
            "update case_team set staff_id = ' ' where role = 'ANAESTHETIST'",
            "team",
        ),
        (
            "update surgical_case set id = '' where id = 'case-0001';
             update case_team set case_id = '' where case_id = 'case-0001'",
            "id",
        ),
    ];
    for (sql, expected) in table {
        let place = Place::served().await;
        let store = place.open(Seed::None).await.unwrap();
        place.tamper(sql).await;
        let error = try_ask(&store, "PT-1204", "DC-3904").await.expect_err(sql);
        assert!(matches!(error, StoreError::Corrupt(_)), "{sql}: {error:?}");
        let error = error.to_string();
        assert!(error.contains(expected), "{sql}: {error}");
        assert!(
            !error.contains("PT-1204") && !error.contains("Gall"),
            "{sql}: {error}"
        );
    }
}

#[tokio::test]
async fn a_hospital_that_cannot_be_read_is_reported_by_its_column() {
    let table = [
        (
            "update site set time_zone = 'Mars/Olympus'",
            "site.time_zone",
        ),
        (
            "update theatre set opening = '[[9,0,0]]'",
            "theatre.opening",
        ),
        ("update theatre set state = 'BUSY'", "theatre.state"),
        ("update staff set roles = '[\"PORTER\"]'", "staff.roles"),
        ("update reason set reason_group = ''", "reason.reason_group"),
        ("delete from head", "head"),
    ];
    for (sql, expected) in table {
        let place = Place::served().await;
        let store = place.open(Seed::None).await.unwrap();
        place.tamper(sql).await;
        let error = store.hospital().await.expect_err(sql);
        assert!(matches!(error, StoreError::Corrupt(_)), "{sql}: {error:?}");
        assert!(error.to_string().contains(expected), "{sql}: {error}");
    }
}
