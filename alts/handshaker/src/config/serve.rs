//! One machine's handshaker: where it listens, whom it speaks for, which authority it asks.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use ed25519_dalek::VerifyingKey;
use serde::Deserialize;
use toml::Spanned;

use super::{
    sections::{self, AdminAddress, HandshakeConfig, RawAdmin, RawHandshake},
    source::{ConfigError, Source},
};
use crate::{
    ServiceAccount,
    handshake::{MachineName, RevocationRule},
    hex::unhex,
    identity::{enrolment::EnrolmentSecret, metadata::DEFAULT_METADATA},
    remote::IdentitySource,
};

/// An example of every key.
pub const EXAMPLE: &str = include_str!("../../serve.toml");

/// How often root keys and the revocation list are fetched. A new root key signs five minutes after
/// it is published, unless told otherwise: nobody may ask less often than that.
const DEFAULT_REFRESH: Duration = Duration::from_secs(60);
const REFRESH_BOUNDS_S: std::ops::RangeInclusive<u64> = 1..=300;

/// How long an answer about a peer's account is believed.
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(5);
const MAX_AGE_BOUNDS_S: std::ops::RangeInclusive<u64> = 0..=3600;

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

/// A handshaker.
#[derive(Clone, Debug, PartialEq)]
pub struct ServeConfig {
    /// `None`: as the metadata server says.
    pub machine: Option<MachineName>,
    /// `None`: as the metadata server says.
    pub account: Option<ServiceAccount>,
    /// Where workloads connect; at least one.
    pub listen: Vec<SocketAddr>,
    /// Where the authority is, `HOST:PORT`.
    pub authority: String,
    /// Its root keys.
    pub roots: Vec<VerifyingKey>,
    /// How often it is asked for news.
    pub refresh: Duration,
    /// What this machine proves itself with.
    pub identity: IdentitySource,
    /// When a peer's disabled account stops.
    pub revocation: RevocationMode,
    /// How long an answer about a peer's account is believed.
    pub max_age: Duration,
    /// What to do without a current revocation list.
    pub revocation_list: RevocationRule,
    /// How handshakes are made.
    pub handshake: HandshakeConfig,
    /// Where the admin service listens.
    pub admin: AdminAddress,
    /// Where learnt root keys are kept.
    pub state_dir: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    machine: Option<Spanned<String>>,
    service_account: Option<Spanned<String>>,
    listen: Option<Spanned<Vec<Spanned<String>>>>,
    state_dir: Option<PathBuf>,
    authority: Option<RawAuthority>,
    identity: Option<RawIdentity>,
    revocation: Option<RawRevocation>,
    handshake: Option<RawHandshake>,
    admin: Option<RawAdmin>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAuthority {
    address: Spanned<String>,
    roots: Spanned<Vec<Spanned<String>>>,
    refresh_s: Option<Spanned<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIdentity {
    source: Spanned<RawSource>,
    secret_file: Option<Spanned<String>>,
    metadata: Option<Spanned<String>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawSource {
    Static,
    Gce,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRevocation {
    #[serde(default)]
    mode: RevocationMode,
    max_age_s: Option<Spanned<u64>>,
    #[serde(default)]
    require_list: bool,
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
        };
        let raw: RawConfig = source.raw()?;
        let authority = source.required(raw.authority, "[authority]")?;
        let identity = identity(
            &source,
            source.required(raw.identity.as_ref(), "[identity]")?,
        )?;
        let revocation = raw.revocation.unwrap_or_default();
        let machine = raw
            .machine
            .as_ref()
            .map(|name| source.machine(name))
            .transpose()?;
        let account = raw
            .service_account
            .as_ref()
            .map(|name| source.account(name))
            .transpose()?;
        if let IdentitySource::Static(_) = identity {
            source.required(machine.as_ref(), "machine")?;
            source.required(account.as_ref(), "service_account")?;
        }
        Ok(Self {
            machine,
            account,
            listen: listen(&source, &source.required(raw.listen, "listen")?)?,
            roots: roots(&source, &authority.roots)?,
            authority: address(&source, &authority.address)?,
            refresh: source.seconds(
                "refresh_s",
                authority.refresh_s.as_ref(),
                REFRESH_BOUNDS_S,
                DEFAULT_REFRESH,
            )?,
            identity,
            revocation: revocation.mode,
            max_age: source.seconds(
                "max_age_s",
                revocation.max_age_s.as_ref(),
                MAX_AGE_BOUNDS_S,
                DEFAULT_MAX_AGE,
            )?,
            revocation_list: match revocation.require_list {
                true => RevocationRule::Required,
                false => RevocationRule::IfKnown,
            },
            handshake: sections::handshake(&source, raw.handshake.as_ref())?,
            admin: sections::admin(&source, raw.admin.as_ref())?,
            state_dir: raw.state_dir,
        })
    }
}

fn listen(
    source: &Source<'_>,
    raw: &Spanned<Vec<Spanned<String>>>,
) -> Result<Vec<SocketAddr>, ConfigError> {
    if raw.get_ref().is_empty() {
        return Err(source.error(raw.span(), "name at least one address to listen on"));
    }
    let parse = |value| source.parse(value, "write IP:PORT; port 0 takes a free one");
    raw.get_ref().iter().map(parse).collect()
}

fn roots(
    source: &Source<'_>,
    raw: &Spanned<Vec<Spanned<String>>>,
) -> Result<Vec<VerifyingKey>, ConfigError> {
    if raw.get_ref().is_empty() {
        let problem = "without a root key nobody is believed; `alts-handshaker authority roots` \
            shows them";
        return Err(source.error(raw.span(), problem));
    }
    let parse = |value: &Spanned<String>| {
        parse_root(value.get_ref()).map_err(|problem| source.error(value.span(), problem))
    };
    raw.get_ref().iter().map(parse).collect()
}

fn parse_root(digits: &str) -> Result<VerifyingKey, &'static str> {
    const PROBLEM: &str = "a root key is 64 hexadecimal digits; `alts-handshaker authority roots` \
                           shows them";
    let bytes = unhex(digits).ok_or(PROBLEM)?;
    VerifyingKey::try_from(bytes.as_slice()).map_err(|_| PROBLEM)
}

fn address(source: &Source<'_>, raw: &Spanned<String>) -> Result<String, ConfigError> {
    let address = raw.get_ref();
    let port = address.rsplit_once(':').and_then(|(host, port)| {
        let good = !host.is_empty() && !host.contains(['/', ' ', '@']);
        good.then_some(port)?.parse::<u16>().ok()
    });
    match port {
        Some(1..) => Ok(address.clone()),
        _ => Err(source.error(
            raw.span(),
            format!("{address:?} is no address; write HOST:PORT"),
        )),
    }
}

fn identity(source: &Source<'_>, raw: &RawIdentity) -> Result<IdentitySource, ConfigError> {
    let misplaced = |value: &Option<Spanned<String>>, key: &str, owner: &str| match value {
        None => Ok(()),
        Some(value) => Err(source.error(
            value.span(),
            format!("`{key}` belongs to the source {owner:?}; remove it or change the source"),
        )),
    };
    match raw.source.get_ref() {
        RawSource::Static => {
            misplaced(&raw.metadata, "metadata", "gce")?;
            let path = raw.secret_file.as_ref().ok_or_else(|| {
                source.error(
                    raw.source.span(),
                    "the source \"static\" needs `secret_file`",
                )
            })?;
            let (text, _) = source.read(path)?;
            let secret = EnrolmentSecret::parse(&text);
            secret
                .map(IdentitySource::Static)
                .map_err(|problem| source.error(path.span(), problem))
        }
        RawSource::Gce => {
            misplaced(&raw.secret_file, "secret_file", "static")?;
            let Some(base) = &raw.metadata else {
                return Ok(IdentitySource::Gce(DEFAULT_METADATA.to_owned()));
            };
            if !base.get_ref().starts_with("http://") {
                let problem = "the metadata server speaks http: only; write http://HOST";
                return Err(source.error(base.span(), problem));
            }
            Ok(IdentitySource::Gce(base.get_ref().clone()))
        }
    }
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
