//! Tests of `name.rs`.

use super::*;

#[test]
fn names_have_the_shape_of_what_they_name() {
    for good in ["vm", "a", "prod-booking-client-vm", &"a".repeat(63)] {
        assert!(MachineName::parse(good).is_ok(), "{good}");
    }
    for bad in ["", "1vm", "-vm", "vm-", "VM", "v m", "vm.", &"a".repeat(64)] {
        assert!(MachineName::parse(bad).is_err(), "{bad}");
    }
}
