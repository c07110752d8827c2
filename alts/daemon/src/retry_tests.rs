//! Tests of `retry.rs`.

use super::*;

#[test]
fn waits_double_up_to_a_bound_and_start_afresh_after_success() {
    let seconds = Duration::from_secs;
    let mut backoff = Backoff::new(seconds(1), seconds(5));
    let waits: Vec<Duration> = (0..4).map(|_| backoff.next(1.0)).collect();
    assert_eq!(waits, [1, 2, 4, 5].map(seconds));
    assert_eq!(backoff.next(0.0), Duration::from_millis(2500));
    backoff.reset();
    assert_eq!(backoff.next(1.0), seconds(1));
}
