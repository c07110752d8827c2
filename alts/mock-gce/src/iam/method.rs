//! The methods and what they need. Pure.

use axum::http;

use crate::config::Role;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `POST serviceAccounts`
    Create,
    /// `GET serviceAccounts/ACCOUNT`
    Get,
    /// `GET serviceAccounts`
    List,
    /// `POST serviceAccounts/ACCOUNT:disable`
    Disable,
    /// `POST serviceAccounts/ACCOUNT:enable`
    Enable,
    /// `DELETE serviceAccounts/ACCOUNT`
    Delete,
    /// `POST serviceAccounts/ACCOUNT:undelete`
    Undelete,
}

impl Method {
    /// As in `google.iam.admin.v1.IAM`.
    pub fn rpc(self) -> String {
        let plural = if self == Self::List { "s" } else { "" };
        format!("google.iam.admin.v1.IAM.{self:?}ServiceAccount{plural}")
    }

    /// The permission that a caller needs.
    pub fn permission(self) -> String {
        format!("iam.serviceAccounts.{}", self.verb())
    }

    fn verb(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// Whether a role includes it.
    pub fn is_in(self, role: Role) -> bool {
        match role {
            Role::Viewer => matches!(self, Self::Get | Self::List),
            Role::Admin => true,
        }
    }

    /// What an HTTP request asks for, and the account that it is about: what stands behind
    /// `serviceAccounts/`, with a custom method behind a colon. Empty when it is about all of them.
    pub fn of<'a>(verb: &http::Method, account: Option<&'a str>) -> Option<(Self, &'a str)> {
        Some(match (verb, account) {
            (&http::Method::POST, None) => (Self::Create, ""),
            (_, None) => (Self::List, ""),
            (&http::Method::POST, Some(account)) => {
                let (account, verb) = account.rsplit_once(':')?;
                let mut custom = [Self::Disable, Self::Enable, Self::Undelete].into_iter();
                (custom.find(|method| method.verb() == verb)?, account)
            }
            (&http::Method::DELETE, Some(account)) => (Self::Delete, account),
            (_, Some(account)) => (Self::Get, account),
        })
    }
}
