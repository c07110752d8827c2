//! How far permissions reach, and sets of them.

use booking_proto::contract::permission::Permission;

/// How far a permission reaches.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Scope {
    /// To the cases that one entered or operates on and to the sessions that one owns.
    Own,
    /// To everything.
    Any,
}

/// A set of permissions, each with its scope; two bits a permission.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Grants {
    own: u64,
    any: u64,
}

impl Grants {
    /// Nothing.
    pub const NONE: Self = Self { own: 0, any: 0 };

    /// With `permission` too; what is granted for anything is granted for one's own.
    #[must_use]
    pub const fn with(self, permission: Permission, scope: Scope) -> Self {
        let bit = 1 << permission as u64;
        Self {
            own: self.own | bit,
            any: match scope {
                Scope::Own => self.any,
                Scope::Any => self.any | bit,
            },
        }
    }

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            own: self.own | other.own,
            any: self.any | other.any,
        }
    }

    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self {
            own: self.own & other.own,
            any: self.any & other.any,
        }
    }

    /// How far `permission` reaches; `None` where it is not granted.
    pub const fn scope(self, permission: Permission) -> Option<Scope> {
        let bit = 1 << permission as u64;
        if self.any & bit != 0 {
            Some(Scope::Any)
        } else if self.own & bit != 0 {
            Some(Scope::Own)
        } else {
            None
        }
    }
}
