//! Tests of `connections.rs`.

use super::*;

#[tokio::test(start_paused = true)]
async fn the_longest_idle_connection_gives_way_and_a_busy_one_does_not() {
    let limiter = ConnectionLimiter::new(3);
    let mut admitted = Vec::new();
    for _ in 0..3 {
        admitted.push(limiter.admit().unwrap());
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
    }
    let [mut oldest, mut middle, mut newest] = <[Admitted; 3]>::try_from(admitted).unwrap();
    let oldest_permit = Arc::new(oldest.permit);
    let call = oldest_permit.begin_call();

    let fourth = limiter.admit().unwrap();
    assert!(fourth.at_the_cost_of_another);
    assert!(middle.evicted.try_recv().is_ok(), "idle for longest");
    assert!(oldest.evicted.try_recv().is_err() && newest.evicted.try_recv().is_err());

    drop(call);
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    let _fifth = limiter.admit().unwrap();
    assert!(newest.evicted.try_recv().is_ok());
    drop(oldest_permit);
    assert!(
        !limiter.admit().unwrap().at_the_cost_of_another,
        "a place was given back"
    );
}

#[test]
fn connections_leave_room_for_what_else_a_process_opens() {
    for (files, listeners, expected) in [
        (1024, 1, 960),
        (1024, 3, 320),
        (1_048_576, 3, MAX_CONNECTIONS),
        (u64::MAX, 1, MAX_CONNECTIONS),
        (20, 1, 1),
        (1024, 0, 960),
    ] {
        assert_eq!(
            capacity_with(files, listeners, MAX_CONNECTIONS),
            expected,
            "{files} / {listeners}"
        );
    }
}

#[tokio::test]
async fn nobody_gives_way_when_all_are_busy() {
    let limiter = ConnectionLimiter::new(1);
    let only = Arc::new(limiter.admit().unwrap().permit);
    let call = only.begin_call();
    assert!(limiter.admit().is_none());
    drop(call);
    assert!(limiter.admit().is_some());
}
