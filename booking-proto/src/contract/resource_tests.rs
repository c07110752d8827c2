//! Tests of `resource.rs`.

use super::*;

#[test]
fn identifiers_as_hospitals_have_them_become_names_and_come_back() {
    let table = [
        ("OT-1", "theatres/OT-1"),
        ("Theatre 3", "theatres/Theatre%203"),
        ("a/b%c", "theatres/a%2Fb%25c"),
        ("手術室", "theatres/%E6%89%8B%E8%A1%93%E5%AE%A4"),
    ];
    for (id, expected) in table {
        assert_eq!(name(THEATRES, id), expected);
        let encoded = within(expected, THEATRES).unwrap();
        assert_eq!(decode(encoded).as_deref(), Some(id));
        assert_eq!(shown_id(expected), id);
    }
}

#[test]
fn one_identifier_has_one_name() {
    for encoded in ["OT 1", "OT/1", "OT%2", "%4F", "%c3%A9", "%FF"] {
        assert_eq!(decode(encoded), None, "{encoded}");
    }
    assert_eq!(within("staff/DC-1", THEATRES), None);
    assert_eq!(within("theatres", THEATRES), None);
}

#[test]
fn etags_are_versions() {
    assert_eq!(version(&etag(7)), Some(7));
    for other in ["", "v7", "\"v\"", "\"v-1\"", "\"v7", "\"7\"", "\"v07\""] {
        assert_eq!(version(other), None, "{other}");
    }
}
