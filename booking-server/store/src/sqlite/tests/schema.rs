//! What the schema holds, what it refuses to hold, and what is said of what got past it.

use std::collections::BTreeMap;

use super::*;
use crate::domain::CaseState;

#[tokio::test]
async fn every_state_is_kept_and_read_back_with_and_without_a_slot() {
    let (place, mut connection) = hospital().await;
    let mut expected = BTreeMap::new();
    for state in CaseState::ALL {
        for planned in [true, false] {
            let id = format!("{} {planned}", state.as_str());
            let added = add_case(
                &mut connection,
                &id,
                state.as_str(),
                planned,
                "PRIMARY_SURGEON",
            )
            .await;
            let allowed = if planned {
                !state.is_waiting()
            } else {
                !state.needs_slot()
            };
            assert_eq!(added.is_ok(), allowed, "{id}: {added:?}");
            if allowed {
                expected.insert(id, (state, planned));
            }
        }
    }
    connection.close().await.unwrap();

    let store = place.open(Seed::None).await.unwrap();
    let seen: BTreeMap<_, _> = ask(&store, "p", "d")
        .await
        .iter()
        .map(|case| {
            (
                case.id().as_str().to_owned(),
                (case.state(), case.plan().is_some()),
            )
        })
        .collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn the_schema_refuses_what_no_case_can_be() {
    let (_place, mut connection) = hospital().await;
    add_case(&mut connection, "c", "REQUESTED", false, "PRIMARY_SURGEON")
        .await
        .unwrap();
    let case = "insert into surgical_case values ";
    let table = [
        (
            "('x','p','','','DONE',0,null,null,1,1,1)",
            "surgical_case_state",
        ),
        (
            "('x','p','','','REQUESTED',0,'t',null,1,1,1)",
            "surgical_case_plan_is_whole",
        ),
        (
            "('x','p','','','SCHEDULED',0,null,null,1,1,1)",
            "surgical_case_plan_fits_state",
        ),
        (
            "('x','p','','','POSTPONED',0,'t',0,1,1,1)",
            "surgical_case_plan_fits_state",
        ),
        (
            "('x','p','','','REQUESTED',0,null,null,0,0,0)",
            "surgical_case_minutes",
        ),
        (
            "('x','p','','','REQUESTED',0,null,null,-1,9,0)",
            "surgical_case_minutes",
        ),
        (
            "('x','p','','','REQUESTED',0,null,null,0,1441,0)",
            "surgical_case_minutes",
        ),
        (
            "('x','nobody','','','REQUESTED',0,null,null,1,1,1)",
            "FOREIGN KEY",
        ),
        (
            "('x','p','','','SCHEDULED',0,'nowhere',0,1,1,1)",
            "FOREIGN KEY",
        ),
        (
            "('x','p','','','REQUESTED','soon',null,null,1,1,1)",
            "TEXT value in INTEGER column",
        ),
        ("('c','p','','','REQUESTED',0,null,null,1,1,1)", "UNIQUE"),
    ];
    for (values, expected) in table {
        let sql = sqlx::AssertSqlSafe(format!("{case}{values}"));
        let error = sqlx::raw_sql(sql)
            .execute(&mut connection)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{values}: {error}");
    }
    for (sql, expected) in [
        (
            "insert into case_team values ('c', 'e', 'PORTER')",
            "case_team_role",
        ),
        (
            "insert into case_team values ('c', 'e', 'PRIMARY_SURGEON')",
            "case_team.case_id",
        ),
        ("delete from patient where id = 'p'", "FOREIGN KEY"),
        ("insert into seeding values (2, 'x', 0)", "only_row"),
    ] {
        let error = sqlx::raw_sql(sql)
            .execute(&mut connection)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{sql}: {error}");
    }
}

#[tokio::test]
async fn rows_that_went_around_the_schema_are_reported_without_the_patient() {
    // What is set in a sound database, and the column that is blamed.
    let table = [
        (
            "update site set time_zone = 'Mars/Olympus'",
            "site.time_zone",
        ),
        (
            "update surgical_case set start_us = 9223372036854775807",
            "start_us",
        ),
        (
            "update surgical_case set decided_at_us = -9223372036854775808",
            "decided_at_us",
        ),
        ("update surgical_case set state = 'LOST'", "state"),
        ("update surgical_case set state = 'REQUESTED'", "state"),
        ("update surgical_case set setup_min = -500", "footprint"),
        (
            "update surgical_case set setup_min = 9223372036854775000",
            "footprint",
        ),
        (
            "update surgical_case set setup_min = 9223372036854775807",
            "footprint_min",
        ),
        (
            "update surgical_case set theatre_id = 'nowhere'",
            "theatre_id",
        ),
        (
            "update surgical_case set condition = cast(x'ff' as text)",
            "condition",
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
async fn the_seeded_hospital_double_books_nothing_and_nobody() {
    let store = memory(Seed::Article).await;
    // What is held: a theatre, or a person, by one case each.
    let held = "
        select theatre_id as holder, id, start_us,
               start_us + (setup_min + procedure_min + cleanup_min) * 60000000 as end_us
        from surgical_case where start_us is not null and state <> 'CANCELLED'
        union all
        select m.staff_id, c.id, c.start_us,
               c.start_us + (c.setup_min + c.procedure_min + c.cleanup_min) * 60000000
        from surgical_case c join case_team m on m.case_id = c.id
        where c.start_us is not null and c.state <> 'CANCELLED'";
    let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(held)
        .fetch_all(&store.readers)
        .await
        .unwrap();
    assert!(rows.len() > 10);
    let slot = |row: &(String, String, i64, i64)| {
        let at = |us| jiff::Timestamp::from_microsecond(us).unwrap();
        crate::domain::Slot::new(at(row.2), at(row.3)).unwrap()
    };
    for (index, one) in rows.iter().enumerate() {
        for other in &rows[index + 1..] {
            let apart = one.0 != other.0 || !slot(one).overlaps(&slot(other));
            assert!(apart, "{} has {} and {} at once", one.0, one.1, other.1);
        }
    }
}
