//! What a cloud would decide, invented: e-mail addresses, ids and addresses of the right shape. Nothing here is Google's answer.

use rmpv::Value;
use serde_json::Value as Type;

use super::{
    schema::Block,
    value::{field, is_unknown, text, unknown},
};

/// Arguments that name a resource, the most telling first.
const NAMES: [&str; 9] = [
    "account_id",
    "role_id",
    "secret_id",
    "name",
    "name_prefix",
    "service",
    "bucket",
    "role",
    "secret",
];

/// When a value is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// While planning: what the provider decides is not known yet.
    Planned,
    /// While applying: it is.
    Applied,
}

/// A resource, as far as inventions depend on it.
struct About {
    kind: String,
    name: String,
    project: String,
}

/// Fills in what the provider decides and the configuration left open.
pub(crate) fn decide(kind: &str, block: &Block, value: &mut Value, when: When) {
    let name = NAMES.iter().find_map(|key| text(value, key));
    let about = About {
        kind: kind.to_owned(),
        name: name.unwrap_or("unnamed").to_owned(),
        project: text(value, "project").unwrap_or("project").to_owned(),
    };
    fill(&about, block, value, when);
}

fn fill(about: &About, block: &Block, value: &mut Value, when: When) {
    let Value::Map(fields) = value else { return };
    for (key, inner) in fields {
        let key = key.as_str().unwrap_or_default().to_owned();
        if let Some(attribute) = block.attributes.get(&key) {
            if attribute.write_only {
                // Handed on to the cloud and forgotten.
                *inner = Value::Nil;
            } else if attribute.computed && (inner.is_nil() || is_unknown(inner)) {
                *inner = match when {
                    When::Applied => invented(about, &key, &attribute.kind),
                    When::Planned if follows_from_the_configuration(about, &key) => {
                        invented(about, &key, &attribute.kind)
                    }
                    When::Planned => unknown(),
                };
            }
        } else if let Some(nested) = block.block_types.get(&key) {
            match inner {
                Value::Array(items) => items
                    .iter_mut()
                    .for_each(|item| fill(about, &nested.block, item, when)),
                Value::Map(_) => fill(about, &nested.block, inner, when),
                _ => {}
            }
        }
    }
}

/// An account's address is its id and its project: the provider says so already in a plan.
fn follows_from_the_configuration(about: &About, key: &str) -> bool {
    about.kind == "google_service_account" && matches!(key, "email" | "member" | "name")
}

/// Lists that have something in them wherever there is the thing at all.
const NEVER_EMPTY: [&str; 1] = ["server_ca_cert"];

fn invented(about: &About, key: &str, kind: &Type) -> Value {
    match kind {
        Type::String(primitive) => match primitive.as_str() {
            "bool" => Value::Boolean(false),
            "number" => Value::from(0),
            _ => Value::from(invented_text(about, key)),
        },
        Type::Array(parts) => match parts[0].as_str() {
            Some("map") => Value::Map(Vec::new()),
            Some("list") if NEVER_EMPTY.contains(&key) => {
                Value::Array(vec![invented(about, key, &parts[1])])
            }
            Some("object") => {
                let fields = parts[1].as_object().into_iter().flatten();
                Value::Map(
                    fields
                        .map(|(name, kind)| {
                            (Value::from(name.as_str()), invented(about, name, kind))
                        })
                        .collect(),
                )
            }
            _ => Value::Array(Vec::new()),
        },
        _ => Value::Nil,
    }
}

fn invented_text(about: &About, key: &str) -> String {
    let About {
        kind,
        name,
        project,
    } = about;
    let email = format!("{name}@{project}.iam.gserviceaccount.com");
    match key {
        "email" => email,
        "member" => format!("serviceAccount:{email}"),
        "name" if kind == "google_service_account" => {
            format!("projects/{project}/serviceAccounts/{email}")
        }
        // Of a project.
        "number" => "123456789012".to_owned(),
        // Of the network's own range, as Google chooses one, and another for each name.
        "address" if kind == "google_compute_address" => {
            let sum: u32 = name.bytes().map(u32::from).sum();
            format!("10.128.0.{}", 32 + sum % 200)
        }
        // Of the documentation's range, so that nobody takes it for a real one.
        "address" | "ip_address" | "network_ip" | "private_ip_address" => "192.0.2.7".to_owned(),
        "id" | "self_link" | "instance_group" => format!("projects/{project}/{kind}/{name}"),
        _ => format!("{key}-of-{name}"),
    }
}

/// Whether an account is asked to be disabled.
pub(crate) fn asks_for_a_disabled_account(kind: &str, value: &Value) -> bool {
    kind == "google_service_account" && field(value, "disabled").as_bool() == Some(true)
}
