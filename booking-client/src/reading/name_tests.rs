//! Tests of `name.rs`.

use proptest::prelude::*;

use super::*;

#[test]
fn an_identifier_or_a_full_name_may_be_typed() {
    let table = [
        ("OT-1", "theatres/OT-1"),
        ("theatres/OT-1", "theatres/OT-1"),
        ("Theatre 1/2", "theatres/Theatre%201%2F2"),
        ("theatres", "theatres/theatres"),
        ("theatres/", "theatres/theatres%2F"),
        ("手術室", "theatres/%E6%89%8B%E8%A1%93%E5%AE%A4"),
    ];
    for (typed, name) in table {
        assert_eq!(resource("theatres", typed), name);
    }
}

proptest! {
    #[test]
    fn every_identifier_comes_back(id in ".{1,30}") {
        prop_assume!(!id.starts_with("cases/"));
        prop_assert_eq!(id_of(&resource("cases", &id)), id);
    }
}
