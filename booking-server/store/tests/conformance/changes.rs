//! The feed: every change once, in the order of the commits, wherever it was made.

use std::time::Duration;

use booking_domain::{Case, testing};
use booking_store::{ChangeFeed, ChangeKind, FeedError, Store, StoreError};

use crate::ground::{Ground, insert, update, write};

/// Longer than the poll that stands in for a lost notification.
const PATIENCE: Duration = Duration::from_secs(20);

async fn next(feed: &mut ChangeFeed) -> (u64, String) {
    let change = tokio::time::timeout(PATIENCE, feed.next())
        .await
        .expect("nothing was told");
    let change = change.unwrap();
    (change.seq, change.id.clone())
}

pub(crate) async fn every_write_is_told_once_in_order(ground: Ground) {
    let here = ground.hospital().await;
    let there = ground.another(&here).await;
    let start = here.read().await.unwrap().position().await.unwrap();
    let mut feeds = [
        here.changes_after(start).await.unwrap(),
        there.changes_after(start).await.unwrap(),
    ];

    // Written through both, at once.
    let writers = [here.clone(), there.clone()]
        .into_iter()
        .enumerate()
        .map(|(index, store)| {
            tokio::spawn(async move {
                for number in 0..40 {
                    let case = testing::requested(&format!("{index}-{number}"));
                    insert(&store, vec![case]).await.unwrap();
                }
            })
        });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let mut told = Vec::new();
    for feed in &mut feeds {
        let mut ids = Vec::new();
        for seq in start + 1..=start + 80 {
            let (told_seq, id) = next(feed).await;
            assert_eq!(told_seq, seq);
            ids.push(id);
        }
        assert_eq!(feed.position(), start + 80);
        told.push(ids);
    }
    assert_eq!(told[0], told[1]);
    let mut all = told.remove(0);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 80);
}

pub(crate) async fn a_feed_goes_on_where_another_ended(ground: Ground) {
    let store = ground.hospital().await;
    let start = store.read().await.unwrap().position().await.unwrap();
    let mut feed = store.changes_after(start).await.unwrap();
    let case = testing::scheduled("c", "OT-1", "2026-06-01T09:00");
    insert(&store, vec![case.clone()]).await.unwrap();
    let told = tokio::time::timeout(PATIENCE, feed.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((told.kind, &*told.id), (ChangeKind::Case, "c"));
    assert_eq!(told.before, None);
    assert_eq!(
        told.after.as_ref().unwrap().range,
        case.planned_range().unwrap()
    );
    let place = feed.position();
    drop(feed);

    let moved = Case {
        plan: Some(testing::plan("OT-2", "2026-06-02T09:00")),
        ..case
    };
    update(&store, moved.clone()).await.unwrap();
    write(&store, |tx| {
        Box::pin(async {
            let session = testing::session("S-1", "OT-1", "2026-06-01T08:00", "2026-06-01T12:00");
            tx.put(&session).await
        })
    })
    .await
    .unwrap();
    let mut feed = store.changes_after(place).await.unwrap();
    let told = tokio::time::timeout(PATIENCE, feed.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(told.before.as_ref().unwrap().theatre.as_str(), "OT-1");
    assert_eq!(
        told.after.as_ref().unwrap().range,
        moved.planned_range().unwrap()
    );
    assert_eq!(next(&mut feed).await, (place + 2, "S-1".to_owned()));
}

pub(crate) async fn a_place_that_is_not_in_the_log_is_lost(ground: Ground) {
    let store = ground.hospital().await;
    let newest = store.read().await.unwrap().position().await.unwrap();
    assert!(matches!(
        store.changes_after(newest + 1).await,
        Err(FeedError::Lost)
    ));
    assert!(matches!(
        store.changes_after(u64::MAX).await,
        Err(FeedError::Lost)
    ));
    store.changes_after(newest).await.unwrap();
    let mut behind = store.changes_after(0).await.unwrap();
    ground
        .tamper("delete from change_log where seq <= 3")
        .await
        .unwrap();
    for lost in [0, 1, 2] {
        assert!(
            matches!(store.changes_after(lost).await, Err(FeedError::Lost)),
            "{lost}"
        );
    }
    store.changes_after(3).await.unwrap();
    assert!(store.changes_since(3, 1_000).await.is_ok());
    // What the tail still has in memory may be told; what it has not is said to be lost.
    let mut told = 0;
    while let Ok(Ok(change)) = tokio::time::timeout(Duration::from_millis(200), behind.next()).await
    {
        told += 1;
        assert_eq!(change.seq, told);
    }
}

async fn many(store: &Store, count: usize) -> Result<(), StoreError> {
    store
        .write(count, |count, tx| {
            Box::pin(async move {
                for number in 0..*count {
                    tx.insert_case(&testing::requested(&format!("many-{number}")), &[])
                        .await?;
                }
                Ok(())
            })
        })
        .await
}

pub(crate) async fn a_slow_reader_misses_nothing(ground: Ground) {
    let store = ground.hospital().await;
    let start = store.read().await.unwrap().position().await.unwrap();
    let mut slow = store.changes_after(start).await.unwrap();
    // More than is kept in memory.
    many(&store, 5_000).await.unwrap();
    for seq in start + 1..=start + 5_000 {
        assert_eq!(next(&mut slow).await.0, seq);
    }
}
