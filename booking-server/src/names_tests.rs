//! Tests of `names.rs`.

use proptest::prelude::*;

use super::*;

#[test]
fn numbers_as_hospitals_have_them_become_names() {
    let table = [
        ("OT-1", "theatres/OT-1"),
        ("Theatre 3", "theatres/Theatre%203"),
        ("a/b%c", "theatres/a%2Fb%25c"),
        ("é", "theatres/%C3%A9"),
    ];
    for (number, expected) in table {
        assert_eq!(name(&TheatreId::parse(number).unwrap()), expected);
    }
}

#[test]
fn what_is_not_a_theatre_s_name_is_refused_for_its_reason() {
    let table = [
        ("", "must be given"),
        ("theatres", "such as theatres/…"),
        ("staff/DC-3904", "such as theatres/…"),
        ("theatres/", "is empty"),
        ("theatres/OT 1", "percent-encoded"),
        ("theatres/OT/1", "percent-encoded"),
        ("theatres/OT%2", "percent-encoded"),
        ("theatres/%4F", "percent-encoded"),
        ("theatres/%c3%A9", "percent-encoded"),
        ("theatres/%FF", "percent-encoded"),
        ("theatres/%0A1", "control character"),
    ];
    for (text, expected) in table {
        let error = parse::<TheatreId>(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

proptest! {
    #[test]
    fn every_number_is_found_again_by_its_name(text in any::<String>()) {
        if let Ok(id) = PatientId::parse(&text) {
            prop_assert_eq!(parse::<PatientId>(&name(&id)), Ok(id));
        }
    }

    #[test]
    fn every_text_that_is_a_name_is_the_name_of_what_it_names(text in "sites/[%0-9A-Fa-z/ ]{0,12}") {
        if let Ok(id) = parse::<SiteId>(&text) {
            prop_assert_eq!(name(&id), text);
        }
    }
}
