//! Who calls, and what they may.

use booking_domain::{Booker, Case, StaffId, TeamMember};
use thiserror::Error;

use super::{Grants, Permission, Role, Scope, methods::Method};

/// Who calls: an account that ALTS has proven, and the person it acts for, if any.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Caller {
    /// The account.
    pub account: String,
    /// The person, by the access file's name for them.
    pub person: Option<String>,
    /// Who they are in the hospital.
    pub staff: Option<StaffId>,
    /// The person's roles, or the account's where there is no person.
    pub roles: Vec<Role>,
    /// What account and person both may.
    pub grants: Grants,
}

/// A permission that the caller does not have.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("permission {0} denied")]
pub struct Denied(pub Permission);

impl Caller {
    /// Who answers for what is done: the person, or the account where there is none.
    pub fn author(&self) -> &str {
        self.person.as_deref().unwrap_or(&self.account)
    }

    /// Whose request ids these are: two people behind one account do not share theirs.
    pub fn principal(&self) -> String {
        match &self.person {
            Some(person) => format!("{} for {person}", self.account),
            None => self.account.clone(),
        }
    }

    /// Whether `permission` is granted for anything at all.
    pub fn may(&self, permission: Permission) -> bool {
        self.grants.scope(permission) == Some(Scope::Any)
    }

    /// Who it is, as the rules see them.
    pub fn booker(&self) -> Booker {
        Booker {
            staff: self.staff.clone(),
            author: self.author().to_owned(),
            any_session: self.may(Permission::SessionsUseAny),
            overrides: self.may(Permission::RulesOverride),
            emergency: self.may(Permission::EmergencyPlan),
        }
    }

    /// Whether the caller is in the case's team.
    pub fn operates(&self, case: &Case) -> bool {
        let is_caller = |member: &TeamMember| Some(&member.staff) == self.staff.as_ref();
        case.details.team.iter().any(is_caller)
    }

    /// Whether they may call `method`, at least for things of their own.
    ///
    /// # Errors
    ///
    /// [`Denied`] with what they lack.
    pub fn may_call(&self, method: &Method) -> Result<(), Denied> {
        method
            .permission
            .map_or(Ok(()), |needed| self.scope(needed).map(drop))
    }

    /// How far `permission` reaches.
    ///
    /// # Errors
    ///
    /// [`Denied`] where it is not granted.
    pub fn scope(&self, permission: Permission) -> Result<Scope, Denied> {
        self.grants.scope(permission).ok_or(Denied(permission))
    }
}
