//! One machine's handshaker: where it listens, whom it speaks for, which authority it asks.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use alts::ServiceAccount;
use alts_authority::{
    client::IdentitySource,
    identity::{enrolment::EnrolmentSecret, metadata::DEFAULT_METADATA},
};
use alts_daemon::{
    admin::address::{self, AdminAddress},
    config::{
        source::{ConfigError, Source},
        values::{listen_address, seconds, some},
    },
    hex::unhex,
};
use alts_handshake::{MachineName, RevocationRule};
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Deserializer, de::Error};

use super::handshake::HandshakeConfig;

/// An example of every key.
pub const EXAMPLE: &str = include_str!("../../serve.toml");

/// How often root keys and the revocation list are fetched. A new root key signs five minutes after
/// it is published, unless told otherwise: nobody may ask less often than that.
const DEFAULT_REFRESH: Duration = Duration::from_secs(60);
const REFRESH_BOUNDS_S: std::ops::RangeInclusive<u64> = 1..=300;

/// How long an answer about a peer's account is believed.
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(5);
const MAX_AGE_BOUNDS_S: std::ops::RangeInclusive<u64> = 0..=3600;

/// A handshaker.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServeConfig {
    /// Which authority it asks.
    pub authority: AuthorityAddress,
    /// What this machine proves itself with.
    pub identity: IdentityConfig,
    /// `None`: as the metadata server says, or the pod's name.
    pub machine: Option<MachineName>,
    /// `None`: as the metadata server says.
    #[serde(rename = "service_account")]
    pub account: Option<ServiceAccount>,
    /// Where workloads connect; at least one.
    #[serde(deserialize_with = "listen")]
    pub listen: Vec<SocketAddr>,
    /// Whose credentials are believed.
    #[serde(default)]
    pub revocation: RevocationConfig,
    /// How handshakes are made.
    #[serde(default)]
    pub handshake: HandshakeConfig,
    /// Where the admin service listens. `None`: a Unix socket in the state directory.
    #[serde(default, deserialize_with = "address::admin")]
    pub admin: Option<AdminAddress>,
    /// Where learnt root keys are kept.
    pub state_dir: Option<PathBuf>,
}

/// An authority in another process.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityAddress {
    /// `HOST:PORT`.
    #[serde(deserialize_with = "host_and_port")]
    pub address: String,
    /// Its root keys.
    #[serde(deserialize_with = "roots")]
    pub roots: Vec<VerifyingKey>,
    /// How often it is asked for news.
    #[serde(
        rename = "refresh_s",
        default = "default_refresh",
        deserialize_with = "refresh"
    )]
    pub refresh: Duration,
}

/// When a disabled account stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RevocationMode {
    /// When it needs its next credential.
    #[default]
    Issue,
    /// Also when it begins its next handshake with this machine.
    Handshake,
}

/// Whose credentials are believed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RevocationConfig {
    /// When a peer's disabled account stops.
    pub mode: RevocationMode,
    /// How long an answer about a peer's account is believed.
    #[serde(rename = "max_age_s", deserialize_with = "max_age")]
    pub max_age: Duration,
    require_list: bool,
}

impl Default for RevocationConfig {
    fn default() -> Self {
        Self {
            mode: RevocationMode::default(),
            max_age: DEFAULT_MAX_AGE,
            require_list: false,
        }
    }
}

impl RevocationConfig {
    /// What to do without a current revocation list.
    pub fn list(&self) -> RevocationRule {
        match self.require_list {
            true => RevocationRule::Required,
            false => RevocationRule::IfKnown,
        }
    }
}

/// What a machine proves itself with: a secret that it shares with the authority, the metadata
/// server's word, or Kubernetes'.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityConfig {
    source: IdentityKind,
    #[serde(
        rename = "secret_file",
        default,
        deserialize_with = "EnrolmentSecret::in_file"
    )]
    secret: Option<EnrolmentSecret>,
    #[serde(default, deserialize_with = "metadata")]
    metadata: Option<String>,
    #[serde(default, deserialize_with = "token_file")]
    token_file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum IdentityKind {
    Static,
    Gce,
    Kubernetes,
}

