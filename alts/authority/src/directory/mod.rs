//! The directory of service accounts: who exists, and who is switched off. Pure; `state.rs` keeps
//! it on disk.
//!
//! What an account is here is what Google's IAM shows of one: an e-mail-shaped name, a number that
//! is never reused, words for people, and a switch. Disabling stops credentials from being issued
//! and recalls none. A deleted account can be restored by its number for thirty days.

mod record;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

pub(crate) use record::DirectoryRecord;
use serde::{Deserialize, Serialize};
use strsim::levenshtein;

use alts::ServiceAccount;
use alts_handshake::Timestamp;

/// Longest display name, in characters: IAM's limit.
const MAX_DISPLAY_NAME_CHARS: usize = 100;

/// Longest description, in bytes: IAM's limit.
const MAX_DESCRIPTION_LEN: usize = 256;

/// How long a deleted account can be restored: as long as in IAM.
const RESTORABLE_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

/// How many accounts "spelt alike" an error names.
const MAX_SUGGESTIONS: usize = 3;

/// One service account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its name.
    pub email: ServiceAccount,
    /// 21 decimal digits, never given twice.
    pub unique_id: String,
    /// For people.
    pub display_name: String,
    /// For people, at more length.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// No credential is issued while this holds.
    pub disabled: bool,
}

/// An account that was deleted, and can be restored for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Deleted {
    account: Account,
    #[serde(rename = "deleted_at_s")]
    at: Timestamp,
}

impl Deleted {
    fn is_restorable(&self, now: Timestamp) -> bool {
        now < self.at.after(RESTORABLE_FOR)
    }
}

/// Why the directory refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// No such account.
    #[error("there is no account {email}; {}", suggest(suggestions))]
    NotFound {
        /// As asked.
        email: String,
        /// Spelt alike.
        suggestions: Vec<ServiceAccount>,
    },
    /// There is one already.
    #[error("the account {0} exists already; use enable or disable to change it")]
    AlreadyExists(ServiceAccount),
    /// A display name that no list could show.
    #[error(
        "a display name has at most {MAX_DISPLAY_NAME_CHARS} characters and no control characters; \
         choose another"
    )]
    BadDisplayName,
    /// A description that is none.
    #[error(
        "a description has at most {MAX_DESCRIPTION_LEN} bytes and no control characters; shorten it"
    )]
    BadDescription,
    /// Nothing to restore.
    #[error("no account with the number {0} was deleted in the last thirty days; create a new one")]
    NotRestorable(String),
}

fn suggest(suggestions: &[ServiceAccount]) -> String {
    if suggestions.is_empty() {
        return "list the accounts there are: alts-handshaker accounts list".to_owned();
    }
    let names: Vec<&str> = suggestions.iter().map(AsRef::as_ref).collect();
    format!("did you mean {}?", names.join(" or "))
}

/// All accounts, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    accounts: BTreeMap<ServiceAccount, Account>,
    /// By their numbers: several may have had the same name.
    deleted: BTreeMap<String, Deleted>,
}

