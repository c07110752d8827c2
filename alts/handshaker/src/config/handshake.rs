//! How handshakes are made, as it is configured.

use alts_daemon::config::values::in_file;
use alts_handshake::{NamePolicy, Policy};
use serde::{Deserialize, Deserializer};

/// How handshakes are made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HandshakeConfig {
    /// Whether tickets are given and kept. Else every handshake is a full one.
    pub resumption: bool,
    /// Who may certify whom.
    #[serde(rename = "policy_file", deserialize_with = "policy")]
    pub policy: Policy,
    /// Who may answer to what is dialled.
    #[serde(rename = "names_file", deserialize_with = "names")]
    pub names: NamePolicy,
}

impl Default for HandshakeConfig {
    fn default() -> Self {
        Self {
            resumption: true,
            policy: Policy::default(),
            names: NamePolicy::default(),
        }
    }
}

fn policy<'de, D: Deserializer<'de>>(from: D) -> Result<Policy, D::Error> {
    in_file(from, Policy::parse)
}

fn names<'de, D: Deserializer<'de>>(from: D) -> Result<NamePolicy, D::Error> {
    in_file(from, NamePolicy::parse)
}
