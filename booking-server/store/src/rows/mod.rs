//! Rows to domain types and back: the only files that know both the schema's columns and the
//! domain's fields.

pub(crate) mod case;
pub(crate) mod hospital;
pub(crate) mod log;
pub(crate) mod session;

use std::fmt::Display;

use crate::{StoreError, db::Fields};

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
