//! The look-up form: what was typed, what is wrong with it, what it means.
//!
//! The limits are the backend's own, checked here too so that the complaint can stand beside its
//! field. The backend checks again: this file is a courtesy, not a guard.

use serde::Deserialize;

use crate::backend::Lookup;

/// The longest patient or doctor number the backend takes.
const MAX_ID_CHARS: usize = 64;
/// The longest description the backend takes.
const MAX_DESCRIPTION_CHARS: usize = 500;

/// The form as typed. A field that was not sent is empty, and then complained about in words.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LookupForm {
    pub(crate) patient: String,
    pub(crate) doctor: String,
    pub(crate) description: String,
}

/// Complaints, each to be shown beside its field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Complaints {
    pub(crate) patient: Option<String>,
    pub(crate) doctor: Option<String>,
    pub(crate) description: Option<String>,
}

impl LookupForm {
    /// The look-up that the form asks for, without the blanks around what was typed.
    pub(crate) fn parse(&self) -> Result<Lookup, Complaints> {
        let lookup = Lookup {
            patient: self.patient.trim().to_owned(),
            doctor: self.doctor.trim().to_owned(),
            description: self.description.trim().to_owned(),
        };
        let complaints = Complaints {
            patient: id_complaint("the patient's number", "PT-1204", &lookup.patient),
            doctor: id_complaint("the doctor's number", "DC-3904", &lookup.doctor),
            description: text_complaint(&lookup.description, MAX_DESCRIPTION_CHARS),
        };
        if complaints == Complaints::default() {
            Ok(lookup)
        } else {
            Err(complaints)
        }
    }
}

fn id_complaint(what: &str, example: &str, typed: &str) -> Option<String> {
    if typed.is_empty() {
        return Some(format!("Enter {what}, for example {example}."));
    }
    text_complaint(typed, MAX_ID_CHARS)
}

fn text_complaint(typed: &str, limit: usize) -> Option<String> {
    if typed.chars().count() > limit {
        return Some(format!("Shorten this to {limit} characters."));
    }
    if typed.chars().any(char::is_control) {
        return Some("Remove line breaks and other control characters.".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(patient: &str, doctor: &str, description: &str) -> LookupForm {
        LookupForm {
            patient: patient.into(),
            doctor: doctor.into(),
            description: description.into(),
        }
    }

    #[test]
    fn blanks_around_what_was_typed_do_not_matter() {
        let lookup = form(" PT-1204 ", "DC-3904\n", "\tstone ").parse().unwrap();
        assert_eq!(lookup.patient, "PT-1204");
        assert_eq!(lookup.doctor, "DC-3904");
        assert_eq!(lookup.description, "stone");
    }

    #[test]
    fn each_field_has_its_own_complaint() {
        let complaints = form("", "D\u{0}C", &"x".repeat(501)).parse().unwrap_err();
        assert!(complaints.patient.unwrap().contains("PT-1204"));
        assert!(complaints.doctor.unwrap().contains("control characters"));
        assert!(complaints.description.unwrap().contains("500"));
    }

    #[test]
    fn limits_count_characters_and_include_their_end() {
        assert!(
            form(&"é".repeat(64), "d", &"日".repeat(500))
                .parse()
                .is_ok()
        );
        assert!(form(&"é".repeat(65), "d", "").parse().is_err());
    }
}
