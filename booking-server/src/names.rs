//! Names of resources (`theatres/OT-1`, see [`booking_proto::contract::resource`]) from and to the
//! domain's identifiers.

use booking_domain::{
    CaseId, IdError, MAX_ID_CHARS, PatientId, ProcedureTypeId, ReasonCode, RuleSubject, SessionId,
    SiteId, StaffId, TemplateId, TheatreId, UnavailabilityId, UnitId,
};
use booking_proto::contract::{limits, resource};
use sha2::{Digest as _, Sha256};
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

/// The first `bytes` bytes of a text's SHA-256, in hexadecimal: short for what has no short number.
pub(crate) fn digest(text: &str, bytes: usize) -> String {
    let hash = Sha256::digest(text);
    let shown = hash.iter().take(bytes);
    shown.map(|byte| format!("{byte:02x}")).collect()
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
#[path = "names_tests.rs"]
mod tests;
