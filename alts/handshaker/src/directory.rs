//! The directory of service accounts: who exists, and who is switched off. Pure; `state.rs` keeps
//! it on disk.
//!
//! What an account is here is what Google's IAM shows of one: an e-mail-shaped name, a number that
//! is never reused, a name for people, and a switch. Disabling stops credentials from being issued
//! and recalls none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ServiceAccount, spelling};

/// Longest display name, in characters: IAM's limit.
const MAX_DISPLAY_NAME_CHARS: usize = 100;

/// How many accounts "spelt alike" an error names.
const MAX_SUGGESTIONS: usize = 3;

/// One service account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub email: ServiceAccount,
    /// 21 decimal digits, never given twice.
    pub unique_id: String,
    /// For people.
    pub display_name: String,
    /// No credential is issued while this holds.
    pub disabled: bool,
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
        let account = Account {
            email: email.clone(),
            unique_id: format!("1{number:020}"),
            display_name: checked_display_name(display_name)?,
            disabled: false,
        };
        self.accounts.insert(email, account.clone());
        Ok(account)
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
            return Err(DirectoryError::NotFound {
                email: email.to_string(),
                suggestions: self.spelt_like(email.as_ref()),
            });
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
            .map(|email| (spelling::distance(wanted, email.as_ref()), email))
            .filter(|(distance, _)| *distance <= wanted.chars().count() / 3)
            .collect();
        near.sort();
        near.into_iter()
            .take(MAX_SUGGESTIONS)
            .map(|(_, email)| email.clone())
            .collect()
    }
}

fn checked_display_name(name: &str) -> Result<String, DirectoryError> {
    if name.chars().count() > MAX_DISPLAY_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(DirectoryError::BadDisplayName);
    }
    Ok(name.to_owned())
}

/// The directory as a file's contents.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DirectoryRecord {
    accounts: Vec<AccountRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountRecord {
    email: String,
    unique_id: String,
    display_name: String,
    disabled: bool,
}

impl From<&Directory> for DirectoryRecord {
    fn from(directory: &Directory) -> Self {
        let accounts = directory.list().map(|account| AccountRecord {
            email: account.email.to_string(),
            unique_id: account.unique_id.clone(),
            display_name: account.display_name.clone(),
            disabled: account.disabled,
        });
        Self {
            accounts: accounts.collect(),
        }
    }
}

impl TryFrom<DirectoryRecord> for Directory {
    type Error = String;

    fn try_from(record: DirectoryRecord) -> Result<Self, String> {
        let mut directory = Self::default();
        for account in record.accounts {
            let email: ServiceAccount = account
                .email
                .parse()
                .map_err(|error| format!("account {:?}: {error}", account.email))?;
            let read = Account {
                email: email.clone(),
                unique_id: account.unique_id,
                display_name: account.display_name,
                disabled: account.disabled,
            };
            if directory.accounts.insert(email, read).is_some() {
                return Err(format!("account {:?} is there twice", account.email));
            }
        }
        Ok(directory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str) -> ServiceAccount {
        name.parse().unwrap()
    }

    fn directory() -> Directory {
        let mut directory = Directory::default();
        for (number, name) in ["booking@p.iam", "booking-client@p.iam", "billing@q.iam"]
            .iter()
            .enumerate()
        {
            directory.create(account(name), "", number as u64).unwrap();
        }
        directory
    }

    #[test]
    fn accounts_are_switched_off_and_on_and_say_whether_that_changed_anything() {
        let mut directory = directory();
        let email = account("booking@p.iam");
        assert!(directory.set_disabled(&email, true).unwrap().1);
        assert!(!directory.set_disabled(&email, true).unwrap().1);
        assert!(directory.get(&email).unwrap().disabled);
        assert!(directory.set_disabled(&email, false).unwrap().1);
        assert!(!directory.get(&email).unwrap().disabled);
    }

    #[test]
    fn a_misspelt_account_is_answered_with_its_near_names() {
        let mut directory = directory();
        let cases = [
            (
                "bookin@p.iam",
                "there is no account bookin@p.iam; did you mean booking@p.iam?",
            ),
            (
                "booking-clint",
                "there is no account booking-clint; did you mean booking-client@p.iam?",
            ),
            (
                "zzzz@zzzz",
                "there is no account zzzz@zzzz; list the accounts there are: alts-handshaker \
                 accounts list",
            ),
        ];
        for (wanted, expected) in cases {
            let error = directory.set_disabled(&account(wanted), true).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn an_account_is_created_once_with_a_21_digit_id() {
        let mut directory = directory();
        let created = directory
            .create(account("new@p.iam"), "New", u64::MAX)
            .unwrap();
        assert_eq!(created.unique_id.len(), 21);
        let again = directory.create(account("new@p.iam"), "New", 1);
        assert!(matches!(again, Err(DirectoryError::AlreadyExists(_))));
        let bad = directory.create(account("other@p.iam"), "a\nb", 1);
        assert_eq!(bad, Err(DirectoryError::BadDisplayName));
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let directory = directory();
        let json = serde_json::to_string(&DirectoryRecord::from(&directory)).unwrap();
        let record: DirectoryRecord = serde_json::from_str(&json).unwrap();
        assert_eq!(Directory::try_from(record), Ok(directory));
    }
}
