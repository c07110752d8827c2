//! A mock cloud's configuration: machines, accounts, one authority, in one process.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use serde::Deserialize;
use toml::Spanned;

use super::{
    sections::{
        self, AdminAddress, HandshakeConfig, RawAccount, RawAdmin, RawCertificates, RawHandshake,
    },
    serve::RevocationMode,
    source::{ConfigError, Source},
};
use crate::{ServiceAccount, handshake::MachineName};

/// The article's two machines: the configuration that is built in, and an example of every key.
pub const ARTICLE: &str = include_str!("../../article.toml");

/// A mock cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where the admin service listens; loopback.
    pub admin: SocketAddr,
    /// How long an issued credential is good for.
    pub credential_lifetime: Duration,
    /// When a disabled account stops.
    pub revocation: RevocationMode,
    /// How handshakes are made.
    pub handshake: HandshakeConfig,
    /// One handshaker each.
    pub machines: Vec<Machine>,
    /// Accounts to create when they are missing, machines' included, with their display names.
    pub accounts: BTreeMap<ServiceAccount, String>,
}

/// One machine and what it runs as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Unique.
    pub name: MachineName,
    /// Where its handshaker listens.
    pub address: SocketAddr,
    /// Whom its handshaker speaks for.
    pub account: ServiceAccount,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    admin: Option<RawAdmin>,
    authority: Option<RawCertificates>,
    revocation: Option<RawRevocation>,
    handshake: Option<RawHandshake>,
    #[serde(default)]
    machine: Vec<Spanned<RawMachine>>,
    #[serde(default)]
    account: Vec<RawAccount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRevocation {
    mode: RevocationMode,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMachine {
    name: Spanned<String>,
    address: Spanned<String>,
    service_account: Spanned<String>,
}

impl Config {
    /// The article's machines.
    pub fn article() -> Self {
        Self::parse(ARTICLE, "article.toml").expect("the built-in configuration is tested")
    }

    /// Parses `text`; `file` is named in errors.
    ///
    /// # Errors
    /// The first problem, with its line.
    pub fn parse(text: &str, file: &str) -> Result<Self, ConfigError> {
        let source = Source {
            text,
            file,
            example: "article.toml",
        };
        let raw: RawConfig = source.raw()?;
        if raw.machine.is_empty() {
            let problem =
                "there is no machine; add a [[machine]] with name, address and service_account";
            return Err(source.error(0..0, problem));
        }
        let machines = machines(&source, &raw.machine)?;
        let of_machines = machines.iter().map(|machine| &machine.account);
        let accounts = sections::accounts(&source, &raw.account, of_machines)?;
        let AdminAddress::Tcp(admin) = sections::admin(&source, raw.admin.as_ref())? else {
            let problem = "a mock's admin service listens on loopback; write 127.0.0.1:PORT";
            return Err(source.error(0..0, problem));
        };
        Ok(Self {
            admin,
            credential_lifetime: sections::credential_lifetime(&source, raw.authority.as_ref())?,
            revocation: raw.revocation.map(|raw| raw.mode).unwrap_or_default(),
            handshake: sections::handshake(&source, raw.handshake.as_ref())?,
            machines,
            accounts,
        })
    }
}

fn machines(source: &Source<'_>, raw: &[Spanned<RawMachine>]) -> Result<Vec<Machine>, ConfigError> {
    let mut machines: Vec<Machine> = Vec::with_capacity(raw.len());
    for raw in raw.iter().map(Spanned::get_ref) {
        let name = source.machine(&raw.name)?;
        let address: SocketAddr =
            source.parse(&raw.address, "write IP:PORT; port 0 takes a free one")?;
        if machines.iter().any(|other| other.name == name) {
            let problem = format!("a machine named {name} is there already; names are unique");
            return Err(source.error(raw.name.span(), problem));
        }
        if address.port() != 0 && machines.iter().any(|other| other.address == address) {
            let problem = format!(
                "{address} is another machine's already; identity is by address, so addresses are \
                 unique"
            );
            return Err(source.error(raw.address.span(), problem));
        }
        machines.push(Machine {
            name,
            address,
            account: source.account(&raw.service_account)?,
        });
    }
    Ok(machines)
}

#[cfg(test)]
#[path = "mock_tests.rs"]
mod tests;
