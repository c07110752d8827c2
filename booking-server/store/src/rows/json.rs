//! Lists that are kept as JSON text.

use std::fmt::Display;

use crate::{db::Fields, error::StoreError};

/// A list of identifiers that is kept as JSON.
pub(crate) fn ids<T, E: Display>(
    fields: &mut Fields<'_>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, StoreError> {
    let texts: Vec<String> = fields.json()?;
    texts
        .iter()
        .map(|text| parse(text).map_err(|error| fields.damaged(&error)))
        .collect()
}

/// As JSON text.
pub(crate) fn json<T: serde::Serialize>(value: T) -> String {
    serde_json::to_string(&value).expect("texts and numbers are always JSON")
}

/// A list of identifiers as JSON text.
pub(crate) fn json_ids<T>(ids: &[T], as_str: impl Fn(&T) -> &str) -> String {
    json(ids.iter().map(as_str).collect::<Vec<_>>())
}
