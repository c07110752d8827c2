//! Tests of `ids.rs`.

use proptest::prelude::*;

use super::*;

#[test]
fn what_is_an_identifier_and_what_is_not() {
    let at_the_limit = "é".repeat(MAX_ID_CHARS);
    let over = "é".repeat(MAX_ID_CHARS + 1);
    let table: [(&str, Result<(), IdError>); 10] = [
        ("PT-1204", Ok(())),
        ("943 476 5919", Ok(())),
        ("患者-7", Ok(())),
        (&at_the_limit, Ok(())),
        (
            &over,
            Err(IdError::TooLong {
                chars: MAX_ID_CHARS + 1,
            }),
        ),
        ("", Err(IdError::Empty)),
        (" \u{a0} ", Err(IdError::Empty)),
        ("PT-1204\n", Err(IdError::ControlCharacter)),
        ("PT\0", Err(IdError::ControlCharacter)),
        ("PT\u{85}1", Err(IdError::ControlCharacter)),
    ];
    for (text, expected) in table {
        assert_eq!(PatientId::parse(text).map(drop), expected, "{text:?}");
        assert_eq!(StaffId::parse(text).map(drop), expected, "{text:?}");
    }
}

#[test]
fn debug_output_and_errors_do_not_show_whom_it_is_about() {
    let shown = format!(
        "{:?} {:?}",
        PatientId::parse("PT-1204"),
        CaseId::parse("C-17")
    );
    assert_eq!(shown, "Ok(PatientId(..)) Ok(CaseId(..))");
    let refused = PatientId::parse("secret\n").unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("secret"));
}

proptest! {
    #[test]
    fn an_accepted_identifier_is_kept_to_the_letter(text in any::<String>()) {
        if let Ok(id) = PatientId::parse(&text) {
            prop_assert_eq!(id.as_str(), text);
        }
    }
}
