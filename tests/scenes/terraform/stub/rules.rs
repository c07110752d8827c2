//! What the provider refuses in code rather than by its schema, as far as our configuration could break it. Facts about arguments, from the
//! provider's documentation; the rest of its rules is the real provider's to check.

use rmpv::Value;

use super::{
    schema::{Block, Schema},
    value::{field, is_unknown, text},
};

/// Arguments whose change makes a new resource. Others of these types change in place.
const REPLACED_WHEN_CHANGED: [(&str, &[&str]); 9] = [
    ("google_service_account", &["account_id", "project"]),
    (
        "google_compute_instance",
        &["name", "zone", "project", "metadata_startup_script"],
    ),
    (
        "google_compute_network",
        &["name", "project", "auto_create_subnetworks"],
    ),
    (
        "google_compute_address",
        &["name", "project", "region", "address", "subnetwork"],
    ),
    (
        "google_compute_instance_template",
        &[
            "name_prefix",
            "project",
            "machine_type",
            "metadata",
            "labels",
        ],
    ),
    (
        "google_compute_managed_ssl_certificate",
        &["name", "project", "managed"],
    ),
    (
        "google_compute_instance_group_membership",
        &["project", "zone", "instance", "instance_group"],
    ),
    ("google_storage_bucket_object", &["name", "bucket"]),
    (
        "google_secret_manager_secret_version",
        &["secret", "secret_data_wo_version"],
    ),
];

/// At most one of these, by type.
const EXCLUSIVE: [(&str, [&str; 2]); 5] = [
    (
        "google_compute_firewall",
        ["source_service_accounts", "source_tags"],
    ),
    (
        "google_compute_firewall",
        ["target_service_accounts", "target_tags"],
    ),
    (
        "google_compute_firewall",
        ["source_service_accounts", "target_tags"],
    ),
    ("google_compute_firewall", ["allow", "deny"]),
    ("google_sql_user", ["password", "password_wo"]),
];

/// Which arguments of a type make a new resource when they change.
pub(crate) fn replacing(kind: &str) -> &'static [&'static str] {
    REPLACED_WHEN_CHANGED
        .iter()
        .find(|(name, _)| *name == kind)
        .map_or(&[], |(_, arguments)| *arguments)
}

/// What a machine is made anew for although it is deep inside it: other labels of its boot disk, before the releases of September 2025.
pub(crate) fn boot_labels<'a>(kind: &str, version: &str, value: &'a Value) -> Option<&'a Value> {
    if kind != "google_compute_instance" || !version.starts_with("6.") {
        return None;
    }
    let boot = field(value, "boot_disk").as_array()?.first()?;
    let disk = field(boot, "initialize_params").as_array()?.first()?;
    Some(field(disk, "labels"))
}

/// Everything that is wrong with a resource's configuration, one sentence each.
pub(crate) fn broken(schema: &Schema, kind: &str, config: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    if let Some(block) = schema.resource_schemas.get(kind) {
        by_schema(block, config, kind, &mut broken);
    }
    by_name(kind, config, &mut broken);
    by_platform(kind, config, &mut broken);
    for (name, [one, other]) in EXCLUSIVE {
        let given = |argument| match field(config, argument) {
            Value::Array(items) => !items.is_empty(),
            value => !value.is_nil(),
        };
        if name == kind && given(one) && given(other) {
            broken.push(format!("{kind}: {one} conflicts with {other}"));
        }
    }
    broken
}

/// Words that are not allowed, and values for what is only reported.
fn by_schema(block: &Block, value: &Value, path: &str, broken: &mut Vec<String>) {
    for (key, inner) in value.as_map().into_iter().flatten() {
        let key = key.as_str().unwrap_or_default();
        let here = format!("{path}.{key}");
        if let Some(attribute) = block.attributes.get(key) {
            if attribute.is_read_only() && !inner.is_nil() {
                broken.push(format!(
                    "{here} is decided by the provider and cannot be set"
                ));
            }
            if let Some(word) = inner.as_str()
                && !attribute.one_of.is_empty()
                && !word.is_empty()
                && !attribute.one_of.iter().any(|allowed| allowed == word)
            {
                let allowed = attribute.one_of.join(", ");
                broken.push(format!(
                    "expected {here} to be one of {allowed}, got {word}"
                ));
            }
        } else if let Some(nested) = block.block_types.get(key) {
            match inner {
                Value::Array(items) => items
                    .iter()
                    .for_each(|item| by_schema(&nested.block, item, &here, broken)),
                _ => by_schema(&nested.block, inner, &here, broken),
            }
        }
    }
}

/// What the API refuses although each word is one that it knows.
fn by_platform(kind: &str, config: &Value, broken: &mut Vec<String>) {
    if kind == "google_compute_region_backend_service"
        && text(config, "load_balancing_scheme") == Some("INTERNAL")
    {
        for backend in field(config, "backend").as_array().into_iter().flatten() {
            if let Some(mode) = text(backend, "balancing_mode").filter(|mode| *mode != "CONNECTION")
            {
                broken.push(format!(
                    "an internal passthrough load balancer balances connections: balancing_mode {mode} is refused"
                ));
            }
        }
    }
}

/// Names as RFC 1035 has them: lowercase letters, digits and inner hyphens, a letter first.
fn by_name(kind: &str, config: &Value, broken: &mut Vec<String>) {
    let (argument, lengths) = match kind {
        "google_service_account" => ("account_id", 6..=30),
        _ if kind.starts_with("google_compute_") => ("name", 1..=63),
        _ => return,
    };
    let Some(name) = text(config, argument).filter(|_| !is_unknown(field(config, argument))) else {
        return;
    };
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(lengths.contains(&name.len())
        && name.chars().all(allowed)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-'))
    {
        let (least, most) = (lengths.start(), lengths.end());
        broken.push(format!(
            "{kind}.{argument}: {name:?} is no name of {least} to {most} lowercase letters, digits and hyphens"
        ));
    }
}
