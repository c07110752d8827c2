//! Tests of `field.rs`.

use super::*;

#[test]
fn every_field_is_found_in_its_own_row_of_the_table() {
    for (at, field) in Field::ALL.into_iter().enumerate() {
        assert_eq!(field as usize, at, "{field:?}");
    }
}
