//! Tests of `form.rs`.

use booking_proto::fields;
use prost::Name as _;

use super::*;

/// What is asked for when a case is entered, and not changed here.
const ENTERED_ONCE: [&str; 3] = ["procedure_type", "specialty", "team"];

/// What no form asks for, and why.
const NOT_ASKED: [(&str, &str); 4] = [
    ("decision_time", "it is now when a case is entered"),
    ("target_time", "it follows from the urgency"),
    ("equipment", "chosen at the command line"),
    (
        "required_capabilities",
        "they follow from the kind of procedure",
    ),
];

#[test]
fn every_field_of_a_case_is_asked_for_or_there_is_a_reason() {
    let mask = mask();
    for field in fields::of(Case::NAME).updatable() {
        let name = &*field.name;
        let asked = mask.iter().any(|path| path == name) || ENTERED_ONCE.contains(&name);
        let excused = NOT_ASKED.iter().any(|(one, _)| *one == name);
        assert!(asked != excused, "{name}");
    }
}
