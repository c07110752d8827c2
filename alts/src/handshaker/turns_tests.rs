//! Tests of `turns.rs`.

use std::future::pending;

use tokio::time::timeout;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// All that `party` can have.
async fn all_of(turns: &Turns, party: impl Hash + Copy) -> Vec<Turn<'_>> {
    let mut taken = Vec::new();
    while let Ok(turn) = timeout(SECOND, turns.take(Some(party))).await {
        taken.push(turn);
    }
    taken
}

#[tokio::test(start_paused = true)]
async fn nobody_has_all_turns_however_many_it_wants() {
    for (most, quarter) in [(8, 2), (100, 25), (5, 2), (3, 1), (2, 1)] {
        let turns = Turns::new(most);
        let taken = all_of(&turns, "greedy").await;
        assert_eq!(taken.len(), quarter);
        // Shares are told apart by chance: one of many is another than the greedy's.
        let mut parties = 0..100;
        let served = loop {
            let party = parties.next().expect("another share");
            if let Ok(turn) = timeout(SECOND, turns.take(Some(party))).await {
                break turn;
            }
        };
        drop(served);
        drop(taken);
        assert_eq!(turns.available(), most);
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_is_not_known_may_have_all() {
    let turns = Turns::new(3);
    let mut taken = Vec::new();
    for _ in 0..3 {
        taken.push(turns.take(None::<()>).await);
    }
    assert_eq!(turns.available(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_turn_is_outstayed_only_when_others_may_want_it() {
    let turns = Turns::new(2);
    let held = turns.take(Some("a")).await;
    let long = timeout(100 * SECOND, held.outstayed(3 * SECOND));
    long.await.expect_err("there is another");
    let _last = turns.take(None::<()>).await;
    let long = timeout(100 * SECOND, held.outstayed(3 * SECOND));
    long.await.expect_err("nobody waits");
    for (party, soonest) in [(Some("a"), 3 * SECOND), (None, 2 * SECOND)] {
        let waits = timeout(100 * SECOND, turns.take(party));
        let began = Instant::now();
        tokio::select! {
            _ = waits => panic!("it was given one"),
            () = held.outstayed(3 * SECOND) => {}
        }
        // It is less for whoever waits for any.
        assert!(began.elapsed() >= soonest);
        assert!(began.elapsed() <= soonest + ASK_INTERVAL);
    }
    let long = timeout(100 * SECOND, held.outstayed(3 * SECOND));
    long.await.expect_err("they have given up");
}

#[tokio::test(start_paused = true)]
async fn the_only_turn_is_kept_while_nobody_waits() {
    let turns = Turns::new(1);
    let held = turns.take(Some("a")).await;
    let long = timeout(100 * SECOND, held.outstayed(SECOND));
    long.await.expect_err("nobody waits");
    tokio::select! {
        _ = turns.take(Some("b")) => panic!("there is one"),
        () = held.outstayed(SECOND) => {}
    }
}

/// Ten addresses take whatever they can and keep it as long as they may.
#[tokio::test(start_paused = true)]
async fn many_addresses_together_hold_nobody_up_for_much_longer_than_patience() {
    const PATIENCE: Duration = Duration::from_secs(3);
    let turns = std::sync::Arc::new(Turns::new(100));
    for number in 0..1000 {
        let turns = std::sync::Arc::clone(&turns);
        tokio::spawn(async move {
            loop {
                let turn = turns.take(Some(number % 10)).await;
                tokio::select! {
                    () = turn.outstayed(PATIENCE) => {}
                    () = pending() => {}
                }
            }
        });
    }
    sleep(SECOND).await;
    let shares = 0..1000;
    let share = |party: i32| std::ptr::from_ref(turns.share_of(party));
    let theirs: Vec<_> = (0..10).map(share).collect();
    let other = shares
        .into_iter()
        .find(|party| !theirs.contains(&share(*party)));
    let began = Instant::now();
    let _turn = turns.take(other).await;
    assert!(
        began.elapsed() <= PATIENCE + SECOND,
        "{:?}",
        began.elapsed()
    );
}
