//! Tests of `network.rs`.

use super::*;

#[test]
fn a_machine_has_the_hardware_address_google_would_give_it() {
    assert_eq!(mac(Ipv4Addr::new(10, 128, 0, 2)), "42:01:0a:80:00:02");
}

#[test]
fn link_names_are_short_enough_for_linux() {
    assert!(link_name(usize::from(u16::MAX)).len() <= 15);
}
