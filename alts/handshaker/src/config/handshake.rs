//! How handshakes are made, as it is configured.

use alts_daemon::config::values::in_file;
use alts_handshake::{Cipher, NamePolicy, Policy, ResumptionSettings};
use serde::{Deserialize, Deserializer};

/// How handshakes are made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HandshakeConfig {
    forward_secrecy: bool,
    resumption: bool,
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
            forward_secrecy: true,
            resumption: true,
            policy: Policy::default(),
            names: NamePolicy::default(),
        }
    }
}

impl HandshakeConfig {
    /// Key agreements, most wanted first.
    pub fn ciphers(&self) -> Vec<Cipher> {
        vec![match self.forward_secrecy {
            true => Cipher::Pfs,
            false => Cipher::Static,
        }]
    }

    /// Tickets. `None`: every handshake is a full one.
    pub fn resumption(&self) -> Option<ResumptionSettings> {
        self.resumption.then(ResumptionSettings::default)
    }
}

fn policy<'de, D: Deserializer<'de>>(from: D) -> Result<Policy, D::Error> {
    in_file(from, Policy::parse)
}

fn names<'de, D: Deserializer<'de>>(from: D) -> Result<NamePolicy, D::Error> {
    in_file(from, NamePolicy::parse)
}
