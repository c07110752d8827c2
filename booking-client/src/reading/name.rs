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
