//! A signing authority: where it listens, who may ask, which accounts there are.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use alts::ServiceAccount;
use alts_daemon::{
    admin::address::{self, AdminAddress},
    config::{
        source::{ConfigError, Source},
        values::{listen_address, seconds},
    },
    http::TlsRoots,
};
use serde::{Deserialize, Deserializer};

use crate::{
    admission::Enrolled,
    identity::{gce, kubernetes::Cluster},
    ledger::MAX_CREDENTIAL_LIFETIME,
};

/// An example of every key.
pub const EXAMPLE: &str = include_str!("../authority.toml");

/// An authority.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityConfig {
    /// Where handshakers ask.
    #[serde(deserialize_with = "listen_address")]
    pub listen: SocketAddr,
    /// Where the admin service listens. `None`: a Unix socket in the state directory.
    #[serde(default, deserialize_with = "address::admin")]
    pub admin: Option<AdminAddress>,
    /// Where keys and accounts are kept.
    pub state_dir: Option<PathBuf>,
    /// What its certificates are like.
    #[serde(default)]
    pub certificates: CertificatesConfig,
    /// Machines that share a secret with it.
    #[serde(rename = "enrolment", default)]
    pub enrolled: Vec<Enrolled>,
    /// Machines that Google vouches for.
    pub gce: Option<gce::Expectation>,
    /// Pods that a cluster vouches for.
    #[serde(rename = "kubernetes", default)]
    pub clusters: Vec<Cluster>,
    #[serde(default)]
    account: Vec<AccountConfig>,
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
            file_keys: &["secret_file", "keys_ca_file", "issuer_ca_file"],
        };
        let config: Self = source.read()?;
        if config.enrolled.is_empty() && config.gce.is_none() && config.clusters.is_empty() {
            let problem =
                "nobody may ask this authority; add an [[enrolment]], [gce] or a [[kubernetes]]";
            return Err(source.problem("enrolment", problem));
        }
        let machines = config.enrolled.iter().map(|enrolled| &enrolled.machine);
        source.unique("enrolment", "machine", machines, |machine| {
            format!("{machine} is enrolled already; list all its accounts at once")
        })?;
        let issuers = config
            .clusters
            .iter()
            .map(|cluster| cluster.issuer.to_string());
        source.unique("kubernetes", "issuer", issuers, |issuer| {
            format!("{issuer} is there already; list all its accounts at once")
        })?;
        for (position, cluster) in config.clusters.iter().enumerate() {
            if let Some((key, problem)) = cluster.problem() {
                return Err(source.problem(&format!("kubernetes.{position}.{key}"), problem));
            }
        }
        if let Some(gce) = &config.gce
            && gce.roots != TlsRoots::default()
            && !gce.keys.is_https()
        {
            let problem = "`keys_ca_file` belongs to `keys` with an https: address";
            return Err(source.problem("gce.keys_ca_file", problem));
        }
        check_accounts(&source, &config.account)?;
        Ok(config)
    }

    /// Accounts to create when they are missing, with their display names.
    pub fn accounts(&self) -> BTreeMap<&ServiceAccount, &str> {
        let of_machines = self.enrolled.iter().flat_map(|enrolled| &enrolled.accounts);
        let of_pods = self
            .clusters
            .iter()
            .flat_map(|cluster| cluster.accounts.values());
        accounts(&self.account, of_machines.chain(of_pods))
    }
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

/// Insists that no account is named twice.
///
/// # Errors
/// At the second one.
pub fn check_accounts(source: &Source<'_>, accounts: &[AccountConfig]) -> Result<(), ConfigError> {
    let emails = accounts.iter().map(|account| &account.email);
    source.unique("account", "email", emails, |_| {
        "this account is there already; name it once".to_owned()
    })
}

/// Those that are named, with their display names, and those that machines run as.
pub fn accounts<'a>(
    named: &'a [AccountConfig],
    of_machines: impl Iterator<Item = &'a ServiceAccount>,
) -> BTreeMap<&'a ServiceAccount, &'a str> {
    let named = named
        .iter()
        .map(|account| (&account.email, account.display_name.as_str()));
    of_machines.map(|email| (email, "")).chain(named).collect()
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
