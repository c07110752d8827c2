//! Service accounts as IAM's JSON, and the names they have in URLs. Pure.

use alts::ServiceAccount;
use alts_authority::directory::Account;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::error::ApiError;

/// Stands for "whichever project the account is in".
const ANY_PROJECT: &str = "-";

/// An account of this project as `google.iam.admin.v1.ServiceAccount`. Empty fields are left out, as
/// protobuf's JSON does.
pub fn to_json(project: &str, account: &Account) -> Value {
    let mut json = json!({
        "name": resource_name(project, account.email.as_ref()),
        "projectId": project,
        "uniqueId": account.unique_id,
        "email": account.email.as_ref(),
        "displayName": account.display_name,
        "etag": etag(account),
        "description": account.description,
        "oauth2ClientId": account.unique_id,
        "disabled": account.disabled,
    });
    if let Some(fields) = json.as_object_mut() {
        fields.retain(|_, value| *value != "" && *value != false);
    }
    json
}

/// Another one whenever the account is changed.
fn etag(account: &Account) -> String {
    let mut content = Sha256::new();
    for part in [
        &account.unique_id,
        &account.display_name,
        &account.description,
    ] {
        content.update(part);
        content.update([0]);
    }
    content.update([u8::from(account.disabled)]);
    STANDARD.encode(&content.finalize()[..9])
}

/// `projects/P/serviceAccounts/ACCOUNT`.
pub fn resource_name(project: &str, account: &str) -> String {
    format!("projects/{project}/serviceAccounts/{account}")
}

/// Whether a request for `asked` is one for `project`.
pub fn is_project(asked: &str, project: &str) -> bool {
    asked == project || asked == ANY_PROJECT
}

/// The account that a name in a URL means: by its e-mail address or by its number.
pub fn find<'a>(accounts: &'a [Account], name: &str) -> Option<&'a Account> {
    accounts
        .iter()
        .find(|account| account.email.as_ref() == name || account.unique_id == name)
}

/// `CreateServiceAccountRequest`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Creation {
    /// The part before the `@`.
    pub account_id: String,
    /// What is said about it.
    pub service_account: CreationFields,
}

/// What is said about an account that is created.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CreationFields {
    /// For people.
    pub display_name: String,
    /// For people, at more length.
    pub description: String,
}

impl Creation {
    /// Understands a request's body.
    ///
    /// # Errors
    /// When it is no JSON, or names no account that could be.
    pub fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let creation: Self = serde_json::from_slice(body).map_err(|error| {
            ApiError::invalid(format!("Invalid JSON payload received. {error}"))
        })?;
        if is_account_id(&creation.account_id) {
            Ok(creation)
        } else {
            Err(ApiError::invalid(format!(
                "Account ID {:?} does not have a length between 6 and 30 or does not match \
                 [a-z]([-a-z0-9]*[a-z0-9]).",
                creation.account_id
            )))
        }
    }

    /// The account's whole name in this project.
    ///
    /// # Errors
    /// When project and id together are too long.
    pub fn email(&self, project: &str) -> Result<ServiceAccount, ApiError> {
        format!("{}@{project}.iam.gserviceaccount.com", self.account_id)
            .parse::<ServiceAccount>()
            .map_err(|error| ApiError::invalid(error.to_string()))
    }
}

/// RFC 1035, and between 6 and 30 characters: IAM's rule.
fn is_account_id(id: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (6..=30).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(good)
        && !id.ends_with('-')
}

#[cfg(test)]
#[path = "resource_tests.rs"]
mod tests;
