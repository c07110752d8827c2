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
mod tests {
    use super::*;
    use booking_domain::testing::{hospital, scheduled, session};

    #[test]
    fn every_kind_of_value_is_told_in_plain_text() {
        let case = texts(&scheduled("a", "OT-1", "2026-06-01T09:00"));
        let told = |name: &str| case.get(name).map_or("", String::as_str);
        assert_eq!(told("procedure"), "Hernia repair");
        assert_eq!(
            told("plan"),
            "start_time 2026-06-01T09:00:00Z, theatre OT-1"
        );
        assert_eq!(told("team"), "role PRIMARY_SURGEON, staff DC-1");
        assert_eq!(
            told("durations"),
            "cleanup_min 15, procedure_min 60, setup_min 15"
        );
        assert_eq!(told("equipment"), "");
        let session = texts(&session(
            "s",
            "OT-1",
            "2026-06-01T08:00",
            "2026-06-01T12:00",
        ));
        assert_eq!(session["owner"], "open");
        assert_eq!(session["start_time"], "2026-06-01T08:00:00Z");
        let hospital = hospital();
        let theatre = texts(hospital.theatres.values().next().unwrap());
        assert!(theatre["opening_rules"].contains("weekday Monday"));
    }
}
