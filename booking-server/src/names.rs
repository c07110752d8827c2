//! Resource names: `theatres/OT-1`, `cases/0190…` (AIP-122), from and to the domain's numbers.
//!
//! A hospital's numbers may hold any character but control characters; in a name, everything
//! outside RFC 3986's unreserved set is percent-encoded as UTF-8. One number has one name: what
//! need not be encoded must not be. An etag is a version in quotation marks: `"v7"`.

use std::fmt::Write as _;

use thiserror::Error;

use crate::domain::{
    CaseId, IdError, PatientId, ProcedureTypeId, ReasonCode, SessionId, SiteId, StaffId,
    TemplateId, TheatreId, UnavailabilityId, UnitId, Version,
};

/// A number that has resource names.
pub(crate) trait Named: Sized {
    /// The part before the slash.
    const COLLECTION: &'static str;

    /// The number in a text.
    fn from_text(text: &str) -> Result<Self, IdError>;

    /// The text of the number.
    fn text(&self) -> &str;
}

macro_rules! named {
    ($($id:ident: $collection:literal,)*) => {$(
        impl Named for $id {
            const COLLECTION: &'static str = $collection;

            fn from_text(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }

            fn text(&self) -> &str {
                self.as_str()
            }
        }
    )*};
}

named! {
    CaseId: "cases",
    PatientId: "patients",
    ProcedureTypeId: "procedureTypes",
    ReasonCode: "reasons",
    SessionId: "sessions",
    SiteId: "sites",
    StaffId: "staff",
    TemplateId: "sessionTemplates",
    TheatreId: "theatres",
    UnavailabilityId: "unavailabilities",
    UnitId: "equipmentUnits",
}

/// Why a text is not the name of such a thing. Never quotes the text.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum NameError {
    #[error("must be given, as {0}/…")]
    Missing(&'static str),
    #[error("must be a name such as {0}/…")]
    OtherCollection(&'static str),
    #[error(
        "is not percent-encoded as resource names are (RFC 3986, unreserved characters as they are)"
    )]
    Encoding,
    #[error("{0}")]
    Id(#[from] IdError),
}

/// The name of a thing.
pub(crate) fn name<T: Named>(id: &T) -> String {
    let mut name = format!("{}/", T::COLLECTION);
    for byte in id.text().bytes() {
        if is_unreserved(byte) {
            name.push(byte.into());
        } else {
            write!(name, "%{byte:02X}").expect("a String takes all that is written");
        }
    }
    name
}

/// The name of a thing, or nothing.
pub(crate) fn optional<T: Named>(id: Option<&T>) -> String {
    id.map(name).unwrap_or_default()
}

/// The thing that a name names.
pub(crate) fn parse<T: Named>(name: &str) -> Result<T, NameError> {
    if name.is_empty() {
        return Err(NameError::Missing(T::COLLECTION));
    }
    let encoded = name
        .strip_prefix(T::COLLECTION)
        .and_then(|rest| rest.strip_prefix('/'))
        .ok_or(NameError::OtherCollection(T::COLLECTION))?;
    Ok(T::from_text(&decode(encoded)?)?)
}

/// A version as an etag.
pub(crate) fn etag(version: Version) -> String {
    format!("\"v{version}\"")
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'-')
}

fn decode(encoded: &str) -> Result<String, NameError> {
    let mut bytes = encoded.bytes();
    let mut text = Vec::with_capacity(encoded.len());
    while let Some(byte) = bytes.next() {
        text.push(match byte {
            b'%' => {
                let byte = hex(bytes.next())? << 4 | hex(bytes.next())?;
                if is_unreserved(byte) {
                    return Err(NameError::Encoding);
                }
                byte
            }
            byte if is_unreserved(byte) => byte,
            _ => return Err(NameError::Encoding),
        });
    }
    String::from_utf8(text).map_err(|_| NameError::Encoding)
}

/// One hexadecimal digit; upper case alone, so that a number has one name.
fn hex(digit: Option<u8>) -> Result<u8, NameError> {
    match digit {
        Some(digit @ b'0'..=b'9') => Ok(digit - b'0'),
        Some(digit @ b'A'..=b'F') => Ok(digit - b'A' + 10),
        _ => Err(NameError::Encoding),
    }
}

#[cfg(test)]
mod tests {
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
}
