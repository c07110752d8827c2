//! Tests of `process.rs`.

use std::process::{Command, Stdio};

use super::*;

#[test]
fn names_with_parentheses_do_not_shift_the_fields() {
    let tail = "1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 0 0";
    assert_eq!(running_since(&format!("7 (a) b (c)) S {tail}")), Some(4711));
    assert_eq!(running_since(&format!("7 (sleep) Z {tail}")), None);
    assert_eq!(running_since("7 (sleep) S 1 2"), None);
    assert_eq!(running_since(""), None);
}

#[test]
fn a_process_is_recognised_until_it_ends_and_never_after() {
    let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let identity = ProcessIdentity::of(child.id()).unwrap();
    let process = identity.open().unwrap();
    assert!(identity.is_running());
    assert!(!process.wait(Duration::ZERO));

    let left = end_all(vec![process], Signal::TERM, Duration::from_secs(10));
    assert!(left.is_empty());
    // It has not been collected yet: its number is still taken.
    assert!(!identity.is_running());
    assert!(identity.open().is_none());
    child.wait().unwrap();
    assert!(identity.open().is_none());
}

#[test]
fn another_process_with_the_same_number_is_a_stranger() {
    let own = ProcessIdentity::own().unwrap();
    let earlier = ProcessIdentity {
        start_ticks: own.start_ticks - 1,
        ..own
    };
    assert!(own.open().is_some());
    assert!(earlier.open().is_none());
    assert!(!earlier.is_running());
}
