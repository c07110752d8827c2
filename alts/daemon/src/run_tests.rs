//! Tests of `run.rs`.

use super::*;

#[test]
fn a_cause_that_is_quoted_is_not_said_twice() {
    let io = io::Error::other("the disk is full");
    let quoting = anyhow::Error::new(io).context("cannot write x: the disk is full; make room");
    assert_eq!(
        in_one_line(&quoting.context("not started")),
        "not started: cannot write x: the disk is full; make room"
    );
}