impl Directory {
    /// In order of their names.
    pub fn list(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// One account, if it exists.
    pub fn get(&self, email: &ServiceAccount) -> Option<&Account> {
        self.accounts.get(email)
    }

    /// Adds an account, enabled.
    ///
    /// `number`: random; becomes the unique id.
    ///
    /// # Errors
    /// When it exists, or the display name is no name.
    pub fn create(
        &mut self,
        email: ServiceAccount,
        display_name: &str,
        number: u64,
    ) -> Result<Account, DirectoryError> {
        if self.accounts.contains_key(&email) {
            return Err(DirectoryError::AlreadyExists(email));
        }
        let is_long = display_name.chars().count() > MAX_DISPLAY_NAME_CHARS;
        if is_long || display_name.chars().any(char::is_control) {
            return Err(DirectoryError::BadDisplayName);
        }
        let account = Account {
            email: email.clone(),
            unique_id: format!("1{number:020}"),
            display_name: display_name.to_owned(),
            description: String::new(),
            disabled: false,
        };
        self.accounts.insert(email, account.clone());
        Ok(account)
    }

    /// Changes the words about an account.
    ///
    /// # Errors
    /// When there is no such account, or the words are none.
    pub fn describe(
        &mut self,
        email: &ServiceAccount,
        description: &str,
    ) -> Result<Account, DirectoryError> {
        if description.len() > MAX_DESCRIPTION_LEN || description.chars().any(char::is_control) {
            return Err(DirectoryError::BadDescription);
        }
        let not_found = self.not_found(email);
        let account = self.accounts.get_mut(email).ok_or(not_found)?;
        account.description = description.to_owned();
        Ok(account.clone())
    }

    /// Removes an account. It counts as unknown from now on, and can be restored by its number.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn delete(
        &mut self,
        email: &ServiceAccount,
        now: Timestamp,
    ) -> Result<Account, DirectoryError> {
        let Some(account) = self.accounts.remove(email) else {
            return Err(self.not_found(email));
        };
        self.deleted.retain(|_, deleted| deleted.is_restorable(now));
        let deleted = Deleted {
            account: account.clone(),
            at: now,
        };
        self.deleted.insert(account.unique_id.clone(), deleted);
        Ok(account)
    }

    /// Restores a deleted account as it was, disabled or not.
    ///
    /// # Errors
    /// When no such account was deleted lately, or its name was given again.
    pub fn undelete(&mut self, unique_id: &str, now: Timestamp) -> Result<Account, DirectoryError> {
        let found = self.deleted.get(unique_id);
        let Some(deleted) = found.filter(|deleted| deleted.is_restorable(now)) else {
            return Err(DirectoryError::NotRestorable(unique_id.to_owned()));
        };
        let account = deleted.account.clone();
        if self.accounts.contains_key(&account.email) {
            return Err(DirectoryError::AlreadyExists(account.email));
        }
        self.deleted.remove(unique_id);
        self.accounts.insert(account.email.clone(), account.clone());
        Ok(account)
    }

    fn not_found(&self, email: &ServiceAccount) -> DirectoryError {
        DirectoryError::NotFound {
            email: email.to_string(),
            suggestions: self.spelt_like(email.as_ref()),
        }
    }

    /// Switches an account off or on. The flag says whether that changed anything.
    ///
    /// # Errors
    /// When there is no such account; names the ones spelt alike.
    pub fn set_disabled(
        &mut self,
        email: &ServiceAccount,
        disabled: bool,
    ) -> Result<(Account, bool), DirectoryError> {
        let Some(account) = self.accounts.get_mut(email) else {
            return Err(self.not_found(email));
        };
        let changed = account.disabled != disabled;
        account.disabled = disabled;
        Ok((account.clone(), changed))
    }

    /// Accounts whose name, or whose part before the `@`, is a few edits away; nearest first.
    fn spelt_like(&self, wanted: &str) -> Vec<ServiceAccount> {
        let mut near: Vec<(usize, &ServiceAccount)> = self
            .accounts
            .keys()
            .map(|email| (distance(wanted, email.as_ref()), email))
            .filter(|(distance, _)| *distance <= wanted.chars().count() / 3)
            .collect();
        near.sort();
        near.into_iter()
            .take(MAX_SUGGESTIONS)
            .map(|(_, email)| email.clone())
            .collect()
    }
}

/// How far a misspelt account is from one that exists. People type the whole name, or only its first
/// part.
fn distance(wanted: &str, email: &str) -> usize {
    let local = email.split('@').next().unwrap_or_default();
    let wanted_local = wanted.split('@').next().unwrap_or_default();
    // One more than a whole-name match of the same distance.
    levenshtein(wanted, email).min(levenshtein(wanted_local, local) + 1)
}
