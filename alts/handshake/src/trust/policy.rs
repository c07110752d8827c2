//! The two documents with which a machine's owner narrows what its handshaker believes: who may
//! certify whom, and who may answer to which name.
//!
//! Both are TOML, read top to bottom. Without a document its question is not asked.

use std::{fmt, ops::Range};

use alts::ServiceAccount;
use serde::{Deserialize, de::DeserializeOwned};

use super::glob::Glob;
use crate::certificate::{Category, CertificateError, VerifiedPeer};

/// Most rules of one document: more are a mistake, and every handshake reads them all.
const MAX_RULES: usize = 1024;

/// A document that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct PolicyError {
    file: String,
    line: usize,
    problem: String,
}

/// Which issuer may certify which identities of which category (ALTS whitepaper, section
/// "Certificates": a policy on every machine, enforced by whoever verifies).
///
/// ```toml
/// [[allow]]               # the authority's statement about a machine
/// issuer = "*"            # who asked for its master certificate: the machine itself
/// category = "machine"
/// identity = "prod-*"     # its name
///
/// [[allow]]               # a machine's statement about a workload
/// issuer = "prod-booking-*"
/// category = "workload"
/// identity = "*@grpc-alts-demo.iam.gserviceaccount.com"
/// ```
///
/// Without a document the authority's own statements suffice: what it lists in a master
/// certificate. With one, **whatever no rule allows is refused**; it never allows more than the
/// authority did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    rules: Option<Vec<IssuerRule>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerRule {
    issuer: Glob,
    category: Category,
    identity: Glob,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerDocument {
    #[serde(default)]
    allow: Vec<IssuerRule>,
}

impl Policy {
    /// Reads a document; `file` is named in errors.
    ///
    /// # Errors
    /// The first problem, with its line.
    pub fn parse(text: &str, file: &str) -> Result<Self, PolicyError> {
        let document: IssuerDocument = parse(text, file)?;
        check_count(document.allow.len(), file)?;
        Ok(Self {
            rules: Some(document.allow),
        })
    }

    /// Whether both links of a peer's chain are allowed.
    pub(crate) fn check(&self, peer: &VerifiedPeer) -> Result<(), CertificateError> {
        let machine = peer.machine.as_ref();
        self.check_link(machine, Category::Machine, machine)?;
        self.check_link(machine, Category::Workload, peer.account.as_ref())
    }

    fn check_link(
        &self,
        issuer: &str,
        category: Category,
        identity: &str,
    ) -> Result<(), CertificateError> {
        let Some(rules) = &self.rules else {
            return Ok(());
        };
        let allows = |rule: &IssuerRule| {
            rule.category == category
                && rule.issuer.matches(issuer)
                && rule.identity.matches(identity)
        };
        if rules.iter().any(allows) {
            return Ok(());
        }
        Err(CertificateError::Policy {
            issuer: issuer.to_owned(),
            category,
            identity: identity.to_owned(),
        })
    }
}

/// Which identities may answer to which dialled names (ALTS whitepaper, section "Service naming
/// policy": ALTS has no host names in certificates, so a client maps names to identities).
///
/// ```toml
/// [[name]]
/// target = "booking.internal:*"      # as dialled, with the port
/// identities = ["prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com"]
///
/// [[name]]
/// target = "*"
/// identities = ["*@grpc-alts-demo.iam.gserviceaccount.com"]
/// ```
///
/// The first rule whose target fits decides; upper and lower case, and a dot behind the last label,
/// make no difference in targets. With a document, **a name that no rule fits may be
/// answered by nobody**; a client that tells no name (Envoy's) is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamePolicy {
    rules: Option<Vec<NameRule>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct NameRule {
    target: Glob,
    identities: Vec<Glob>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameDocument {
    #[serde(default)]
    name: Vec<NameRule>,
}

impl NamePolicy {
    /// Reads a document; `file` is named in errors.
    ///
    /// # Errors
    /// The first problem, with its line.
    pub fn parse(text: &str, file: &str) -> Result<Self, PolicyError> {
        let document: NameDocument = parse(text, file)?;
        check_count(document.name.len(), file)?;
        let rules = document.name.into_iter().map(|rule| NameRule {
            target: rule.target.map(canonical),
            ..rule
        });
        Ok(Self {
            rules: Some(rules.collect()),
        })
    }

    /// Whether `account` may answer to `target`.
    pub fn allows(&self, target: &str, account: &ServiceAccount) -> bool {
        let Some(rules) = &self.rules else {
            return true;
        };
        let target = canonical(target);
        let deciding = rules.iter().find(|rule| rule.target.matches(&target));
        deciding.is_some_and(|rule| {
            let mut allowed = rule.identities.iter();
            allowed.any(|identity| identity.matches(account.as_ref()))
        })
    }
}

/// A dialled name, or a pattern of one, in the one spelling that rules compare: names of hosts are
/// the same in either case, and with or without the root's dot (RFC 4343; RFC 1034, section 3.1).
fn canonical(name: &str) -> String {
    let (host, port) = match name.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|c| c.is_ascii_digit() || c == '*') => {
            (host, Some(port))
        }
        _ => (name, None),
    };
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    match port {
        Some(port) => format!("{host}:{port}"),
        None => host,
    }
}

fn parse<T: DeserializeOwned>(text: &str, file: &str) -> Result<T, PolicyError> {
    toml::from_str(text).map_err(|error| {
        let words: Vec<&str> = error.message().split_whitespace().collect();
        problem(text, file, error.span(), words.join(" "))
    })
}

fn check_count(count: usize, file: &str) -> Result<(), PolicyError> {
    if count <= MAX_RULES {
        return Ok(());
    }
    let told = format!("{count} rules are more than {MAX_RULES}; use * to join some");
    Err(problem("", file, None, told))
}

fn problem(
    text: &str,
    file: &str,
    at: Option<Range<usize>>,
    problem: impl fmt::Display,
) -> PolicyError {
    let before = at.and_then(|at| text.get(..at.start)).unwrap_or_default();
    PolicyError {
        file: file.to_owned(),
        line: before.matches('\n').count() + 1,
        problem: problem.to_string(),
    }
}
