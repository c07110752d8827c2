//! What is to be mocked: a project, its machines and its accounts. Values here are checked; the
//! file's text is `parse.rs`'s business.

mod network;
mod parse;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use alts_handshaker::{
    ServiceAccount,
    config::{Config as HandshakersConfig, HandshakeConfig, Machine as HandshakerConfig},
    handshake::MachineName,
};

pub use alts_handshaker::config::RevocationMode;

pub use network::Network;
pub use parse::ConfigError;

/// The article's machines and an intruder's: the configuration that is built in, and an example of
/// every key.
pub const ARTICLE: &str = include_str!("../../article.toml");

/// A project with its machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The project's id, as in `grpc-alts-demo`.
    pub project: String,
    /// Its number, which Google's resource names carry.
    pub project_number: u64,
    /// Every machine's zone, as in `us-central1-a`.
    pub zone: String,
    /// The subnet all machines are in.
    pub network: Network,
    /// How long a handshaker's credential is good for.
    pub credential_lifetime: Duration,
    /// When a disabled account stops.
    pub revocation: RevocationMode,
    /// At least one, in the file's order.
    pub machines: Vec<Machine>,
    /// Machines' accounts and those that the file names.
    pub accounts: BTreeMap<ServiceAccount, AccountConfig>,
}

/// One virtual machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Unique; also its host name.
    pub name: MachineName,
    /// Unique, inside the network, none of the reserved ones.
    pub address: Ipv4Addr,
    /// Whom its workloads are.
    pub account: ServiceAccount,
    /// What the metadata server calls it, as in `e2-medium`.
    pub machine_type: String,
    /// What access tokens of this machine are good for.
    pub scopes: Vec<String>,
    /// Network tags.
    pub tags: Vec<String>,
    /// Custom metadata.
    pub attributes: BTreeMap<String, String>,
}

/// What is known of an account beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountConfig {
    /// For people.
    pub display_name: String,
    /// What it may do with the project's accounts.
    pub roles: Vec<Role>,
}

/// A role in the project, as far as this mock knows roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Sees service accounts.
    Viewer,
    /// Sees and changes them.
    Admin,
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

    /// The same as far as handshakers care. Where they listen is decided elsewhere: their addresses
    /// here are nobody's.
    pub fn handshakers(&self) -> HandshakersConfig {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let machines = self.machines.iter().map(|machine| HandshakerConfig {
            name: machine.name.clone(),
            address: nowhere,
            account: machine.account.clone(),
        });
        let accounts = self.accounts.iter();
        HandshakersConfig {
            admin: nowhere,
            credential_lifetime: self.credential_lifetime,
            revocation: self.revocation,
            handshake: HandshakeConfig::default(),
            machines: machines.collect(),
            accounts: accounts
                .map(|(email, account)| (email.clone(), account.display_name.clone()))
                .collect(),
        }
    }
}
