//! Names of resources (`theatres/OT-1`, see [`booking_proto::contract::resource`]) from and to the
//! domain's identifiers.

use booking_domain::{
    CaseId, IdError, MAX_ID_CHARS, PatientId, ProcedureTypeId, ReasonCode, RuleSubject, SessionId,
    SiteId, StaffId, TemplateId, TheatreId, UnavailabilityId, UnitId,
};
use booking_proto::contract::{limits, resource};
use thiserror::Error;

pub(crate) use booking_proto::contract::resource::etag;

const _: () = assert!(MAX_ID_CHARS == limits::MAX_ID_CHARS);

/// An identifier that has resource names.
pub(crate) trait Named: Sized {
    /// The part before the slash.
    const COLLECTION: &'static str;

    /// The identifier in a text.
    fn from_text(text: &str) -> Result<Self, IdError>;

    /// The text of the identifier.
    fn text(&self) -> &str;
}

macro_rules! named {
    ($($id:ident: $collection:ident,)*) => {$(
        impl Named for $id {
            const COLLECTION: &'static str = resource::$collection;

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
    CaseId: CASES,
    PatientId: PATIENTS,
    ProcedureTypeId: PROCEDURE_TYPES,
    ReasonCode: REASONS,
    SessionId: SESSIONS,
    SiteId: SITES,
    StaffId: STAFF,
    TemplateId: SESSION_TEMPLATES,
    TheatreId: THEATRES,
    UnavailabilityId: UNAVAILABILITIES,
    UnitId: EQUIPMENT_UNITS,
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
    resource::name(T::COLLECTION, id.text())
}

/// The name of a thing, or nothing.
pub(crate) fn optional<T: Named>(id: Option<&T>) -> String {
    id.map(name).unwrap_or_default()
}

/// The name of what a broken rule is about; empty for the case itself.
pub(crate) fn subject_name(subject: &RuleSubject) -> String {
    match subject {
        RuleSubject::Case(id) => name(id),
        RuleSubject::Session(id) => name(id),
        RuleSubject::Theatre(id) => name(id),
        RuleSubject::Staff(id) => name(id),
        RuleSubject::Unit(id) => name(id),
        RuleSubject::ThisCase => String::new(),
    }
}

/// The thing that a name names.
pub(crate) fn parse<T: Named>(name: &str) -> Result<T, NameError> {
    if name.is_empty() {
        return Err(NameError::Missing(T::COLLECTION));
    }
    let encoded = resource::within(name, T::COLLECTION);
    let encoded = encoded.ok_or(NameError::OtherCollection(T::COLLECTION))?;
    let id = resource::decode(encoded).ok_or(NameError::Encoding)?;
    Ok(T::from_text(&id)?)
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
