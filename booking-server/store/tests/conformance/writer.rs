//! The writer: what shares a commit shares nothing else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use booking_domain::{Case, testing};
use booking_store::{Outcome, StoreError};

use crate::{
    ground::{Ground, case, held, insert, write},
    logs::record,
};

/// Why a work of these tests refuses.
#[derive(Debug)]
#[expect(dead_code, reason = "shown when a test fails")]
enum Refusal {
    NotToday,
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

pub(crate) async fn a_refusal_writes_nothing(ground: Ground) {
    let store = ground.hospital().await;
    let before = store.read().await.unwrap().position().await.unwrap();
    let refused: Result<(), Refusal> = store
        .write((), |(), tx| {
            Box::pin(async {
                tx.audit(record("ScheduleCase", "a@x", Outcome::Ok));
                tx.hospital().await?;
                Err(Refusal::NotToday)
            })
        })
        .await;
    assert!(matches!(refused, Err(Refusal::NotToday)));
    assert_eq!(store.verify_audit().await.unwrap().events, 0);
    assert_eq!(
        store.read().await.unwrap().position().await.unwrap(),
        before
    );
}

/// Runs `bad` among twenty good writes that are queued around it.
macro_rules! among_others {
    ($store:ident, $bad:expr) => {{
        let good = (0..20).map(|number| {
            let store = $store.clone();
            tokio::spawn(async move {
                let case = testing::requested(&format!("good-{number}"));
                insert(&store, vec![case]).await
            })
        });
        let mut good: Vec<_> = good.collect();
        let more = good.split_off(10);
        let bad = $bad;
        for done in good.into_iter().chain(more) {
            done.await.unwrap().unwrap();
        }
        for number in 0..20 {
            assert!(case(&$store, &format!("good-{number}")).await.is_some());
        }
        bad
    }};
}

pub(crate) async fn a_work_that_writes_and_then_refuses_spoils_nobody_else_s(ground: Ground) {
    let store = ground.hospital().await;
    let refused: Result<(), Refusal> = among_others!(
        store,
        store
            .write((), |(), tx| {
                Box::pin(async {
                    tx.insert_case(&testing::requested("half-done"), &[])
                        .await?;
                    Err(Refusal::NotToday)
                })
            })
            .await
    );
    assert!(matches!(refused, Err(Refusal::NotToday)));
    assert!(case(&store, "half-done").await.is_none());
    assert_eq!(store.examine().await.unwrap(), []);
}

pub(crate) async fn a_work_that_overlaps_spoils_nobody_else_s(ground: Ground) {
    let store = ground.hospital().await;
    insert(
        &store,
        vec![testing::scheduled("first", "OT-1", "2026-06-01T09:00")],
    )
    .await
    .unwrap();
    let taken = among_others!(store, {
        let second = testing::scheduled("second", "OT-1", "2026-06-01T10:00");
        insert(&store, vec![second]).await
    });
    assert!(matches!(taken, Err(StoreError::Overlap)), "{taken:?}");
    assert_eq!(store.examine().await.unwrap(), []);
}

pub(crate) async fn a_work_that_panics_takes_only_its_commit_with_it(ground: Ground) {
    let store = ground.hospital().await;
    let panicked: Result<(), StoreError> = store
        .write((), |(), tx| {
            Box::pin(async {
                tx.insert_case(&testing::requested("half-done"), &[])
                    .await?;
                panic!("a work panics, for this test")
            })
        })
        .await;
    assert!(matches!(panicked, Err(StoreError::Unknown)), "{panicked:?}");
    insert(&store, vec![testing::requested("next")])
        .await
        .unwrap();
    assert!(case(&store, "half-done").await.is_none());
    assert!(case(&store, "next").await.is_some());
}

pub(crate) async fn a_rehearsal_says_what_would_happen_and_undoes_it(ground: Ground) {
    let store = ground.hospital().await;
    let first = testing::scheduled("first", "OT-1", "2026-06-01T09:00");
    let rehearse = async |case: Case| {
        store
            .rehearse(case, |case, tx| {
                Box::pin(async move {
                    let hospital = tx.hospital().await?;
                    tx.insert_case(case, &held(case, &hospital)).await?;
                    tx.audit(record("ScheduleCase", "a@x", Outcome::Ok));
                    let kept = tx.case(&case.id).await?;
                    Ok::<_, StoreError>(kept.map(|kept| kept.version))
                })
            })
            .await
    };
    let before = store.read().await.unwrap().position().await.unwrap();
    assert_eq!(rehearse(first.clone()).await.unwrap(), Some(1));
    assert!(case(&store, "first").await.is_none());
    assert_eq!(store.verify_audit().await.unwrap().events, 0);
    assert_eq!(
        store.read().await.unwrap().position().await.unwrap(),
        before
    );

    insert(&store, vec![first]).await.unwrap();
    let taken = rehearse(testing::scheduled("second", "OT-1", "2026-06-01T09:30")).await;
    assert!(matches!(taken, Err(StoreError::Overlap)), "{taken:?}");
}

pub(crate) async fn what_nobody_waits_for_any_more_is_not_begun(ground: Ground) {
    let store = ground.hospital().await;
    let busy = {
        let store = store.clone();
        tokio::spawn(async move {
            write(&store, |tx| {
                Box::pin(async {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    tx.insert_case(&testing::requested("busy"), &[]).await
                })
            })
            .await
        })
    };
    tokio::time::sleep(Duration::from_millis(100)).await;
    let begun = Arc::new(AtomicUsize::new(0));
    let queued = store.write(Arc::clone(&begun), |begun, tx| {
        begun.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { tx.insert_case(&testing::requested("late"), &[]).await })
    });
    let waited = tokio::time::timeout(Duration::from_millis(50), queued).await;
    assert!(waited.is_err(), "the writer was not busy");
    busy.await.unwrap().unwrap();
    insert(&store, vec![testing::requested("after")])
        .await
        .unwrap();
    assert_eq!(begun.load(Ordering::Relaxed), 0);
    assert!(case(&store, "late").await.is_none());
}

pub(crate) async fn who_waits_long_behind_others_has_a_turn_all_the_same(ground: Ground) {
    const SLOW: usize = 4;
    let store = ground.hospital().await;
    let slow = |number: usize| {
        let (store, id) = (store.clone(), format!("slow-{number}"));
        tokio::spawn(async move {
            store
                .write(testing::requested(&id), |case, tx| {
                    Box::pin(async move {
                        tokio::time::sleep(Duration::from_millis(1_800)).await;
                        tx.insert_case(case, &[]).await
                    })
                })
                .await
        })
    };
    // Together they take longer than the writer is patient with a database that does not answer.
    for done in (0..SLOW).map(slow).collect::<Vec<_>>() {
        let done = done.await.unwrap();
        assert!(done.is_ok(), "{done:?}");
    }
}

pub(crate) async fn a_closed_store_refuses(ground: Ground) {
    let store = ground.hospital().await;
    let mut feed = store.changes();
    store.close().await;
    let refused = insert(&store, vec![testing::requested("late")]).await;
    assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
    assert!(matches!(store.read().await, Err(StoreError::Closed)));
    // What was committed just before it was asked for may still be told.
    let ended = async { while feed.next().await.is_ok() {} };
    let ended = tokio::time::timeout(Duration::from_secs(5), ended).await;
    ended.expect("the feed ends");
    ground.open(booking_store::Seed::None).await;
}
