//! Tests of `watch.rs`.

use std::io;

use tonic::Status;

use super::*;

#[test]
fn only_what_the_service_or_the_way_to_it_may_mend_is_waited_for() {
    for kind in [io::ErrorKind::StorageFull, io::ErrorKind::BrokenPipe] {
        assert!(!passes(&io::Error::from(kind).into()), "{kind}");
    }
    for status in [Status::unavailable("restarts"), Status::unknown("?")] {
        assert!(passes(&Failure::in_command(&status)), "{status}");
    }
    let denied = Failure::in_command(&Status::permission_denied("no"));
    assert!(!passes(&denied));
}
