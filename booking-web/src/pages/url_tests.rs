//! Tests of `url.rs`.

use super::*;

#[test]
fn only_paths_of_this_site_are_gone_to() {
    for own in ["/", "/cases/1?x=%20", "/schedule?date=2026-03-02"] {
        assert_eq!(own_path(own), own);
    }
    for foreign in [
        "",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/a\r\nb",
        "/é",
    ] {
        assert_eq!(own_path(foreign), "/", "{foreign}");
    }
}

#[test]
fn what_is_encoded_is_one_value() {
    assert_eq!(encode("/a?b=c&d é"), "/a%3Fb%3Dc%26d%20%C3%A9");
}
