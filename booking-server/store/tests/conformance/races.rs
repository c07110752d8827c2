//! Real races, through as many servers as the database takes.

use std::time::{Duration, Instant};

use booking_domain::{Case, testing};
use booking_store::{Store, StoreError, Tx};
use jiff::SignedDuration;

use crate::ground::{Ground, held};

const WRITERS: usize = 12;
const ROUNDS: usize = 50;

/// Generous for a machine on which other tests run too; alone it is some tens of milliseconds.
const WORST_ROUND: Duration = Duration::from_secs(1);

/// Books without looking first: the database alone must refuse.
async fn book(case: &Case, tx: &mut Tx) -> Result<(), StoreError> {
    let hospital = tx.hospital().await?;
    tx.insert_case(case, &held(case, &hospital)).await
}

async fn race(stores: &[Store], cases: Vec<Case>) -> Vec<Result<(), StoreError>> {
    let gate = std::sync::Arc::new(tokio::sync::Barrier::new(cases.len()));
    let writers = cases.into_iter().enumerate().map(|(index, case)| {
        let (store, gate) = (stores[index % stores.len()].clone(), gate.clone());
        tokio::spawn(async move {
            gate.wait().await;
            store.write(case, |case, tx| Box::pin(book(case, tx))).await
        })
    });
    let mut results = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        results.push(writer.await.unwrap());
    }
    results
}

pub(crate) async fn twelve_writers_for_one_slot_have_one_winner(ground: Ground) {
    let here = ground.hospital().await;
    let stores = [here.clone(), ground.another(&here).await];
    let mut worst = Duration::ZERO;
    for round in 0..ROUNDS {
        let start = testing::at("2026-06-01T09:00") + SignedDuration::from_hours(48 * round as i64);
        let cases = (0..WRITERS).map(|writer| {
            let mut case =
                testing::scheduled(&format!("{round}-{writer}"), "OT-1", "2026-06-01T09:00");
            case.plan.as_mut().unwrap().start = start;
            case
        });
        let begun = Instant::now();
        let results = race(&stores, cases.collect()).await;
        worst = worst.max(begun.elapsed());
        let won = results.iter().filter(|result| result.is_ok()).count();
        assert_eq!(won, 1, "round {round}: {results:?}");
        for result in results.iter().filter_map(|result| result.as_ref().err()) {
            assert!(
                matches!(result, StoreError::Overlap),
                "round {round}: {result:?}"
            );
        }
    }
    assert!(worst < WORST_ROUND, "the worst round took {worst:?}");
    assert_eq!(here.examine().await.unwrap(), []);
}

pub(crate) async fn opposite_orders_do_not_deadlock(ground: Ground) {
    let here = ground.hospital().await;
    let stores = [here.clone(), ground.another(&here).await];
    for round in 0..20 {
        // Each takes two theatres, half of them in the other order.
        let writers = (0..8).map(|writer| {
            let store = stores[writer % 2].clone();
            tokio::spawn(async move {
                let day = format!("2026-07-{:02}T09:00", round + 1);
                let mut theatres = ["OT-1", "OT-2"];
                if writer % 4 < 2 {
                    theatres.reverse();
                }
                let cases = theatres.map(|theatre| {
                    testing::with(
                        testing::scheduled(&format!("{round}-{writer}-{theatre}"), theatre, &day),
                        |details| {
                            details.team = Vec::new();
                        },
                    )
                });
                store
                    .write(cases, |cases, tx| {
                        Box::pin(async move {
                            for case in cases {
                                book(case, tx).await?;
                            }
                            Ok::<_, StoreError>(())
                        })
                    })
                    .await
            })
        });
        let mut won = 0;
        for writer in writers.collect::<Vec<_>>() {
            match writer.await.unwrap() {
                Ok(()) => won += 1,
                Err(StoreError::Overlap) => {}
                Err(error) => panic!("round {round}: {error:?}"),
            }
        }
        assert_eq!(won, 1, "round {round}");
    }
}
