//! Names of resources: `theatres/OT-1`, `cases/0190…` (AIP-122).
//!
//! An identifier is what the hospital uses, so it may hold any character but control characters; in
//! a name, everything outside RFC 3986's unreserved set is percent-encoded as UTF-8. One identifier
//! has one name: what need not be encoded must not be.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Cases.
pub const CASES: &str = "cases";
/// Patients.
pub const PATIENTS: &str = "patients";
/// Procedure types.
pub const PROCEDURE_TYPES: &str = "procedureTypes";
/// Reasons for moving and giving up.
pub const REASONS: &str = "reasons";
/// Sessions.
pub const SESSIONS: &str = "sessions";
/// Session templates.
pub const SESSION_TEMPLATES: &str = "sessionTemplates";
/// Sites.
pub const SITES: &str = "sites";
/// Staff.
pub const STAFF: &str = "staff";
/// Theatres.
pub const THEATRES: &str = "theatres";
/// Closures and absences.
pub const UNAVAILABILITIES: &str = "unavailabilities";
/// Units of equipment.
pub const EQUIPMENT_UNITS: &str = "equipmentUnits";

/// What is encoded in a name: everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'-');

/// The name of `id` in a collection.
pub fn name(collection: &str, id: &str) -> String {
    format!("{collection}/{}", utf8_percent_encode(id, RESERVED))
}

/// The part of a name that belongs to `collection`, still encoded; `None` for another's name.
pub fn within<'a>(name: &'a str, collection: &str) -> Option<&'a str> {
    name.strip_prefix(collection)?.strip_prefix('/')
}

/// The identifier in an encoded part of a name; `None` when it is not encoded as names are.
pub fn decode(encoded: &str) -> Option<String> {
    let id = percent_decode_str(encoded).decode_utf8().ok()?;
    (utf8_percent_encode(&id, RESERVED).to_string() == encoded).then(|| id.into_owned())
}

/// The identifier at the end of any name, for people; what is not well-formed as well as it can be read.
pub fn shown_id(name: &str) -> String {
    let encoded = name.rsplit_once('/').map_or(name, |(_, id)| id);
    percent_decode_str(encoded).decode_utf8_lossy().into_owned()
}

/// The etag of a version: `"v7"`, in quotation marks.
pub fn etag(version: u64) -> String {
    format!("\"v{version}\"")
}

/// The version of an etag; `None` for what is none.
pub fn version(etag: &str) -> Option<u64> {
    let digits = etag.strip_prefix("\"v")?.strip_suffix('"')?;
    // What would be written otherwise was never given out.
    let version = digits.parse().ok();
    version.filter(|version| self::etag(*version) == etag)
}

#[cfg(test)]
#[path = "resource_tests.rs"]
mod tests;
