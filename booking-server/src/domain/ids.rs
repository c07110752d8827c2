//! The hospital's numbers for its patients and doctors, and ours for its cases: parse or refuse.
//!
//! One type each, so that a doctor can never be passed where a patient is meant. What a number
//! looks like is the hospital's affair (`PT-1204`, `943 476 5919`); only what would break a log
//! line, an index or a form is refused. Whom a number stands for is patient data, so `Debug` and
//! errors show none of it and there is no `Display`: whoever needs the text asks for it by name.

use std::fmt;

use thiserror::Error;

/// The longest identifier, in characters. An NHS number has 10, a UUID 36, a FHIR `id` 64.
pub const MAX_ID_CHARS: usize = 64;

/// Why a text is not an identifier. Never quotes the text.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum IdError {
    /// Nothing, or only white space.
    #[error("is empty; give the number the hospital uses")]
    Empty,
    /// More than [`MAX_ID_CHARS`].
    #[error("has {chars} characters; at most {MAX_ID_CHARS} are allowed")]
    TooLong {
        /// How many there are.
        chars: usize,
    },
    /// A control character (Unicode category Cc): a line break, a tab, a NUL.
    #[error("holds a control character; remove line breaks, tabs and the like")]
    ControlCharacter,
}

/// The one rule all identifiers share.
fn check(text: &str) -> Result<(), IdError> {
    if text.trim().is_empty() {
        return Err(IdError::Empty);
    }
    let chars = text.chars().count();
    if chars > MAX_ID_CHARS {
        return Err(IdError::TooLong { chars });
    }
    if text.chars().any(char::is_control) {
        return Err(IdError::ControlCharacter);
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes an identifier as it is, letter case and spaces included.
            ///
            /// # Errors
            ///
            /// [`IdError`] when it is blank, longer than [`MAX_ID_CHARS`] or holds a control
            /// character.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                check(text).map(|()| Self(text.into()))
            }

            /// The text, to compare or to store; not for a log.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

id! {
    /// The hospital's number for a patient, for example `PT-1204`.
    PatientId
}
id! {
    /// The hospital's number for a doctor, for example `DC-3904`.
    DoctorId
}
id! {
    /// Our number for a surgical case.
    CaseId
}

#[cfg(test)]
mod tests {
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
            assert_eq!(DoctorId::parse(text).map(drop), expected, "{text:?}");
        }
    }

    #[test]
    fn debug_output_and_errors_do_not_show_whom_it_is_about() {
        let shown = format!(
            "{:?} {:?}",
            PatientId::parse("PT-1204"),
            DoctorId::parse("DC-3904")
        );
        assert_eq!(shown, "Ok(PatientId(..)) Ok(DoctorId(..))");
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
}
