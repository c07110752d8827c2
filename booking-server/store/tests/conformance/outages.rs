//! PostgreSQL alone: connections that are lost in the middle of anything.

use std::time::Duration;

use booking_domain::testing;
use booking_store::StoreError;

use crate::ground::{Ground, case, insert};

const WRITERS: usize = 8;
const WRITES: usize = 60;
const OUTAGES: usize = 25;

/// Ends every connection that a server of ours has to this database.
const CUT: &str = "
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'booking-server' and datname = current_database()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_connections_lose_no_write_and_do_none_twice() {
    let ground = Ground::postgres().await;
    let store = ground.hospital().await;
    let start = store.read().await.unwrap().position().await.unwrap();
    let mut feed = store.changes_after(start).await.unwrap();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut done = Vec::new();
                for number in 0..WRITES {
                    let id = format!("{writer}-{number}");
                    match insert(&store, vec![testing::requested(&id)]).await {
                        Ok(()) => done.push(id),
                        // What was done twice would be there already.
                        Err(StoreError::Busy(_)) => {}
                        Err(error) => panic!("{id}: {error:?}"),
                    }
                }
                done
            })
        })
        .collect();
    for _ in 0..OUTAGES {
        tokio::time::sleep(Duration::from_millis(40)).await;
        ground.tamper(CUT).await.unwrap();
    }
    let mut done = 0_u64;
    for writer in writers {
        for id in writer.await.unwrap() {
            assert!(
                case(&store, &id).await.is_some(),
                "{id} was acknowledged and is gone"
            );
            done += 1;
        }
    }
    assert!(done > (WRITERS * WRITES / 2) as u64, "only {done} writes");
    for seq in start + 1..=start + done {
        let change = tokio::time::timeout(Duration::from_secs(20), feed.next()).await;
        assert_eq!(change.expect("nothing was told").unwrap().seq, seq);
    }
    assert_eq!(store.examine().await.unwrap(), []);
}
