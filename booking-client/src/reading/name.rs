//! Resource names from what people type: `OT-1` → `theatres/OT-1`.

use booking_proto::contract::resource::name;
pub use booking_proto::contract::resource::shown_id as id_of;

/// The full name of what was typed, in a collection such as `theatres`.
///
/// What starts with the collection's name and a slash is taken as a full name already.
pub fn resource(collection: &str, typed: &str) -> String {
    match typed.strip_prefix(collection) {
        Some(rest) if rest.len() > 1 && rest.starts_with('/') => typed.to_owned(),
        _ => name(collection, typed),
    }
}

/// Full names of all that was typed.
pub fn resources(collection: &str, typed: &[String]) -> Vec<String> {
    typed
        .iter()
        .map(|typed| resource(collection, typed))
        .collect()
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
