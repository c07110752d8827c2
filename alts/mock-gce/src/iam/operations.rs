//! The methods that change accounts: from IAM's words to the directory's, and back. Blocks on the
//! disk.

use alts::ServiceAccount;
use alts_authority::{
    certificate_authority::AuthorityError,
    directory::{Account, DirectoryError},
};

use super::{
    error::ApiError,
    method::Method,
    resource::{Creation, CreationFields, find, resource_name},
};
use crate::project::Project;

/// Makes an account.
pub(super) fn create(project: &Project, creation: &Creation) -> Result<Account, ApiError> {
    let id = &project.config.project;
    let email = creation.email(id)?;
    let name = resource_name(id, email.as_ref());
    let CreationFields {
        display_name,
        description,
    } = &creation.service_account;
    let refused = |error| match error {
        AuthorityError::Directory(DirectoryError::AlreadyExists(_)) => {
            ApiError::already_exists(id, &creation.account_id, &name)
        }
        error => refusal(&error, &name),
    };
    let created = project
        .accounts
        .create_account(email.clone(), display_name)
        .map_err(refused)?;
    if description.is_empty() {
        return Ok(created);
    }
    let described = project
        .accounts
        .change_accounts(|accounts, _| accounts.describe(&email, description));
    described.map_err(|error| {
        // All or nothing: what was made under a wrong description goes again.
        let removed = project
            .accounts
            .change_accounts(|accounts, now| accounts.delete(&email, now));
        if let Err(error) = removed {
            tracing::error!(%error, account = %email, "an account stays without its description");
        }
        refusal(&error, &name)
    })
}

/// Changes the account that `account` means: an e-mail address or a number. `name` is its name in
/// refusals.
pub(super) fn change(
    project: &Project,
    method: Method,
    account: &str,
    name: &str,
) -> Result<Account, ApiError> {
    let accounts = &project.accounts;
    let email = || -> Result<ServiceAccount, ApiError> {
        let all = accounts.accounts();
        let found = find(&all, account).ok_or_else(|| ApiError::unknown_account(name))?;
        Ok(found.email.clone())
    };
    let changed = match method {
        Method::Disable | Method::Enable => accounts
            .set_disabled(&email()?, method == Method::Disable)
            .map(|(account, _)| account),
        Method::Delete => {
            let email = email()?;
            accounts.change_accounts(|accounts, now| accounts.delete(&email, now))
        }
        Method::Undelete => {
            accounts.change_accounts(|accounts, now| accounts.undelete(account, now))
        }
        Method::Create | Method::Get | Method::List => {
            return Err(ApiError::internal("this method changes no account"));
        }
    };
    changed.map_err(|error| refusal(&error, name))
}

/// The one place that translates the directory's refusals into IAM's.
fn refusal(error: &AuthorityError, name: &str) -> ApiError {
    match error {
        AuthorityError::Directory(
            DirectoryError::NotFound { .. } | DirectoryError::NotRestorable(_),
        ) => ApiError::unknown_account(name),
        AuthorityError::Directory(DirectoryError::AlreadyExists(email)) => {
            ApiError::failed_precondition(format!(
                "Service account {email} cannot be restored: there is another one of that name."
            ))
        }
        AuthorityError::Directory(error) => ApiError::invalid(error.to_string()),
        error => {
            tracing::error!(%error, "accounts cannot be changed");
            ApiError::internal(&error.to_string())
        }
    }
}
