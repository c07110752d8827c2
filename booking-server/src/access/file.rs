//! The access file: TOML in, [`Policy`] out.
//!
//! ```toml
//! [accounts."web@hospital.iam.gserviceaccount.com"]
//! roles = ["coordinator"]
//! act_as = true                      # may say for whom it calls
//!
//! [people."anna"]
//! roles = ["surgeon"]
//! permissions = ["reports.read"]     # beyond the roles'
//! staff = "DC-3904"                  # who she is in the hospital
//! ```

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use alts::ServiceAccount;
use booking_domain::StaffId;
use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use super::{Entry, Grants, Permission, Policy, Role, Scope};

/// The longest name of a person, in characters: it travels in a header and is kept in the audit.
const MAX_PERSON_CHARS: usize = 128;

/// Why a text is no access file.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("line {line}: {problem}")]
pub struct AccessError {
    line: usize,
    problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    accounts: BTreeMap<Spanned<String>, RawEntry>,
    #[serde(default)]
    people: BTreeMap<Spanned<String>, RawEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    #[serde(default)]
    roles: Vec<Spanned<String>>,
    #[serde(default)]
    permissions: Vec<Spanned<String>>,
    act_as: Option<Spanned<bool>>,
    staff: Option<Spanned<String>>,
}

/// Reads an access file.
///
/// # Errors
///
/// [`AccessError`]: the first line that cannot be understood, and what to write instead.
pub fn parse(text: &str) -> Result<Policy, AccessError> {
    let source = Source(text);
    let raw: Raw = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        source.error(at, error.message().lines().next().unwrap_or_default())
    })?;
    let mut policy = Policy::default();
    for (name, raw) in raw.accounts {
        ServiceAccount::new(name.get_ref().as_str())
            .map_err(|why| source.error(name.span().start, why))?;
        let entry = source.entry(&raw)?;
        policy.accounts.insert(name.into_inner(), entry);
    }
    for (name, raw) in raw.people {
        let at = name.span().start;
        if !is_person(name.get_ref()) {
            let problem = "a person's name is 1 to 128 printable ASCII characters";
            return Err(source.error(at, problem));
        }
        if let Some(act_as) = &raw.act_as {
            let problem = "only accounts act for people; move act_as to an account";
            return Err(source.error(act_as.span().start, problem));
        }
        let entry = source.entry(&raw)?;
        policy.people.insert(name.into_inner(), entry);
    }
    Ok(policy)
}

/// What can be said in a header and read in an audit.
fn is_person(name: &str) -> bool {
    !name.trim().is_empty()
        && name.len() <= MAX_PERSON_CHARS
        && name.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

struct Source<'a>(&'a str);

impl Source<'_> {
    fn error(&self, at: usize, problem: impl Display) -> AccessError {
        let before = self.0.get(..at).unwrap_or(self.0);
        AccessError {
            line: before.matches('\n').count() + 1,
            problem: problem.to_string(),
        }
    }

    fn entry(&self, raw: &RawEntry) -> Result<Entry, AccessError> {
        let mut grants = Grants::NONE;
        let mut roles = Vec::new();
        for role in &raw.roles {
            let role: Role = self.one_of(role, "role", Role::ALL.iter())?;
            grants = grants.union(role.grants());
            roles.push(role);
        }
        for permission in &raw.permissions {
            let permission = self.one_of(permission, "permission", Permission::ALL.iter())?;
            grants = grants.with(permission, Scope::Any);
        }
        let staff = raw.staff.as_ref().map(|staff| {
            StaffId::parse(staff.get_ref())
                .map_err(|why| self.error(staff.span().start, format!("staff {why}")))
        });
        Ok(Entry {
            roles,
            grants,
            act_as: raw.act_as.as_ref().is_some_and(|flag| *flag.get_ref()),
            staff: staff.transpose()?,
        })
    }

    fn one_of<T: FromStr>(
        &self,
        text: &Spanned<String>,
        what: &str,
        all: impl Iterator<Item: Display>,
    ) -> Result<T, AccessError> {
        text.get_ref().parse().map_err(|_| {
            let known: Vec<_> = all.map(|each| each.to_string()).collect();
            let problem = format!(
                "there is no {what} {:?}; it is one of {}",
                text.get_ref(),
                known.join(", ")
            );
            self.error(text.span().start, problem)
        })
    }
}
