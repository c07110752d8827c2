//! Sections that several configurations have.

use std::{
    collections::BTreeMap, fmt, net::SocketAddr, path::PathBuf, str::FromStr, time::Duration,
};

use serde::Deserialize;
use toml::Spanned;

use super::source::{ConfigError, Source};
use crate::{
    ServiceAccount,
    handshake::{Cipher, NamePolicy, Policy, ResumptionSettings},
};

/// Lifetime of a credential when the file names none.
pub(super) const DEFAULT_CREDENTIAL_LIFETIME: Duration = Duration::from_secs(3600);

/// Longest lifetime: a year. A credential cannot be recalled.
const MAX_CREDENTIAL_LIFETIME_S: u64 = 365 * 24 * 3600;

/// Where an admin surface listens. It has no password: loopback, or a socket that its folder's
/// permissions guard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminAddress {
    /// `IP:PORT` on loopback.
    Tcp(SocketAddr),
    /// `unix:PATH`.
    Unix(PathBuf),
}

impl Default for AdminAddress {
    /// A free port on loopback.
    fn default() -> Self {
        Self::Tcp(SocketAddr::from(([127, 0, 0, 1], 0)))
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

impl fmt::Display for AdminAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAdmin {
    address: Spanned<String>,
}

pub(super) fn admin(
    source: &Source<'_>,
    raw: Option<&RawAdmin>,
) -> Result<AdminAddress, ConfigError> {
    let Some(raw) = raw else {
        return Ok(AdminAddress::default());
    };
    let remedy = "write IP:PORT on loopback, where port 0 takes a free one, or unix:/PATH";
    let address = source.parse(&raw.address, remedy)?;
    if let AdminAddress::Tcp(tcp) = &address
        && !tcp.ip().is_loopback()
    {
        let problem = "the admin service has no password and may listen on loopback only; use \
            127.0.0.1, [::1] or unix:/PATH";
        return Err(source.error(raw.address.span(), problem));
    }
    Ok(address)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCertificates {
    credential_lifetime_s: Option<Spanned<u64>>,
}

pub(super) fn credential_lifetime(
    source: &Source<'_>,
    raw: Option<&RawCertificates>,
) -> Result<Duration, ConfigError> {
    source.seconds(
        "credential_lifetime_s",
        raw.and_then(|raw| raw.credential_lifetime_s.as_ref()),
        1..=MAX_CREDENTIAL_LIFETIME_S,
        DEFAULT_CREDENTIAL_LIFETIME,
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAccount {
    email: Spanned<String>,
    #[serde(default)]
    display_name: String,
}

/// Those that are named, and those that machines run as.
pub(super) fn accounts<'a>(
    source: &Source<'_>,
    raw: &[RawAccount],
    of_machines: impl Iterator<Item = &'a ServiceAccount>,
) -> Result<BTreeMap<ServiceAccount, String>, ConfigError> {
    let mut accounts = BTreeMap::new();
    for raw in raw {
        let email = source.account(&raw.email)?;
        if accounts.insert(email, raw.display_name.clone()).is_some() {
            let problem = "this account is there already; name it once";
            return Err(source.error(raw.email.span(), problem));
        }
    }
    for account in of_machines {
        accounts.entry(account.clone()).or_default();
    }
    Ok(accounts)
}

/// How handshakes are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandshakeConfig {
    /// Key agreements, most wanted first.
    pub ciphers: Vec<Cipher>,
    /// Tickets. `None`: every handshake is a full one.
    pub resumption: Option<ResumptionSettings>,
    /// Who may certify whom.
    pub policy: Policy,
    /// Who may answer to what is dialled.
    pub names: NamePolicy,
}

impl Default for HandshakeConfig {
    fn default() -> Self {
        Self {
            ciphers: vec![Cipher::Pfs],
            resumption: Some(ResumptionSettings::default()),
            policy: Policy::default(),
            names: NamePolicy::default(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHandshake {
    forward_secrecy: Option<bool>,
    resumption: Option<bool>,
    policy_file: Option<Spanned<String>>,
    names_file: Option<Spanned<String>>,
}

pub(super) fn handshake(
    source: &Source<'_>,
    raw: Option<&RawHandshake>,
) -> Result<HandshakeConfig, ConfigError> {
    let mut config = HandshakeConfig::default();
    let Some(raw) = raw else {
        return Ok(config);
    };
    if raw.forward_secrecy == Some(false) {
        config.ciphers = vec![Cipher::Static];
    }
    if raw.resumption == Some(false) {
        config.resumption = None;
    }
    if let Some(path) = &raw.policy_file {
        let (text, file) = source.read(path)?;
        let policy = Policy::parse(&text, &file);
        config.policy = policy.map_err(|error| source.error(path.span(), error))?;
    }
    if let Some(path) = &raw.names_file {
        let (text, file) = source.read(path)?;
        let names = NamePolicy::parse(&text, &file);
        config.names = names.map_err(|error| source.error(path.span(), error))?;
    }
    Ok(config)
}
