//! The policy: what accounts and people may.

use std::collections::BTreeMap;

use alts::ServiceAccount;
use booking_domain::StaffId;
use booking_proto::contract::metadata::ON_BEHALF_OF;
use thiserror::Error;

use super::{Caller, Grants, Role};

/// What one account or person may.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Entry {
    /// As the file names them.
    pub roles: Vec<Role>,
    /// All of it, from roles and single permissions.
    pub grants: Grants,
    /// An account that may say for whom it calls.
    pub act_as: bool,
    /// Who a person, or the person behind an account, is in the hospital.
    pub staff: Option<StaffId>,
}

/// What everybody may; what is not in it, nobody may.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Policy {
    /// By service account.
    pub accounts: BTreeMap<String, Entry>,
    /// By the name that `on-behalf-of` gives.
    pub people: BTreeMap<String, Entry>,
}

/// Why somebody is nobody here; what is told of it begins with who calls.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum Stranger {
    /// The account may not call at all.
    #[error("is not authorized")]
    Account,
    /// The account may not act for people.
    #[error("may not act for anybody; leave out {ON_BEHALF_OF}")]
    MayNotActAs,
}

impl Policy {
    /// With `accounts` that are not in it as those who may ask the article's question.
    #[must_use]
    pub fn with_legacy(mut self, accounts: &[ServiceAccount]) -> Self {
        for account in accounts {
            let legacy = || Entry {
                roles: vec![Role::Legacy],
                grants: Role::Legacy.grants(),
                ..Entry::default()
            };
            self.accounts
                .entry(account.to_string())
                .or_insert_with(legacy);
        }
        self
    }

    /// Whether the account may connect.
    pub fn knows(&self, account: &str) -> bool {
        self.accounts.contains_key(account)
    }

    /// Who calls, when `account` does, for `person`.
    ///
    /// A person who is not in the policy may nothing, which is for the permission check to say.
    ///
    /// # Errors
    ///
    /// [`Stranger`].
    pub fn caller(&self, account: &str, person: Option<&str>) -> Result<Caller, Stranger> {
        let entry = self.accounts.get(account).ok_or(Stranger::Account)?;
        let (grants, who) = match person {
            None => (entry.grants, entry.clone()),
            Some(_) if !entry.act_as => return Err(Stranger::MayNotActAs),
            Some(person) => {
                let person = self.people.get(person).cloned().unwrap_or_default();
                (entry.grants.intersection(person.grants), person)
            }
        };
        Ok(Caller {
            account: account.to_owned(),
            person: person.map(str::to_owned),
            staff: who.staff,
            roles: who.roles,
            grants,
        })
    }
}
