//! What is to be mocked: a project, its machines and its accounts; TOML, understood whole or refused
//! with file and line.

mod network;
#[cfg(test)]
mod tests;
mod values;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
};

use alts::ServiceAccount;
use alts_authority::config::{AccountConfig as NamedAccount, CertificatesConfig};
pub use alts_daemon::config::source::ConfigError;
use alts_daemon::config::source::Source;
use alts_handshake::MachineName;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::loopback::config::{
    Config as HandshakersConfig, Machine as HandshakerConfig, NO_MACHINE, RevocationSection,
};

pub use network::Network;

/// The article's machines and an intruder's: the configuration that is built in, and an example of
/// every key.
pub const ARTICLE: &str = include_str!("../../article.toml");

/// Machines are namespaces and processes of one computer; beyond this it is a mistake.
const MAX_MACHINES: usize = 64;

/// What a virtual machine gets when nothing is said: everything, limited by IAM. Google's advice
/// for VMs with an account of their own.
const DEFAULT_SCOPES: [&str; 2] = [
    "https://www.googleapis.com/auth/cloud-platform",
    "https://www.googleapis.com/auth/userinfo.email",
];

/// A project with its machines.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The project's id, as in `grpc-alts-demo`.
    #[serde(deserialize_with = "values::project")]
    pub project: String,
    project_number: Option<u64>,
    /// Every machine's zone, as in `us-central1-a`.
    #[serde(default = "default_zone", deserialize_with = "values::zone")]
    pub zone: String,
    /// The subnet all machines are in.
    #[serde(default)]
    pub network: Network,
    /// What the authority's certificates are like.
    #[serde(default)]
    pub authority: CertificatesConfig,
    /// When a disabled account stops.
    #[serde(default)]
    pub revocation: RevocationSection,
    /// At least one, in the file's order.
    #[serde(rename = "machine", default)]
    pub machines: Vec<Machine>,
    /// Those that the file names. Machines' accounts exist beside them.
    #[serde(rename = "account", default)]
    pub accounts: Vec<AccountConfig>,
}

/// One virtual machine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Unique; also its host name.
    pub name: MachineName,
    /// Unique, inside the network, none of the reserved ones.
    #[serde(deserialize_with = "values::address")]
    pub address: Ipv4Addr,
    /// Whom its workloads are.
    #[serde(rename = "service_account")]
    pub account: ServiceAccount,
    /// What the metadata server calls it, as in `e2-medium`.
    #[serde(
        default = "default_machine_type",
        deserialize_with = "values::machine_type"
    )]
    pub machine_type: String,
    /// What access tokens of this machine are good for.
    #[serde(default = "default_scopes", deserialize_with = "values::scopes")]
    pub scopes: Vec<String>,
    /// Network tags.
    #[serde(default, deserialize_with = "values::tags")]
    pub tags: Vec<String>,
    /// Custom metadata.
    #[serde(default, deserialize_with = "values::attributes")]
    pub attributes: BTreeMap<String, String>,
}

/// What is known of an account beforehand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountConfig {
    /// Its name.
    pub email: ServiceAccount,
    /// For people.
    #[serde(default)]
    pub display_name: String,
    /// What it may do with the project's accounts.
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// A role in the project, as far as this mock knows roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Role {
    /// Sees service accounts.
    Viewer,
    /// Sees and changes them.
    Admin,
}

fn default_zone() -> String {
    "us-central1-a".to_owned()
}

fn default_machine_type() -> String {
    "e2-medium".to_owned()
}

fn default_scopes() -> Vec<String> {
    DEFAULT_SCOPES.map(str::to_owned).to_vec()
}

impl Config {
    /// The built-in one.
    #[expect(
        clippy::missing_panics_doc,
        reason = "the text is a constant and a test parses it"
    )]
    pub fn article() -> Self {
        Self::parse(ARTICLE, "article.toml").expect("the built-in configuration is valid")
    }

    /// Understands a file's text; `file` is its name for errors.
    ///
    /// # Errors
    /// With file, line and remedy.
    pub fn parse(text: &str, file: &str) -> Result<Self, ConfigError> {
        let source = Source {
            text,
            file,
            example: "article.toml",
            file_keys: &[],
        };
        let config: Self = source.read()?;
        let machines = &config.machines;
        if machines.is_empty() {
            return Err(source.problem("machine", NO_MACHINE));
        }
        if machines.len() > MAX_MACHINES {
            let problem = format!("there are more than {MAX_MACHINES} machines; use fewer");
            return Err(source.problem(&format!("machine.{MAX_MACHINES}.name"), problem));
        }
        for (index, machine) in machines.iter().enumerate() {
            let address = format!("machine.{index}.address");
            let checked = config.network.check_machine(machine.address);
            checked.map_err(|problem| source.problem(&address, problem))?;
        }
        source.unique(
            "machine",
            "name",
            machines.iter().map(|m| &m.name),
            |name| format!("a machine named {name} is there already; names are unique"),
        )?;
        let addresses = machines.iter().map(|machine| machine.address);
        source.unique("machine", "address", addresses, |address| {
            format!("{address} is another machine's already; choose another")
        })?;
        let emails = config.accounts.iter().map(|account| &account.email);
        source.unique("account", "email", emails, |_| {
            "this account is there already; name it once".to_owned()
        })?;
        Ok(config)
    }

    /// The project's number, which Google's resource names carry: as configured, or twelve digits, as
    /// Google's have, the same for the same project every time.
    pub fn project_number(&self) -> u64 {
        self.project_number.unwrap_or_else(|| {
            let digest = Sha256::digest(&self.project);
            let first = digest.iter().take(8);
            let bits = first.fold(0, |bits, byte| bits << 8 | u64::from(*byte));
            100_000_000_000 + bits % 900_000_000_000
        })
    }

    /// The same as far as handshakers care. Where they listen is decided elsewhere: their addresses
    /// here are nobody's.
    pub fn handshakers(&self) -> HandshakersConfig {
        let machines = self.machines.iter().map(|machine| HandshakerConfig {
            name: machine.name.clone(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            account: machine.account.clone(),
        });
        let accounts = self.accounts.iter().map(|account| NamedAccount {
            email: account.email.clone(),
            display_name: account.display_name.clone(),
        });
        HandshakersConfig {
            authority: self.authority.clone(),
            revocation: self.revocation,
            machines: machines.collect(),
            account: accounts.collect(),
            ..HandshakersConfig::default()
        }
    }
}
