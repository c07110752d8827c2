//! The directory as a file's contents: what is written, and what is believed when it is read.

use serde::{Deserialize, Serialize};

use super::{Account, Deleted, Directory};
use alts_handshake::Timestamp;

/// Every account there is, and those that can be restored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DirectoryRecord {
    accounts: Vec<AccountRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    deleted: Vec<DeletedRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountRecord {
    email: String,
    unique_id: String,
    display_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    disabled: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeletedRecord {
    account: AccountRecord,
    /// Seconds since the Unix epoch.
    deleted_at_s: u64,
}

impl From<&Account> for AccountRecord {
    fn from(account: &Account) -> Self {
        Self {
            email: account.email.to_string(),
            unique_id: account.unique_id.clone(),
            display_name: account.display_name.clone(),
            description: account.description.clone(),
            disabled: account.disabled,
        }
    }
}

impl TryFrom<AccountRecord> for Account {
    type Error = String;

    fn try_from(record: AccountRecord) -> Result<Self, String> {
        let email = record
            .email
            .parse()
            .map_err(|error| format!("account {:?}: {error}", record.email))?;
        Ok(Self {
            email,
            unique_id: record.unique_id,
            display_name: record.display_name,
            description: record.description,
            disabled: record.disabled,
        })
    }
}

impl From<&Directory> for DirectoryRecord {
    fn from(directory: &Directory) -> Self {
        let deleted = directory.deleted.values().map(|deleted| DeletedRecord {
            account: AccountRecord::from(&deleted.account),
            deleted_at_s: deleted.at.as_unix_s(),
        });
        Self {
            accounts: directory.list().map(AccountRecord::from).collect(),
            deleted: deleted.collect(),
        }
    }
}

impl TryFrom<DirectoryRecord> for Directory {
    type Error = String;

    fn try_from(record: DirectoryRecord) -> Result<Self, String> {
        let mut directory = Self::default();
        for account in record.accounts {
            let account = Account::try_from(account)?;
            let email = account.email.clone();
            if directory.accounts.insert(email.clone(), account).is_some() {
                return Err(format!("account {:?} is there twice", email.to_string()));
            }
        }
        for deleted in record.deleted {
            let at = Timestamp::from_unix_s(deleted.deleted_at_s);
            let account = Account::try_from(deleted.account)?;
            let unique_id = account.unique_id.clone();
            directory.deleted.insert(unique_id, Deleted { account, at });
        }
        Ok(directory)
    }
}