impl IdentityConfig {
    /// Where its proofs come from.
    pub fn source(&self) -> IdentitySource {
        match (&self.secret, &self.token_file) {
            (Some(secret), _) => IdentitySource::Static(secret.clone()),
            (None, Some(file)) => IdentitySource::Kubernetes(file.clone()),
            (None, None) => {
                let base = self.metadata.as_deref().unwrap_or(DEFAULT_METADATA);
                IdentitySource::Gce(base.to_owned())
            }
        }
    }

    /// Each key belongs to one source, and but for `metadata` that source needs it.
    fn check(&self, source: &Source<'_>) -> Result<(), ConfigError> {
        use IdentityKind::{Gce, Kubernetes, Static};
        for (key, is_there, owner, name) in [
            ("secret_file", self.secret.is_some(), Static, "static"),
            ("metadata", self.metadata.is_some(), Gce, "gce"),
            (
                "token_file",
                self.token_file.is_some(),
                Kubernetes,
                "kubernetes",
            ),
        ] {
            if is_there && self.source != owner {
                let problem = format!(
                    "`{key}` belongs to the source {name:?}; remove it or change the source"
                );
                return Err(source.problem(&format!("identity.{key}"), problem));
            }
            if !is_there && self.source == owner && owner != Gce {
                let problem = format!("the source {name:?} needs `{key}`");
                return Err(source.problem("identity.source", problem));
            }
        }
        Ok(())
    }
}

impl ServeConfig {
    /// Parses `text`; `file` is named in errors, and files that it names are beside it.
    ///
    /// # Errors
    /// The first problem, with its line.
    pub fn parse(text: &str, file: &str) -> Result<Self, ConfigError> {
        let source = Source {
            text,
            file,
            example: "serve.toml",
            file_keys: &["secret_file", "policy_file", "names_file"],
        };
        let config: Self = source.read()?;
        config.identity.check(&source)?;
        let missing = match (config.identity.source, &config.machine, &config.account) {
            (IdentityKind::Static, None, _) => "machine",
            (IdentityKind::Static | IdentityKind::Kubernetes, _, None) => "service_account",
            _ => return Ok(config),
        };
        let problem = format!("`{missing}` is missing; serve.toml shows every key");
        Err(source.problem(missing, problem))
    }
}

fn listen<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<SocketAddr>, D::Error> {
    #[derive(Deserialize)]
    struct Address(#[serde(deserialize_with = "listen_address")] SocketAddr);
    let addresses: Vec<Address> = some(from, "name at least one address to listen on")?;
    Ok(addresses.into_iter().map(|address| address.0).collect())
}

fn roots<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<VerifyingKey>, D::Error> {
    let problem =
        "without a root key nobody is believed; `alts-handshaker authority roots` shows them";
    let roots: Vec<String> = some(from, problem)?;
    let roots = roots.iter().map(|digits| parse_root(digits));
    roots.collect::<Result<_, _>>().map_err(Error::custom)
}

fn parse_root(digits: &str) -> Result<VerifyingKey, &'static str> {
    const PROBLEM: &str = "a root key is 64 hexadecimal digits; `alts-handshaker authority roots` \
                           shows them";
    let bytes = unhex(digits).ok_or(PROBLEM)?;
    VerifyingKey::try_from(bytes.as_slice()).map_err(|_| PROBLEM)
}

fn host_and_port<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let address = String::deserialize(from)?;
    let port = address.rsplit_once(':').and_then(|(host, port)| {
        let good = !host.is_empty() && !host.contains(['/', ' ', '@']);
        good.then_some(port)?.parse::<u16>().ok()
    });
    match port {
        Some(1..) => Ok(address),
        _ => Err(Error::custom(format!(
            "{address:?} is no address; write HOST:PORT"
        ))),
    }
}

fn metadata<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let base = String::deserialize(from)?;
    match base.starts_with("http://") {
        true => Ok(Some(base)),
        false => Err(Error::custom(
            "the metadata server speaks http: only; write http://HOST",
        )),
    }
}

fn token_file<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let file = PathBuf::deserialize(from)?;
    match file.is_absolute() {
        true => Ok(Some(file)),
        false => Err(Error::custom("the token's file is an absolute path")),
    }
}

const fn default_refresh() -> Duration {
    DEFAULT_REFRESH
}

fn refresh<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    seconds(from, "refresh_s", REFRESH_BOUNDS_S)
}

fn max_age<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    seconds(from, "max_age_s", MAX_AGE_BOUNDS_S)
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
