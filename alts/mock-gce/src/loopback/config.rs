//! A mock cloud's configuration: machines, accounts, one authority, in one process.

use std::{collections::BTreeMap, net::SocketAddr};

use alts::ServiceAccount;
use alts_authority::config::{AccountConfig, CertificatesConfig, accounts, check_accounts};
use alts_daemon::{
    admin::address::{self, AdminAddress},
    config::{
        source::{ConfigError, Source},
        values::listen_address,
    },
};
use alts_handshake::MachineName;
use alts_handshaker::config::{handshake::HandshakeConfig, serve::RevocationMode};
use serde::Deserialize;

/// The article's two machines: the configuration that is built in, and an example of every key.
pub const ARTICLE: &str = include_str!("../../loopback.toml");

/// What a list of machines lacks when it is empty.
pub const NO_MACHINE: &str =
    "there is no machine; add a [[machine]] with name, address and service_account";

/// A mock cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the admin service listens. `None`: a Unix socket in the state directory.
    #[serde(deserialize_with = "address::admin")]
    pub admin: Option<AdminAddress>,
    /// What the authority's certificates are like.
    pub authority: CertificatesConfig,
    /// When a disabled account stops.
    pub revocation: RevocationSection,
    /// How handshakes are made.
    pub handshake: HandshakeConfig,
    /// One handshaker each.
    #[serde(rename = "machine")]
    pub machines: Vec<Machine>,
    /// Accounts to create when they are missing, beside the machines' own.
    pub account: Vec<AccountConfig>,
}

/// When a disabled account stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RevocationSection {
    /// When.
    pub mode: RevocationMode,
}

/// One machine and what it runs as.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Unique.
    pub name: MachineName,
    /// Where its handshaker listens.
    #[serde(deserialize_with = "listen_address")]
    pub address: SocketAddr,
    /// Whom its handshaker speaks for.
    #[serde(rename = "service_account")]
    pub account: ServiceAccount,
}

impl Config {
    /// The article's machines.
    pub fn article() -> Self {
        Self::parse(ARTICLE, "loopback.toml").expect("the built-in configuration is tested")
    }

    /// Parses `text`; `file` is named in errors.
    ///
    /// # Errors
    /// The first problem, with its line.
    pub fn parse(text: &str, file: &str) -> Result<Self, ConfigError> {
        let source = Source {
            text,
            file,
            example: "loopback.toml",
            file_keys: &["policy_file", "names_file"],
        };
        let config: Self = source.read()?;
        if config.machines.is_empty() {
            return Err(source.problem("machine", NO_MACHINE));
        }
        source.unique(
            "machine",
            "name",
            config.machines.iter().map(|m| &m.name),
            |name| format!("a machine named {name} is there already; names are unique"),
        )?;
        // Port 0 is another port every time.
        let places = config.machines.iter().enumerate();
        let places = places.map(|(index, m)| match m.address.port() {
            0 => (m.address, Some(index)),
            _ => (m.address, None),
        });
        source.unique("machine", "address", places, |(address, _)| {
            format!(
                "{address} is another machine's already; identity is by address, so addresses are \
                 unique"
            )
        })?;
        check_accounts(&source, &config.account)?;
        Ok(config)
    }

    /// Accounts to create when they are missing, machines' included, with their display names.
    pub fn accounts(&self) -> BTreeMap<&ServiceAccount, &str> {
        accounts(&self.account, self.machines.iter().map(|m| &m.account))
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
