//! The mock cloud's configuration: TOML, parsed whole or refused with file and line.

use std::{collections::BTreeMap, fmt, net::SocketAddr, ops::Range, str::FromStr, time::Duration};

use serde::Deserialize;
use toml::Spanned;

use crate::{ServiceAccount, handshake::MachineName};

/// The article's two machines: the configuration that is built in, and an example of every key.
pub const ARTICLE: &str = include_str!("../article.toml");

/// Lifetime of a credential when the file names none.
const DEFAULT_CREDENTIAL_LIFETIME: Duration = Duration::from_secs(3600);

/// Longest lifetime: a year. A credential cannot be recalled.
const MAX_CREDENTIAL_LIFETIME_S: u64 = 365 * 24 * 3600;

/// A mock cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where the admin service listens; loopback.
    pub admin: SocketAddr,
    /// How long an issued credential is good for.
    pub credential_lifetime: Duration,
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

/// A configuration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct ConfigError {
    file: String,
    line: usize,
    problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    admin: Option<RawAdmin>,
    authority: Option<RawAuthority>,
    #[serde(default)]
    machine: Vec<Spanned<RawMachine>>,
    #[serde(default)]
    account: Vec<RawAccount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAdmin {
    address: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAuthority {
    credential_lifetime_s: Option<Spanned<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMachine {
    name: Spanned<String>,
    address: Spanned<String>,
    service_account: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAccount {
    email: Spanned<String>,
    #[serde(default)]
    display_name: String,
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
        let source = Source { text, file };
        let raw: RawConfig = toml::from_str(text).map_err(|error| {
            let problem = format!(
                "{}; article.toml shows every key",
                one_line(error.message())
            );
            source.error(error.span().unwrap_or_default(), problem)
        })?;
        if raw.machine.is_empty() {
            let problem =
                "there is no machine; add a [[machine]] with name, address and service_account";
            return Err(source.error(0..0, problem));
        }
        let machines = source.machines(&raw.machine)?;
        let accounts = source.accounts(&raw.account, &machines)?;
        Ok(Self {
            admin: source.admin(raw.admin.as_ref())?,
            credential_lifetime: source.credential_lifetime(raw.authority.as_ref())?,
            machines,
            accounts,
        })
    }
}

/// The text and its name: turns positions into lines.
struct Source<'a> {
    text: &'a str,
    file: &'a str,
}

impl Source<'_> {
    fn error(&self, at: Range<usize>, problem: impl fmt::Display) -> ConfigError {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        ConfigError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            problem: problem.to_string(),
        }
    }

    fn parse<T: FromStr>(&self, value: &Spanned<String>, remedy: &str) -> Result<T, ConfigError>
    where
        T::Err: fmt::Display,
    {
        value.get_ref().parse().map_err(|error| {
            self.error(
                value.span(),
                format!("{:?}: {error}; {remedy}", value.get_ref()),
            )
        })
    }

    fn machines(&self, raw: &[Spanned<RawMachine>]) -> Result<Vec<Machine>, ConfigError> {
        let mut machines: Vec<Machine> = Vec::with_capacity(raw.len());
        for raw in raw.iter().map(Spanned::get_ref) {
            let name = MachineName::parse(raw.name.get_ref())
                .map_err(|problem| self.error(raw.name.span(), problem))?;
            let address: SocketAddr =
                self.parse(&raw.address, "write IP:PORT; port 0 takes a free one")?;
            if machines.iter().any(|other| other.name == name) {
                let problem = format!("a machine named {name} is there already; names are unique");
                return Err(self.error(raw.name.span(), problem));
            }
            if address.port() != 0 && machines.iter().any(|other| other.address == address) {
                let problem = format!(
                    "{address} is another machine's already; identity is by address, so addresses \
                     are unique"
                );
                return Err(self.error(raw.address.span(), problem));
            }
            machines.push(Machine {
                name,
                address,
                account: self.account(&raw.service_account)?,
            });
        }
        Ok(machines)
    }

    fn account(&self, value: &Spanned<String>) -> Result<ServiceAccount, ConfigError> {
        self.parse(value, "write it as in IAM")
    }

    /// Those that are named, and those that machines run as.
    fn accounts(
        &self,
        raw: &[RawAccount],
        machines: &[Machine],
    ) -> Result<BTreeMap<ServiceAccount, String>, ConfigError> {
        let mut accounts = BTreeMap::new();
        for raw in raw {
            let email = self.account(&raw.email)?;
            if accounts.insert(email, raw.display_name.clone()).is_some() {
                return Err(self.error(
                    raw.email.span(),
                    "this account is there already; name it once",
                ));
            }
        }
        for machine in machines {
            accounts.entry(machine.account.clone()).or_default();
        }
        Ok(accounts)
    }

    fn admin(&self, raw: Option<&RawAdmin>) -> Result<SocketAddr, ConfigError> {
        let Some(raw) = raw else {
            return Ok(SocketAddr::from(([127, 0, 0, 1], 0)));
        };
        let address: SocketAddr =
            self.parse(&raw.address, "write IP:PORT; port 0 takes a free one")?;
        if !address.ip().is_loopback() {
            let problem = "the admin service has no password and may listen on loopback only; use \
                127.0.0.1 or [::1]";
            return Err(self.error(raw.address.span(), problem));
        }
        Ok(address)
    }

    fn credential_lifetime(&self, raw: Option<&RawAuthority>) -> Result<Duration, ConfigError> {
        let Some(lifetime) = raw.and_then(|raw| raw.credential_lifetime_s.as_ref()) else {
            return Ok(DEFAULT_CREDENTIAL_LIFETIME);
        };
        match *lifetime.get_ref() {
            seconds @ 1..=MAX_CREDENTIAL_LIFETIME_S => Ok(Duration::from_secs(seconds)),
            _ => {
                let problem = format!(
                    "credential_lifetime_s must be 1 to {MAX_CREDENTIAL_LIFETIME_S} seconds"
                );
                Err(self.error(lifetime.span(), problem))
            }
        }
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
