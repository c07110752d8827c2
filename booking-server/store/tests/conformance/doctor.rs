//! The doctor: finds nothing in a sound store, and each contradiction that is planted in one.

use booking_domain::{Subject, TeamRole, testing};
use booking_store::{Outcome, Seed, Store, StoreError};

use crate::{
    ground::{Ground, insert},
    logs::record,
};

async fn busy_hospital(ground: &Ground) -> Store {
    let store = ground.hospital().await;
    insert(
        &store,
        vec![
            testing::scheduled("c", "OT-1", "2026-06-01T09:00"),
            testing::with(
                testing::scheduled("d", "OT-2", "2026-06-01T09:00"),
                |details| {
                    details.team = vec![testing::member("DC-2", TeamRole::PrimarySurgeon)];
                },
            ),
            testing::requested("waiting"),
        ],
    )
    .await
    .unwrap();
    for account in ["a@x", "b@x"] {
        store
            .audit(record("GetCase", account, Outcome::Ok))
            .await
            .unwrap();
    }
    store
        .write((), |(), tx| {
            Box::pin(async {
                for (id, start, end) in [("S-1", "07:00", "12:00"), ("S-2", "12:00", "17:00")] {
                    let (start, end) = (format!("2026-06-01T{start}"), format!("2026-06-01T{end}"));
                    tx.put(&testing::session(id, "OT-1", &start, &end)).await?;
                }
                let closed = Subject::Theatre(testing::theatre_id("OT-3"));
                let closed = testing::unavailable(closed, "2026-06-01T00:00", "2026-06-02T00:00");
                tx.put(&closed).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
    store
}

pub(crate) async fn a_sound_store_has_no_findings(ground: Ground) {
    assert_eq!(busy_hospital(&ground).await.examine().await.unwrap(), []);
    let memory = Store::open(
        &booking_store::Location::Memory,
        booking_store::OpenOptions {
            seed: Seed::Article,
            ..booking_store::OpenOptions::default()
        },
    );
    assert_eq!(memory.await.unwrap().examine().await.unwrap(), []);
}

pub(crate) async fn every_planted_contradiction_is_found(ground: Ground) {
    // What is done to a sound store, and what must be found.
    let mut table = vec![
        (
            "delete from occupancy where case_id = 'c' and kind = 2",
            "CLAIMS_DIFFER",
            "cases/c",
        ),
        (
            "update occupancy set end_us = end_us + 60000000 where case_id = 'c' and kind = 3",
            "CLAIMS_DIFFER",
            "cases/c",
        ),
        (
            "update surgical_case set start_us = start_us + 60000000 where id = 'c'",
            "CLAIMS_DIFFER",
            "cases/c",
        ),
        (
            "update surgical_case set state = 'COMPLETED' where id = 'c'",
            "HELD_BY_NOBODY",
            "cases/c",
        ),
        (
            "insert into occupancy (case_id, kind, resource, start_us, end_us)
            values ('waiting', 1, 'OT-3', 0, 1)",
            "HELD_BY_NOBODY",
            "cases/waiting",
        ),
        (
            "update unavailability set resource = 'OT-9'",
            "DANGLING",
            "unavailabilities/U-1",
        ),
        (
            "delete from change_log where seq = 5",
            "CHANGES_GAP",
            "changes",
        ),
        (
            "update head set change_seq = change_seq + 1",
            "CHANGES_GAP",
            "changes",
        ),
        (
            "update head set audit_seq = audit_seq + 1",
            "AUDIT_BROKEN",
            "auditEvents/3",
        ),
        (
            "update surgical_case set overrides = '[1]' where id = 'waiting'",
            "UNREADABLE",
            "cases",
        ),
    ];
    let without_rules = match &ground {
        Ground::Sqlite(_) => {
            "
            drop trigger occupancy_no_overlap_update; drop trigger session_no_overlap_update;
            drop trigger audit_event_no_update; drop trigger audit_event_no_delete;"
        }
        Ground::Postgres(_) => {
            "
            alter table occupancy drop constraint occupancy_no_overlap;
            alter table session drop constraint session_no_overlap;
            drop trigger audit_event_no_change on audit_event;"
        }
    };
    table.extend([
        (
            "update occupancy set resource = 'OT-1' where case_id = 'd' and kind = 1",
            "OVERLAP",
            "cases/c",
        ),
        (
            "update session set start_us = start_us - 1 where id = 'S-2'",
            "SESSIONS_OVERLAP",
            "sessions/S-2",
        ),
        (
            "update audit_event set account = 'z@x' where seq = 1",
            "AUDIT_BROKEN",
            "auditEvents/1",
        ),
        (
            "delete from audit_event where seq = 2",
            "AUDIT_BROKEN",
            "auditEvents/2",
        ),
    ]);
    for (sql, kind, resource) in table {
        let ground = match &ground {
            Ground::Sqlite(_) => Ground::sqlite(),
            Ground::Postgres(_) => Ground::postgres().await,
        };
        let store = busy_hospital(&ground).await;
        ground.tamper(without_rules).await.unwrap();
        assert_eq!(
            store.examine().await.unwrap(),
            [],
            "without the rules alone"
        );
        ground.tamper(sql).await.unwrap();
        let findings = store.examine().await.unwrap();
        let found = findings
            .iter()
            .any(|it| it.kind == kind && it.resource == resource);
        assert!(found, "{sql}: {findings:?}");
        let told = format!("{findings:?}");
        assert!(!told.contains("PT-"), "{told}");
    }
}
