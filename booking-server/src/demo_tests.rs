//! Tests of `demo.rs`.

use super::*;
use crate::names::etag;
use booking_domain::TheatreId;
use booking_store::{AuditCondition, AuditQuery, Location, OpenOptions};

async fn opened(seed: Seed) -> Store {
    let options = OpenOptions {
        seed,
        ..OpenOptions::default()
    };
    Store::open(&Location::Memory, options)
        .await
        .expect("opens")
}

#[tokio::test]
async fn a_new_database_gets_the_demo_once_and_agrees_with_itself() {
    let store = opened(Seed::Demo).await;
    let now = "2026-11-26T12:00:00Z".parse().unwrap();
    fill(&store, now).await.unwrap();
    fill(&store, now).await.unwrap();
    let hospital = store.hospital().await.unwrap();
    assert!(
        hospital
            .theatres
            .contains_key(&TheatreId::parse("OT-8").unwrap())
    );
    assert_eq!(store.examine().await.unwrap(), []);
}

#[tokio::test]
async fn all_of_the_demo_is_in_the_audit_once_and_the_chain_verifies() {
    let store = opened(Seed::Demo).await;
    let now = "2026-11-26T12:00:00Z".parse().unwrap();
    let demo = booking_demo::generate(&store.hospital().await.unwrap(), NUMBER, now).unwrap();
    fill(&store, now).await.unwrap();
    fill(&store, now).await.unwrap();

    let chain = store.verify_audit().await.unwrap();
    assert_eq!(chain.broken, None);
    let hospital = [demo.theatres.len(), demo.staff.len(), demo.units.len()];
    let lists = [
        demo.procedure_types.len(),
        demo.templates.len(),
        demo.sessions.len(),
    ];
    let dated = [demo.unavailabilities.len(), demo.cases.len()];
    let things: usize = hospital.iter().chain(&lists).chain(&dated).sum();
    assert_eq!(chain.events, things as u64);

    let case = demo.cases.last().unwrap();
    let query = AuditQuery {
        conditions: vec![AuditCondition::ResourceIs(name(&case.id))],
        before: None,
        limit: 10,
    };
    let told = store
        .read()
        .await
        .unwrap()
        .audit_page(&query)
        .await
        .unwrap();
    let [event] = &told[..] else {
        panic!("a case is entered once: {told:?}");
    };
    let record = &event.record;
    assert_eq!((&*record.account, &*record.transport), ("", "local"));
    assert_eq!(
        (&*record.etag_before, &*record.etag_after),
        ("", &*etag(case.version))
    );
    let state = record.changes.iter().find(|change| change.field == "state");
    assert_eq!(state.unwrap().after, case.state.as_str());
}

#[tokio::test]
async fn a_database_that_was_not_made_for_it_is_left_alone() {
    let store = opened(Seed::Article).await;
    fill(&store, Timestamp::now()).await.unwrap();
    assert!(!is_filled(&store.hospital().await.unwrap()));
}
