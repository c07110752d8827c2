//! Tests of `log_sampler.rs`.

use super::*;

#[tokio::test(start_paused = true)]
async fn the_first_of_each_kind_is_logged_and_then_one_an_interval_with_the_number_left_out() {
    let sampler = LogSampler::new(Duration::from_secs(10));
    assert_eq!(sampler.admit("a"), Some(0));
    assert_eq!(sampler.admit("b"), Some(0));
    for _ in 0..500 {
        assert_eq!(sampler.admit("a"), None);
    }
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(sampler.admit("a"), Some(500));
    assert_eq!(sampler.admit("a"), None);
    assert_eq!(sampler.admit("b"), Some(0));
}

#[tokio::test(start_paused = true)]
async fn very_many_kinds_are_not_remembered_for_ever() {
    let sampler = LogSampler::new(Duration::from_secs(10));
    for kind in 0..5000 {
        assert_eq!(sampler.admit(kind), Some(0));
        assert!(sampler.kinds.lock().unwrap().len() <= MAX_KINDS);
    }
}
