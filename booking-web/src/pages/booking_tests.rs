//! Tests of `booking.rs`.

use super::*;

fn form(patient: &str, doctor: &str, description: &str) -> Form {
    Form::from(Fields::new(vec![
        ("patient".into(), patient.into()),
        ("doctor".into(), doctor.into()),
        ("description".into(), description.into()),
    ]))
}

#[test]
fn blanks_around_what_was_typed_do_not_matter() {
    let lookup = parse(&mut form(" PT-1204 ", "DC-3904\n", "\tstone ")).unwrap();
    assert_eq!(lookup.patient, "PT-1204");
    assert_eq!(lookup.doctor, "DC-3904");
    assert_eq!(lookup.description, "stone");
}

#[test]
fn each_field_has_its_own_complaint() {
    let mut form = form("", "D\u{0}C", &"x".repeat(501));
    assert_eq!(parse(&mut form), None);
    let of = |field| form.problem(field).unwrap();
    assert!(of("patient").contains("PT-1204"));
    assert!(of("doctor").contains("control characters"));
    assert!(of("description").contains("500"));
}

#[test]
fn limits_count_characters_and_include_their_end() {
    assert!(parse(&mut form(&"é".repeat(64), "d", &"日".repeat(500))).is_some());
    assert!(parse(&mut form(&"é".repeat(65), "d", "")).is_none());
}
