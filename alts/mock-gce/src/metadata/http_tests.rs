//! Tests of `http.rs`.

use super::*;

#[test]
fn percent_signs_are_understood_or_left_alone() {
    for (path, expected) in [
        ("/a%40b", "/a@b"),
        ("/a%4", "/a%4"),
        ("/a%", "/a%"),
        ("/a%zz%2f", "/a%zz/"),
        ("/%ff", ""),
    ] {
        assert_eq!(percent_decoded(path), expected);
    }
}
