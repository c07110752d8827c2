//! The methods and what they need. Pure.

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
    pub fn rpc(self) -> &'static str {
        match self {
            Self::Create => "google.iam.admin.v1.IAM.CreateServiceAccount",
            Self::Get => "google.iam.admin.v1.IAM.GetServiceAccount",
            Self::List => "google.iam.admin.v1.IAM.ListServiceAccounts",
            Self::Disable => "google.iam.admin.v1.IAM.DisableServiceAccount",
            Self::Enable => "google.iam.admin.v1.IAM.EnableServiceAccount",
            Self::Delete => "google.iam.admin.v1.IAM.DeleteServiceAccount",
            Self::Undelete => "google.iam.admin.v1.IAM.UndeleteServiceAccount",
        }
    }

    /// The permission that a caller needs.
    pub fn permission(self) -> &'static str {
        match self {
            Self::Create => "iam.serviceAccounts.create",
            Self::Get => "iam.serviceAccounts.get",
            Self::List => "iam.serviceAccounts.list",
            Self::Disable => "iam.serviceAccounts.disable",
            Self::Enable => "iam.serviceAccounts.enable",
            Self::Delete => "iam.serviceAccounts.delete",
            Self::Undelete => "iam.serviceAccounts.undelete",
        }
    }

    /// Whether a role includes it.
    pub fn is_in(self, role: Role) -> bool {
        match role {
            Role::Viewer => matches!(self, Self::Get | Self::List),
            Role::Admin => true,
        }
    }

    /// The custom method behind a colon.
    pub fn of_verb(verb: &str) -> Option<Self> {
        match verb {
            "disable" => Some(Self::Disable),
            "enable" => Some(Self::Enable),
            "undelete" => Some(Self::Undelete),
            _ => None,
        }
    }
}
