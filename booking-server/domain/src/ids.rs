//! The hospital's numbers and names for its patients, people and things: parse or refuse.
//!
//! One type each, so that a doctor can never be passed where a patient is meant. What a number
//! looks like is the hospital's affair (`PT-1204`, `943 476 5919`); only what would break a log
//! line, an index or a form is refused.
//!
//! Whom a patient's or a case's number stands for is patient data, so `Debug` and errors show none
//! of it and there is no `Display`: whoever needs the text asks for it by name. Theatres, staff
//! and other things are named in sentences for people, so those have both.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest identifier, in characters. An NHS number has 10, a UUID 36, a FHIR `id` 64.
pub const MAX_ID_CHARS: usize = 64;

/// How often something has been changed; the etag of what is stored. The first version is 1.
pub type Version = u64;

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

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(try_from = "String")]
        pub struct $name(Box<str>);

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(&text)
            }
        }

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

            /// The text, to compare or to store.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )*};
}

/// Identifiers that are patient data: not for a log.
macro_rules! private_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        ids! { $($(#[$doc])* $name;)* }

        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        })*
    };
}

/// Identifiers that may be said aloud.
macro_rules! public_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        ids! { $($(#[$doc])* $name;)* }

        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        })*
    };
}

private_ids! {
    /// The hospital's number for a patient, for example `PT-1204`.
    PatientId;
    /// Our number for a surgical case.
    CaseId;
}

public_ids! {
    /// The hospital's number for a member of staff, for example `DC-3904` for a doctor.
    StaffId;
    /// A hospital or a part of it with its own civil time.
    SiteId;
    /// An operating theatre, for example `OT-1`.
    TheatreId;
    /// A session in a theatre's time.
    SessionId;
    /// A rule by which sessions recur.
    TemplateId;
    /// One piece of equipment.
    UnitId;
    /// What equipment is a piece of, for example `c-arm`.
    EquipmentKind;
    /// An operation with a name and defaults.
    ProcedureTypeId;
    /// A branch of surgery, for example `orthopaedics`.
    Specialty;
    /// What a theatre can do, for example `laminar-flow`.
    Capability;
    /// Why a case is moved, postponed or cancelled, for example `PATIENT_UNFIT`.
    ReasonCode;
    /// A closure or an absence.
    UnavailabilityId;
}

#[cfg(test)]
#[path = "ids_tests.rs"]
mod tests;
