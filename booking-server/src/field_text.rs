//! A resource's fields under the names that the contract has for them, as plain text: for the audit
//! and for files. Whatever the domain's types hold is in it, so that no field is forgotten.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

/// What is changed part by part and told of so, as in `milestones.wheels_in`.
const PART_BY_PART: [&str; 1] = ["milestones"];

/// The fields of a resource, as they are.
pub(crate) fn fields(resource: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(resource) {
        Ok(Value::Object(fields)) => fields,
        _ => unreachable!("resources are structs of texts, numbers, lists and structs"),
    }
}

/// The fields of a resource as text; what is empty is left out.
pub(crate) fn texts(resource: &impl Serialize) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (name, value) in fields(resource) {
        match &value {
            Value::Object(parts) if PART_BY_PART.contains(&&*name) => {
                for (part, value) in parts {
                    texts.insert(format!("{name}.{part}"), text(value));
                }
            }
            value => drop(texts.insert(name, text(value))),
        }
    }
    texts.retain(|_, text| !text.is_empty());
    texts
}

/// A value as text: `theatre OT-1, start_time 2026-06-01T09:00:00Z` for one with parts, and lists with
/// a semicolon where their elements have parts.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(it) => it.to_string(),
        Value::Number(it) => it.to_string(),
        Value::String(it) => it.clone(),
        Value::Array(elements) => {
            let separator = if elements.iter().any(Value::is_object) {
                "; "
            } else {
                ", "
            };
            let elements: Vec<_> = elements.iter().map(text).collect();
            elements.join(separator)
        }
        Value::Object(parts) => {
            let known = parts.iter().filter(|(_, value)| !value.is_null());
            let parts: Vec<_> = known
                .map(|(name, value)| format!("{name} {}", text(value)))
                .collect();
            parts.join(", ")
        }
    }
}

#[cfg(test)]
#[path = "field_text_tests.rs"]
mod tests;
