//! Resource names from what people type, and back: `OT-1` ⇄ `theatres/OT-1`.
//!
//! An identifier is what the hospital uses, so it may hold anything; in a name, characters outside
//! `A-Z a-z 0-9 . _ ~ -` are percent-encoded.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What is encoded in a name: everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'-');

/// The full name of what was typed, in a collection such as `theatres`.
///
/// What starts with the collection's name and a slash is taken as a full name already.
pub fn resource(collection: &str, typed: &str) -> String {
    match typed.strip_prefix(collection) {
        Some(rest) if rest.len() > 1 && rest.starts_with('/') => typed.to_owned(),
        _ => format!("{collection}/{}", utf8_percent_encode(typed, RESERVED)),
    }
}

/// The identifier at the end of a name, decoded, for people.
pub fn id_of(name: &str) -> String {
    let encoded = name.rsplit_once('/').map_or(name, |(_, id)| id);
    percent_decode_str(encoded).decode_utf8_lossy().into_owned()
}

/// Full names of all that was typed.
pub fn resources(collection: &str, typed: &[String]) -> Vec<String> {
    typed
        .iter()
        .map(|typed| resource(collection, typed))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_identifier_or_a_full_name_may_be_typed() {
        let table = [
            ("OT-1", "theatres/OT-1"),
            ("theatres/OT-1", "theatres/OT-1"),
            ("Theatre 1/2", "theatres/Theatre%201%2F2"),
            ("theatres", "theatres/theatres"),
            ("theatres/", "theatres/theatres%2F"),
            ("手術室", "theatres/%E6%89%8B%E8%A1%93%E5%AE%A4"),
        ];
        for (typed, name) in table {
            assert_eq!(resource("theatres", typed), name);
        }
    }

    proptest! {
        #[test]
        fn every_identifier_comes_back(id in ".{1,30}") {
            prop_assume!(!id.starts_with("cases/"));
            prop_assert_eq!(id_of(&resource("cases", &id)), id);
        }
    }
}
