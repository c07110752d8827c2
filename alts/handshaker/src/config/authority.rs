//! A signing authority: where it listens, who may ask, which accounts there are.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use serde::Deserialize;
use toml::Spanned;

use super::{
    sections::{self, AdminAddress, RawAccount, RawAdmin, RawCertificates},
    source::{ConfigError, Source},
};
use crate::{
    ServiceAccount, TlsRoots,
    authority::admission::Enrolled,
    handshake::MachineName,
    identity::{
        KeysLocation,
        enrolment::EnrolmentSecret,
        token::{Expectation, GOOGLE_ISSUER},
    },
};

/// An example of every key.
pub const EXAMPLE: &str = include_str!("../../authority.toml");

/// An authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityConfig {
    /// Where handshakers ask.
    pub listen: SocketAddr,
    /// Where the admin service listens.
    pub admin: AdminAddress,
    /// Where keys and accounts are kept.
    pub state_dir: Option<PathBuf>,
    /// How long an issued credential is good for.
    pub credential_lifetime: Duration,
    /// Machines that share a secret with it.
    pub enrolled: BTreeMap<MachineName, Enrolled>,
    /// Machines that Google vouches for.
    pub gce: Option<GceConfig>,
    /// Accounts to create when they are missing, with their display names.
    pub accounts: BTreeMap<ServiceAccount, String>,
}

/// Whose identity tokens are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GceConfig {
    /// Where the keys are that sign them.
    pub keys: KeysLocation,
    /// Whom to believe about an `https:` address.
    pub keys_roots: TlsRoots,
    /// Issuer and projects.
    pub expectation: Expectation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    listen: Option<Spanned<String>>,
    state_dir: Option<PathBuf>,
    admin: Option<RawAdmin>,
    certificates: Option<RawCertificates>,
    #[serde(default)]
    enrolment: Vec<RawEnrolment>,
    gce: Option<RawGce>,
    #[serde(default)]
    account: Vec<RawAccount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEnrolment {
    machine: Spanned<String>,
    service_accounts: Spanned<Vec<Spanned<String>>>,
    secret_file: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGce {
    projects: Spanned<Vec<String>>,
    keys: Option<Spanned<String>>,
    keys_ca_file: Option<Spanned<String>>,
    issuer: Option<String>,
}

impl AuthorityConfig {
    /// Parses `text`; `file` is named in errors, and files that it names are beside it.
    ///
    /// # Errors
    /// The first problem, with its line.
    pub fn parse(text: &str, file: &str) -> Result<Self, ConfigError> {
        let source = Source {
            text,
            file,
            example: "authority.toml",
        };
        let raw: RawConfig = source.raw()?;
        let listen = source.required(raw.listen.as_ref(), "listen")?;
        let enrolled = enrolled(&source, &raw.enrolment)?;
        let gce = raw.gce.as_ref().map(|raw| gce(&source, raw)).transpose()?;
        if enrolled.is_empty() && gce.is_none() {
            let problem = "nobody may ask this authority; add an [[enrolment]] or [gce]";
            return Err(source.error(0..0, problem));
        }
        let of_machines = enrolled.values().flat_map(|enrolled| &enrolled.accounts);
        Ok(Self {
            listen: source.parse(listen, "write IP:PORT; port 0 takes a free one")?,
            admin: sections::admin(&source, raw.admin.as_ref())?,
            state_dir: raw.state_dir,
            credential_lifetime: sections::credential_lifetime(&source, raw.certificates.as_ref())?,
            accounts: sections::accounts(&source, &raw.account, of_machines)?,
            enrolled,
            gce,
        })
    }
}

fn enrolled(
    source: &Source<'_>,
    raw: &[RawEnrolment],
) -> Result<BTreeMap<MachineName, Enrolled>, ConfigError> {
    let mut enrolled = BTreeMap::new();
    for raw in raw {
        let machine = source.machine(&raw.machine)?;
        if enrolled.contains_key(&machine) {
            let problem = format!("{machine} is enrolled already; list all its accounts at once");
            return Err(source.error(raw.machine.span(), problem));
        }
        let accounts = raw.service_accounts.get_ref();
        if accounts.is_empty() {
            let problem = "a machine is enrolled for at least one account";
            return Err(source.error(raw.service_accounts.span(), problem));
        }
        let accounts = accounts
            .iter()
            .map(|name| source.account(name))
            .collect::<Result<_, _>>()?;
        let (text, _) = source.read(&raw.secret_file)?;
        let secret = EnrolmentSecret::parse(&text)
            .map_err(|problem| source.error(raw.secret_file.span(), problem))?;
        enrolled.insert(machine, Enrolled { secret, accounts });
    }
    Ok(enrolled)
}

fn gce(source: &Source<'_>, raw: &RawGce) -> Result<GceConfig, ConfigError> {
    if raw.projects.get_ref().is_empty() {
        let problem = "without a project no machine is admitted; list the projects";
        return Err(source.error(raw.projects.span(), problem));
    }
    let keys = match &raw.keys {
        Some(location) => source.parse(location, "leave it out for Google's own")?,
        None => KeysLocation::default(),
    };
    Ok(GceConfig {
        keys_roots: keys_roots(source, raw, &keys)?,
        keys,
        expectation: Expectation {
            issuer: raw
                .issuer
                .clone()
                .unwrap_or_else(|| GOOGLE_ISSUER.to_owned()),
            projects: raw.projects.get_ref().clone(),
        },
    })
}

fn keys_roots(
    source: &Source<'_>,
    raw: &RawGce,
    keys: &KeysLocation,
) -> Result<TlsRoots, ConfigError> {
    let Some(path) = &raw.keys_ca_file else {
        return Ok(TlsRoots::default());
    };
    if !keys.is_https() {
        let problem = "`keys_ca_file` belongs to `keys` with an https: address";
        return Err(source.error(path.span(), problem));
    }
    let (text, file) = source.read(path)?;
    TlsRoots::from_pem(&text)
        .map_err(|problem| source.error(path.span(), format!("{file} is of no use: {problem}")))
}

#[cfg(test)]
#[path = "authority_tests.rs"]
mod tests;
