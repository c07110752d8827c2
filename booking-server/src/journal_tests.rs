//! Tests of `journal.rs`.

use super::*;
use booking_store::{AuditQuery, Location, OpenOptions};

async fn empty() -> Store {
    Store::open(&Location::Memory, OpenOptions::default())
        .await
        .expect("opens")
}

async fn events(store: &Store) -> Vec<AuditRecord> {
    let query = AuditQuery {
        limit: 1000,
        ..AuditQuery::default()
    };
    let page = store.read().await.unwrap().audit_page(&query).await;
    let newest_first = page.unwrap().into_iter().map(|event| event.record);
    newest_first.rev().collect()
}

// One thread: the writer does not run while this does not wait, so exactly what fits is kept.
#[tokio::test]
async fn calls_that_did_not_fit_leave_a_hole_that_the_audit_tells_of() {
    let store = empty().await;
    let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    let clock: Clock = Arc::new(move || now);
    let (journal, writer) = Journal::with_backlog(3, store.clone(), clock);
    for _ in 0..10 {
        journal.denied("ot.v1.CaseService/ListCases", "stranger@example.org", None);
    }
    journal.asked(
        "otbooking.OtBookingService/getBookingInfo",
        "a@b",
        None,
        "patients/1",
    );
    drop(journal);
    writer.flush().await;

    let events = events(&store).await;
    let denied = events.iter().filter(|it| it.outcome == Outcome::Denied);
    assert_eq!(denied.count(), 3, "{events:?}");
    let holes: Vec<_> = events.iter().filter(|it| it.method == HOLE).collect();
    let [hole] = holes[..] else {
        panic!("one hole, not {holes:?}");
    };
    assert_eq!(
        hole.reason,
        "7 denied calls and 1 questions were not recorded between 2026-11-26T12:00:00Z and \
             2026-11-26T12:00:00Z"
    );
    assert_eq!(store.verify_audit().await.unwrap().broken, None);
}

#[tokio::test]
async fn what_was_told_is_written_in_the_end_though_somebody_could_still_tell() {
    let store = empty().await;
    let (journal, writer) = Journal::into(store.clone(), Arc::new(Timestamp::now));
    journal.denied("ot.v1.CaseService/GetCase", "a@p", None);
    let began = std::time::Instant::now();
    writer.flush().await;
    assert!(began.elapsed() < FLUSH_TIMEOUT);
    assert_eq!(events(&store).await.len(), 1);
    drop(journal);
}

#[tokio::test]
async fn calls_that_fit_leave_none() {
    let store = empty().await;
    let (journal, writer) = Journal::into(store.clone(), Arc::new(Timestamp::now));
    for _ in 0..20 {
        journal.denied("ot.v1.CaseService/ListCases", "stranger@example.org", None);
    }
    drop(journal);
    writer.flush().await;
    let events = events(&store).await;
    assert_eq!(events.len(), 20);
    assert!(events.iter().all(|it| it.outcome == Outcome::Denied));
}
