//! TOML to [`Config`]: whole, or refused with file and line.

use std::{collections::BTreeMap, fmt, net::Ipv4Addr, ops::Range, str::FromStr, time::Duration};

use alts_handshaker::{ServiceAccount, handshake::MachineName};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::{AccountConfig, Config, Machine, Network, RevocationMode, Role};

/// Lifetime of a credential when the file names none.
const DEFAULT_CREDENTIAL_LIFETIME_S: u64 = 3600;

/// Longest lifetime: a year. A credential cannot be recalled.
const MAX_CREDENTIAL_LIFETIME_S: u64 = 365 * 24 * 3600;

/// Machines are namespaces and processes of one computer; beyond this it is a mistake.
const MAX_MACHINES: usize = 64;

/// What a virtual machine gets when nothing is said: everything, limited by IAM. Google's advice
/// for VMs with an account of their own.
const DEFAULT_SCOPES: [&str; 2] = [
    "https://www.googleapis.com/auth/cloud-platform",
    "https://www.googleapis.com/auth/userinfo.email",
];

const DEFAULT_ZONE: &str = "us-central1-a";
const DEFAULT_NETWORK: &str = "10.128.0.0/20";
const DEFAULT_MACHINE_TYPE: &str = "e2-medium";

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
    project: Spanned<String>,
    project_number: Option<u64>,
    zone: Option<Spanned<String>>,
    network: Option<Spanned<String>>,
    authority: Option<RawAuthority>,
    #[serde(default)]
    revocation: RawRevocation,
    #[serde(default)]
    machine: Vec<RawMachine>,
    #[serde(default)]
    account: Vec<RawAccount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAuthority {
    credential_lifetime_s: Option<Spanned<u64>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRevocation {
    #[serde(default)]
    mode: RevocationMode,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMachine {
    name: Spanned<String>,
    address: Spanned<String>,
    service_account: Spanned<String>,
    machine_type: Option<Spanned<String>>,
    scopes: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    tags: Vec<Spanned<String>>,
    #[serde(default)]
    attributes: BTreeMap<Spanned<String>, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAccount {
    email: Spanned<String>,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    roles: Vec<Spanned<String>>,
}

impl Config {
    /// Understands a file's text; `file` is its name for errors.
    ///
    /// # Errors
    /// With file, line and remedy.
    pub fn parse(text: &str, file: &str) -> Result<Self, ConfigError> {
        let source = Source { text, file };
        let raw: RawConfig = toml::from_str(text).map_err(|error| {
            let at = error.span().unwrap_or(0..0);
            source.error(at, one_line(error.message()))
        })?;
        let network = match &raw.network {
            Some(network) => source.parse(network, "write a range such as 10.128.0.0/20")?,
            None => DEFAULT_NETWORK.parse().expect("a valid range"),
        };
        let machines = source.machines(&raw.machine, network)?;
        let accounts = source.accounts(&raw.account, &machines)?;
        let project = source.name(&raw.project, "a project id such as grpc-alts-demo")?;
        Ok(Self {
            project_number: raw.project_number.unwrap_or_else(|| number_of(&project)),
            project,
            zone: match &raw.zone {
                Some(zone) => source.name(zone, "a zone such as us-central1-a")?,
                None => DEFAULT_ZONE.to_owned(),
            },
            network,
            credential_lifetime: source.credential_lifetime(raw.authority.as_ref())?,
            revocation: raw.revocation.mode,
            machines,
            accounts,
        })
    }
}

/// Twelve digits, as Google's project numbers have, the same for the same project every time.
fn number_of(project: &str) -> u64 {
    let digest = Sha256::digest(project);
    let bits = digest
        .iter()
        .take(8)
        .fold(0, |bits, byte| bits << 8 | u64::from(*byte));
    100_000_000_000 + bits % 900_000_000_000
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
            let problem = format!("{:?}: {error}; {remedy}", value.get_ref());
            self.error(value.span(), problem)
        })
    }

    /// What may stand in Google's resource names and in host names.
    fn name(&self, value: &Spanned<String>, wanted: &str) -> Result<String, ConfigError> {
        let name = value.get_ref();
        match MachineName::parse(name) {
            Ok(_) => Ok(name.clone()),
            Err(_) => Err(self.error(
                value.span(),
                format!(
                    "{name:?} cannot be used here; write {wanted}: lowercase letters, digits and \
                     inner hyphens"
                ),
            )),
        }
    }

    fn machines(&self, raw: &[RawMachine], network: Network) -> Result<Vec<Machine>, ConfigError> {
        if raw.is_empty() {
            let problem =
                "there is no machine; add a [[machine]] with name, address and service_account";
            return Err(self.error(0..0, problem));
        }
        let mut machines: Vec<Machine> = Vec::with_capacity(raw.len());
        for raw in raw {
            let machine = self.machine(raw, network)?;
            let name = &machine.name;
            if machines.len() == MAX_MACHINES {
                let problem = format!("there are more than {MAX_MACHINES} machines; use fewer");
                return Err(self.error(raw.name.span(), problem));
            }
            if machines.iter().any(|other| other.name == *name) {
                let problem = format!("a machine named {name} is there already; names are unique");
                return Err(self.error(raw.name.span(), problem));
            }
            if machines
                .iter()
                .any(|other| other.address == machine.address)
            {
                let problem = format!(
                    "{} is another machine's already; choose another",
                    machine.address
                );
                return Err(self.error(raw.address.span(), problem));
            }
            machines.push(machine);
        }
        Ok(machines)
    }

    fn machine(&self, raw: &RawMachine, network: Network) -> Result<Machine, ConfigError> {
        let name = MachineName::parse(raw.name.get_ref())
            .map_err(|problem| self.error(raw.name.span(), problem))?;
        let address: Ipv4Addr = self.parse(&raw.address, "write an address such as 10.128.0.2")?;
        network
            .check_machine(address)
            .map_err(|problem| self.error(raw.address.span(), problem))?;
        let scopes = match &raw.scopes {
            Some(scopes) => self.words(scopes, "a scope")?,
            None => DEFAULT_SCOPES.map(str::to_owned).to_vec(),
        };
        Ok(Machine {
            name,
            address,
            account: self.account(&raw.service_account)?,
            machine_type: match &raw.machine_type {
                Some(kind) => self.name(kind, "a machine type such as e2-medium")?,
                None => DEFAULT_MACHINE_TYPE.to_owned(),
            },
            scopes,
            tags: self.words(&raw.tags, "a tag")?,
            attributes: self.attributes(&raw.attributes)?,
        })
    }

    fn attributes(
        &self,
        raw: &BTreeMap<Spanned<String>, String>,
    ) -> Result<BTreeMap<String, String>, ConfigError> {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let mut attributes = BTreeMap::new();
        for (key, value) in raw {
            // Compute Engine's rule for metadata keys.
            if key.get_ref().is_empty()
                || key.get_ref().len() > 128
                || !key.get_ref().chars().all(good)
            {
                let problem = "an attribute's key is 1 to 128 letters, digits, - and _; rename it";
                return Err(self.error(key.span(), problem));
            }
            attributes.insert(key.get_ref().clone(), value.clone());
        }
        Ok(attributes)
    }

    fn words(&self, raw: &[Spanned<String>], what: &str) -> Result<Vec<String>, ConfigError> {
        let mut words = Vec::with_capacity(raw.len());
        for word in raw {
            if word.get_ref().is_empty() || word.get_ref().contains(char::is_whitespace) {
                let problem = format!("{what} is one word; remove the spaces or the entry");
                return Err(self.error(word.span(), problem));
            }
            words.push(word.get_ref().clone());
        }
        Ok(words)
    }

    fn account(&self, value: &Spanned<String>) -> Result<ServiceAccount, ConfigError> {
        self.parse(value, "write it as in IAM")
    }

    /// Those that are named, and those that machines run as.
    fn accounts(
        &self,
        raw: &[RawAccount],
        machines: &[Machine],
    ) -> Result<BTreeMap<ServiceAccount, AccountConfig>, ConfigError> {
        let mut accounts = BTreeMap::new();
        for raw in raw {
            let account = AccountConfig {
                display_name: raw.display_name.clone(),
                roles: raw
                    .roles
                    .iter()
                    .map(|role| self.parse(role, ROLES))
                    .collect::<Result<_, _>>()?,
            };
            if accounts
                .insert(self.account(&raw.email)?, account)
                .is_some()
            {
                let problem = "this account is there already; name it once";
                return Err(self.error(raw.email.span(), problem));
            }
        }
        for machine in machines {
            accounts.entry(machine.account.clone()).or_default();
        }
        Ok(accounts)
    }

    fn credential_lifetime(&self, raw: Option<&RawAuthority>) -> Result<Duration, ConfigError> {
        let Some(lifetime) = raw.and_then(|raw| raw.credential_lifetime_s.as_ref()) else {
            return Ok(Duration::from_secs(DEFAULT_CREDENTIAL_LIFETIME_S));
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

const ROLES: &str = "write roles/iam.serviceAccountViewer or roles/iam.serviceAccountAdmin";

impl FromStr for Role {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "roles/iam.serviceAccountViewer" => Ok(Self::Viewer),
            "roles/iam.serviceAccountAdmin" => Ok(Self::Admin),
            _ => Err("this mock does not know the role"),
        }
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
