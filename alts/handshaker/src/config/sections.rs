//! Sections that several configurations have.

use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use serde::{Deserialize, Deserializer};

use super::{
    source::{ConfigError, Source},
    values::{in_file, parsed, seconds},
};
use crate::{
    ServiceAccount,
    authority::ledger::MAX_CREDENTIAL_LIFETIME,
    handshake::{Cipher, NamePolicy, Policy, ResumptionSettings},
};

/// Where an admin surface listens. It has no password: loopback, or a socket that its folder's
/// permissions guard.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum AdminAddress {
    /// `IP:PORT` on loopback.
    Tcp(SocketAddr),
    /// `unix:PATH`.
    Unix(PathBuf),
}

/// The socket in a state directory.
pub const ADMIN_SOCKET: &str = "admin.sock";

impl AdminAddress {
    /// Where a process listens that is not told where: in its state directory, which is its user's
    /// alone.
    pub fn or_in(configured: Option<&Self>, state_dir: &Path) -> Self {
        let state_dir = std::path::absolute(state_dir).unwrap_or_else(|_| state_dir.to_owned());
        let socket = || Self::Unix(state_dir.join(ADMIN_SOCKET));
        configured.cloned().unwrap_or_else(socket)
    }
}

impl FromStr for AdminAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return match path {
                path if path.starts_with('/') => Ok(Self::Unix(path.into())),
                _ => Err("a Unix socket needs an absolute path".to_owned()),
            };
        }
        text.parse()
            .map(Self::Tcp)
            .map_err(|error: std::net::AddrParseError| error.to_string())
    }
}

/// As a configuration writes it.
impl TryFrom<String> for AdminAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let remedy = "write IP:PORT on loopback, where port 0 takes a free one, or unix:/PATH";
        match parsed(&text, remedy)? {
            Self::Tcp(tcp) if !tcp.ip().is_loopback() => Err(
                "the admin service has no password and may listen on loopback only; use \
                    127.0.0.1, [::1] or unix:/PATH"
                    .to_owned(),
            ),
            address => Ok(address),
        }
    }
}

impl fmt::Display for AdminAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// `[admin]`.
pub(super) fn admin<'de, D: Deserializer<'de>>(from: D) -> Result<Option<AdminAddress>, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Section {
        address: AdminAddress,
    }
    Section::deserialize(from).map(|section| Some(section.address))
}

/// What an authority's certificates are like.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificatesConfig {
    /// How long an issued credential is good for.
    #[serde(rename = "credential_lifetime_s", deserialize_with = "lifetime")]
    pub credential_lifetime: Duration,
}

impl Default for CertificatesConfig {
    fn default() -> Self {
        Self {
            credential_lifetime: Duration::from_secs(3600),
        }
    }
}

fn lifetime<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    seconds(
        from,
        "credential_lifetime_s",
        1..=MAX_CREDENTIAL_LIFETIME.as_secs(),
    )
}

/// An account that is to be there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountConfig {
    /// Its name.
    pub email: ServiceAccount,
    /// For people.
    #[serde(default)]
    pub display_name: String,
}

pub(super) fn check_accounts(
    source: &Source<'_>,
    accounts: &[AccountConfig],
) -> Result<(), ConfigError> {
    let emails = accounts.iter().map(|account| &account.email);
    source.unique("account", "email", emails, |_| {
        "this account is there already; name it once".to_owned()
    })
}

/// Those that are named, with their display names, and those that machines run as.
pub(super) fn accounts<'a>(
    named: &'a [AccountConfig],
    of_machines: impl Iterator<Item = &'a ServiceAccount>,
) -> BTreeMap<&'a ServiceAccount, &'a str> {
    let named = named
        .iter()
        .map(|account| (&account.email, account.display_name.as_str()));
    of_machines.map(|email| (email, "")).chain(named).collect()
}

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
