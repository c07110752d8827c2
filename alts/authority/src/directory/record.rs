//! The directory as a file's contents: what is written, and what is believed when it is read.

use serde::{Deserialize, Serialize};

use super::{Account, Deleted, Directory};

/// Every account there is, and those that can be restored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DirectoryRecord {
    accounts: Vec<Account>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    deleted: Vec<Deleted>,
}

impl From<&Directory> for DirectoryRecord {
    fn from(directory: &Directory) -> Self {
        Self {
            accounts: directory.list().cloned().collect(),
            deleted: directory.deleted.values().cloned().collect(),
        }
    }
}

impl TryFrom<DirectoryRecord> for Directory {
    type Error = String;

    fn try_from(record: DirectoryRecord) -> Result<Self, String> {
        let mut directory = Self::default();
        for account in record.accounts {
            let email = account.email.clone();
            if directory.accounts.insert(email.clone(), account).is_some() {
                return Err(format!("account {:?} is there twice", email.to_string()));
            }
        }
        let deleted = record.deleted.into_iter();
        directory.deleted = deleted
            .map(|deleted| (deleted.account.unique_id.clone(), deleted))
            .collect();
        Ok(directory)
    }
}
