//! How values are written: names, words, addresses, roles.

use std::{collections::BTreeMap, net::Ipv4Addr};

use alts_daemon::config::values::parsed;
use alts_handshake::MachineName;
use serde::{Deserialize, Deserializer, de::Error};

use super::{Network, Role};

/// What may stand in Google's resource names and in host names.
fn name<'de, D: Deserializer<'de>>(from: D, wanted: &str) -> Result<String, D::Error> {
    let name = String::deserialize(from)?;
    match MachineName::parse(&name) {
        Ok(_) => Ok(name),
        Err(_) => Err(Error::custom(format!(
            "{name:?} cannot be used here; write {wanted}: lowercase letters, digits and inner \
             hyphens"
        ))),
    }
}

pub(super) fn project<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    name(from, "a project id such as grpc-alts-demo")
}

pub(super) fn zone<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    name(from, "a zone such as us-central1-a")
}

pub(super) fn machine_type<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    name(from, "a machine type such as e2-medium")
}

pub(super) fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Ipv4Addr, D::Error> {
    let text = String::deserialize(from)?;
    parsed(&text, "write an address such as 10.128.0.2").map_err(Error::custom)
}

fn words<'de, D: Deserializer<'de>>(from: D, what: &str) -> Result<Vec<String>, D::Error> {
    let words = Vec::<String>::deserialize(from)?;
    match words
        .iter()
        .any(|word| word.is_empty() || word.contains(char::is_whitespace))
    {
        true => Err(Error::custom(format!(
            "{what} is one word; remove the spaces or the entry"
        ))),
        false => Ok(words),
    }
}

pub(super) fn scopes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    words(from, "a scope")
}

pub(super) fn tags<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    words(from, "a tag")
}

/// Compute Engine's rule for metadata keys.
pub(super) fn attributes<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    let attributes = BTreeMap::<String, String>::deserialize(from)?;
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_key = |key: &String| (1..=128).contains(&key.len()) && key.chars().all(good);
    match attributes.keys().all(is_key) {
        true => Ok(attributes),
        false => Err(Error::custom(
            "an attribute's key is 1 to 128 letters, digits, - and _; rename it",
        )),
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parsed(&text, "write a range such as 10.128.0.0/20")
    }
}

impl TryFrom<String> for Role {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "roles/iam.serviceAccountViewer" => Ok(Self::Viewer),
            "roles/iam.serviceAccountAdmin" => Ok(Self::Admin),
            _ => Err(format!(
                "{text:?}: this mock does not know the role; write roles/iam.serviceAccountViewer \
                 or roles/iam.serviceAccountAdmin"
            )),
        }
    }
}
