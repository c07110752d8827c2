//! How both databases go about the questions that must not grow with history.

use booking_domain::{
    CaseCondition, CaseOrder, CaseOrderKey, CaseQuery, CaseState, TimeRange, claims, testing,
};
use tempfile::TempDir;

use super::{cases, report, surroundings};
use crate::{
    Location, OpenOptions, Scope, Store,
    db::{Conn, Fields, Pool, Sql},
    testing::{Durability, ThrowAwayPostgres},
};

fn list(conditions: Vec<CaseCondition>, key: CaseOrderKey, descending: bool) -> Sql {
    cases::page(&CaseQuery {
        conditions,
        order: CaseOrder { key, descending },
        after: None,
        limit: 50,
    })
}

/// What is asked, and the indexes that must answer it.
fn questions(ranges: bool) -> Vec<(&'static str, Sql, Vec<&'static str>)> {
    let theatres = ["OT-1", "OT-2"].map(testing::theatre_id).to_vec();
    let day = testing::range("2026-06-01T00:00", "2026-06-02T00:00");
    let in_theatres = CaseCondition::TheatreIn(theatres.clone());
    let from = CaseCondition::StartFrom(day.start());
    let before = CaseCondition::StartBefore(day.end());
    let case = testing::requested("c");
    let plan = testing::plan("OT-1", "2026-06-01T09:00");
    let claims = claims(&case, &plan, &testing::hospital());
    let hull: TimeRange = day;
    vec![
        (
            "the day of a theatre group",
            cases::day(&Scope::These(theatres.clone()), day),
            vec!["surgical_case_by_theatre"],
        ),
        (
            "the day of all theatres",
            cases::day(&Scope::All, day),
            vec!["surgical_case_by_start"],
        ),
        (
            "a list of a theatre group by start",
            list(
                vec![in_theatres, from.clone(), before],
                CaseOrderKey::Start,
                false,
            ),
            vec!["surgical_case_by_theatre"],
        ),
        (
            "a list of everything from a day on",
            list(vec![from], CaseOrderKey::Start, false),
            vec!["surgical_case_by_start"],
        ),
        (
            "the newest decisions",
            list(vec![], CaseOrderKey::Decided, true),
            vec!["surgical_case_by_decision"],
        ),
        (
            "the waiting list",
            list(
                vec![CaseCondition::Waiting(true)],
                CaseOrderKey::Waiting,
                false,
            ),
            vec!["surgical_case_waiting"],
        ),
        (
            "a patient's cases",
            list(
                vec![
                    CaseCondition::PatientIs(testing::patient_id("PT-1")),
                    CaseCondition::StateIn(vec![CaseState::Completed]),
                ],
                CaseOrderKey::Start,
                false,
            ),
            vec!["surgical_case_by_patient"],
        ),
        (
            "what is around a place",
            surroundings::around(&claims, &plan.theatre, hull, &[], ranges),
            vec!["session_", "occupancy_", "unavailability_by_resource"],
        ),
        (
            "a report",
            report::period(&theatres, true, day),
            vec![
                "surgical_case_by_theatre",
                "surgical_case_by_wheels_in",
                "surgical_case_cancelled",
            ],
        ),
    ]
}

/// The plan, a step a line.
async fn explain(conn: &mut Conn, mut sql: Sql) -> String {
    let (explain, column) = match conn {
        Conn::Sqlite(_) => ("explain query plan ", 3),
        Conn::Postgres(_) => ("explain (costs off) ", 0),
    };
    sql.text = format!("{explain}{}", sql.text).into();
    let rows = conn.rows(sql).await.unwrap();
    let line = |row| {
        let mut fields = Fields::of("plan", row);
        fields.skip(column);
        fields.text().unwrap()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The steps that read a whole table of the kinds that grow.
fn scans(plan: &str) -> Vec<&str> {
    let tables = ["c", "o", "s", "n", "surgical_case", "occupancy"];
    let reads_all = |line: &&str| {
        let line = line.trim_start_matches([' ', '-', '>']);
        let scanned = line
            .strip_prefix("SCAN ")
            .or_else(|| line.strip_prefix("Seq Scan on "));
        scanned.is_some_and(|rest| {
            let table = rest.split(' ').next().unwrap_or_default();
            tables.contains(&table) && !rest.contains("USING")
        })
    };
    plan.lines().filter(reads_all).collect()
}

async fn prove(pool: &Pool) {
    let mut conn = pool.begin_read().await.unwrap();
    if conn.is_postgres() {
        // Of tables with next to nothing in them PostgreSQL reads all, whatever indexes there are.
        conn.run(Sql::new("set local enable_seqscan = off"))
            .await
            .unwrap();
    }
    for (what, sql, indexes) in questions(conn.is_postgres()) {
        let plan = explain(&mut conn, sql).await;
        assert!(scans(&plan).is_empty(), "{what} reads everything:\n{plan}");
        for index in indexes {
            assert!(
                plan.contains(index),
                "{what} does not go by {index}:\n{plan}"
            );
        }
    }
}

#[tokio::test]
async fn every_question_of_a_day_goes_by_an_index_in_sqlite() {
    let folder = TempDir::new().unwrap();
    let location = Location::File(folder.path().join("ot.db"));
    let store = Store::open(&location, OpenOptions::default())
        .await
        .unwrap();
    prove(store.readers()).await;
}

/// Two hundred days of a hundred theatres, so that PostgreSQL has something to choose by.
const HISTORY: [&str; 4] = [
    "insert into site (id, name, time_zone) values ('main', 'Main', 'Europe/London')",
    "insert into theatre (id, site_id, name, list_order)
     select 'OT-' || number, 'main', '', number from generate_series(0, 99) number",
    "insert into surgical_case (
         id, version, patient_id, procedure, condition, search_text, laterality, urgency,
         anaesthesia, decided_at_us, setup_min, procedure_min, cleanup_min, required_capabilities,
         notes, state, theatre_id, start_us, overrides, postponements, created_us, updated_us)
     select 'c' || number, 1, 'PT-' || number, '', '', '', 'LEFT', 5, 'LOCAL', number, 10, 60, 10,
            '[]', '', 'COMPLETED', 'OT-' || number % 100,
            1780272000000000 - number / 100 * 86400000000, '[]', 0, 0, 0
     from generate_series(0, 19999) number",
    "analyze",
];

#[tokio::test]
async fn every_question_of_a_day_goes_by_an_index_in_postgresql() {
    let start = || ThrowAwayPostgres::start(Durability::None).unwrap();
    let cluster = tokio::task::spawn_blocking(start).await.unwrap();
    let url = cluster.database().await.unwrap();
    let store = Store::open(&url.parse().unwrap(), OpenOptions::default())
        .await
        .unwrap();
    let mut conn = store.writers().begin_write().await.unwrap();
    for sql in HISTORY {
        conn.run(Sql::new(sql)).await.unwrap();
    }
    conn.commit().await.unwrap();
    prove(store.readers()).await;
}
