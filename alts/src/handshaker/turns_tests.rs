//! Tests of `turns.rs`.

use tokio::time::timeout;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn nobody_has_all_turns_however_many_it_wants() {
    let turns = Turns::new(8);
    let mut taken = Vec::new();
    while let Ok(turn) = timeout(SECOND, turns.take("greedy")).await {
        taken.push(turn);
    }
    assert_eq!(taken.len(), 6);
    // Shares are told apart by chance: one of many is another than the greedy's.
    let mut parties = 0..100;
    let served = loop {
        let party = parties.next().expect("another share");
        if let Ok(turn) = timeout(SECOND, turns.take(party)).await {
            break turn;
        }
    };
    drop(served);
    drop(taken);
    assert_eq!(turns.available(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_turn_is_outstayed_only_when_others_may_want_it() {
    let turns = Turns::new(2);
    let held = turns.take("a").await;
    let long = timeout(100 * SECOND, held.outstayed(3 * SECOND));
    long.await.expect_err("there is another");
    let _last = turns.take("b").await;
    let early = timeout(2 * SECOND, held.outstayed(3 * SECOND));
    early.await.expect_err("it has its time");
    held.outstayed(3 * SECOND).await;
}
