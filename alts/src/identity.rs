//! Who is at an end of a connection, and which RPC protocol versions it speaks.
//!
//! ALTS proves *service accounts*: names of workloads, not of hosts and not of people.

use std::{fmt, str::FromStr};

/// The longest account name accepted. Google's are at most 30 + 1 + 30 + 24 characters; e-mail
/// addresses end at 320.
const MAX_ACCOUNT_LEN: usize = 320;

/// A service account, such as `prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com`.
///
/// Compared exactly, letter case included, as grpc-java and C++ do. (grpc-go's helper ignores
/// case; account names are lower case, so only a typing error tells the two apart.)
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct ServiceAccount(String);

/// Why a text is not a service account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidServiceAccount {
    /// There is nothing there.
    #[error("a service account is missing; write it as NAME@PROJECT.iam.gserviceaccount.com")]
    Empty,
    /// It is longer than any account.
    #[error("a service account has at most {MAX_ACCOUNT_LEN} bytes; this one has {len}")]
    TooLong {
        /// Bytes given.
        len: usize,
    },
    /// It holds a character that no account has.
    #[error(
        "{character:?} cannot be part of a service account; write it as NAME@PROJECT.iam.gserviceaccount.com"
    )]
    Character {
        /// The first such character.
        character: char,
    },
}

impl ServiceAccount {
    /// Parses an account's name.
    ///
    /// # Errors
    /// When it is empty, over-long, or holds white space, control characters or a comma.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidServiceAccount> {
        let name = name.into();
        if name.is_empty() {
            return Err(InvalidServiceAccount::Empty);
        }
        if name.len() > MAX_ACCOUNT_LEN {
            return Err(InvalidServiceAccount::TooLong { len: name.len() });
        }
        let foreign = |c: char| c.is_whitespace() || c.is_control() || c == ',';
        if let Some(character) = name.chars().find(|&c| foreign(c)) {
            return Err(InvalidServiceAccount::Character { character });
        }
        Ok(Self(name))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(feature = "serde")]
impl TryFrom<String> for ServiceAccount {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let problem =
            |error: InvalidServiceAccount| format!("{name:?}: {error}; write it as in IAM");
        Self::new(name.as_str()).map_err(problem)
    }
}

#[cfg(feature = "serde")]
impl From<ServiceAccount> for String {
    fn from(account: ServiceAccount) -> Self {
        account.0
    }
}

impl FromStr for ServiceAccount {
    type Err = InvalidServiceAccount;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::new(name)
    }
}

impl AsRef<str> for ServiceAccount {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A version of gRPC's use of ALTS; compared by major, then minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Version {
    /// Major number.
    pub major: u32,
    /// Minor number.
    pub minor: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The versions that one side speaks, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RpcVersions {
    /// Oldest.
    pub min: Version,
    /// Newest.
    pub max: Version,
}

impl RpcVersions {
    /// What this library speaks, like every other: 2.1 and nothing else.
    pub const OURS: Self = Self {
        min: Version { major: 2, minor: 1 },
        max: Version { major: 2, minor: 1 },
    };

    /// The newest version both sides speak, by the rule of grpc-go's `checkRPCVersions`.
    #[must_use]
    pub fn newest_common(&self, peer: &Self) -> Option<Version> {
        let newest = self.max.min(peer.max);
        let oldest = self.min.max(peer.min);
        (newest >= oldest).then_some(newest)
    }
}

impl fmt::Display for RpcVersions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.min, self.max)
    }
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
