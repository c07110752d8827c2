//! Tests of `backoff.rs`.

use super::*;

#[test]
fn pauses_grow_to_a_limit_and_a_success_ends_them() {
    let start = Instant::now();
    let mut backoff = Backoff::default();
    assert!(backoff.check(start).is_ok());
    let mut last = Duration::ZERO;
    for _ in 0..20 {
        backoff.failed(&Error::NotOnGce, start, 0.5);
        let Err(Error::BackingOff {
            last: cause,
            retry_in,
        }) = backoff.check(start)
        else {
            panic!("no pause")
        };
        assert!(matches!(*cause, Error::NotOnGce));
        assert!(retry_in >= last, "{retry_in:?} after {last:?}");
        last = retry_in;
    }
    assert_eq!(last, LONGEST_PAUSE);
    assert!(backoff.check(start + LONGEST_PAUSE).is_ok(), "over");
    backoff.succeeded();
    assert!(backoff.check(start).is_ok());
}

#[test]
fn jitter_stays_within_a_fifth() {
    let start = Instant::now();
    for random in [0.0, 0.3, 1.0] {
        let mut backoff = Backoff::default();
        backoff.failed(&Error::NotOnGce, start, random);
        assert!(backoff.check(start + FIRST_PAUSE.mul_f64(0.79)).is_err());
        assert!(backoff.check(start + FIRST_PAUSE.mul_f64(1.21)).is_ok());
    }
}
