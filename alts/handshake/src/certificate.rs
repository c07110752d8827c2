//! Certificates: who vouches for whom, for what, and for how long.
//!
//! ```text
//!   root key (Ed25519)                 the authority's; every handshaker knows it by its KeyId
//!     |  signs, label "alts-local/1 master"
//!     v
//!   MasterBody     a machine: name, who asked, Ed25519 key, the accounts it may vouch for,
//!     |            revocation id and those it may give, validity
//!     |  that key signs, label "alts-local/1 handshake"
//!     v
//!   HandshakeBody  a workload: account, X25519 key, ciphers, revocation id, validity, master
//!                  certificate
//! ```
//!
//! The roles are those of the ALTS whitepaper, section "Certificates"; the bytes are ours. A
//! signature covers `label | 0x00 | body`, so that a body of one kind never passes for the other.

use std::time::Duration;

use super::{MachineName, RevocationId, signature::KeyId, wire};
use alts::ServiceAccount;

/// The only version of certificates so far.
pub(crate) const VERSION: u32 = 1;

/// The longest serialised chain a peer may present, in bytes. Ours are below 1 KiB.
pub(crate) const MAX_CERTIFICATE_LEN: usize = 8 * 1024;

/// A moment, in whole seconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(u64);

impl Timestamp {
    /// From seconds since the Unix epoch.
    pub const fn from_unix_s(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since the Unix epoch.
    pub const fn as_unix_s(self) -> u64 {
        self.0
    }

    /// Later by `duration`'s whole seconds; the end of time instead of an overflow.
    #[must_use]
    pub const fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_secs()))
    }
}

/// When something holds: from `not_before` on, and before `not_after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first second.
    pub not_before: Timestamp,
    /// The first second after.
    pub not_after: Timestamp,
}

impl Validity {
    /// From `now` on, for `lifetime`.
    pub const fn starting(now: Timestamp, lifetime: Duration) -> Self {
        Self {
            not_before: now,
            not_after: now.after(lifetime),
        }
    }

    /// Whether it is over at `now` by the holder's own clock. Whether it has begun is not for the
    /// holder to ask: who issued it said so, by a clock that may be ahead of this one.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        now >= self.not_after
    }

    /// Whether it holds, for a verifier whose clock may be off by `skew` in either direction.
    pub(crate) fn check(&self, now: Timestamp, skew: Duration) -> Result<(), CertificateError> {
        if now.after(skew) < self.not_before {
            return Err(CertificateError::NotYetValid {
                seconds: self.not_before.0 - now.0,
            });
        }
        if now >= self.not_after.after(skew) {
            return Err(CertificateError::Expired {
                seconds: now.0 - self.not_after.0,
            });
        }
        Ok(())
    }
}

/// What kind of thing an identity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// A person.
    Human,
    /// A machine.
    Machine,
    /// A program that runs as a service account.
    Workload,
}

impl Category {
    /// One lower-case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Machine => "machine",
            Self::Workload => "workload",
        }
    }

    pub(crate) const fn to_wire(self) -> wire::Category {
        match self {
            Self::Human => wire::Category::Human,
            Self::Machine => wire::Category::Machine,
            Self::Workload => wire::Category::Workload,
        }
    }

    pub(crate) const fn from_wire(category: wire::Category) -> Option<Self> {
        match category {
            wire::Category::Unspecified => None,
            wire::Category::Human => Some(Self::Human),
            wire::Category::Machine => Some(Self::Machine),
            wire::Category::Workload => Some(Self::Workload),
        }
    }
}

impl std::fmt::Display for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a peer's certificate is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// Larger than any certificate of ours.
    #[error("it is {0} bytes long, the limit is 8192")]
    TooLong(usize),
    /// Not the protobuf it should be, or a field breaks its rule.
    #[error("its {0} is malformed")]
    Malformed(&'static str),
    /// Signed by nobody this handshaker knows.
    #[error(
        "it was issued by the unknown authority {0}; both machines must trust the same authority"
    )]
    UnknownAuthority(KeyId),
    /// A signature that does not verify.
    #[error("the {0} signature is wrong")]
    BadSignature(&'static str),
    /// A certificate of this category has no business at this link of the chain.
    #[error("it is for a {found} where one for a {expected} is due")]
    Category {
        /// What it is.
        found: Category,
        /// What this link of the chain must be.
        expected: Category,
    },
    /// The machine vouches for an account that the authority did not give to it.
    #[error(
        "the authority does not let the machine {machine} vouch for {account}; let the workload \
         run on a machine that may"
    )]
    NotVouchedFor {
        /// Who signed.
        machine: MachineName,
        /// For whom.
        account: ServiceAccount,
    },
    /// This handshaker's own policy says no.
    #[error(
        "this machine's issuer policy does not let {issuer} certify the {category} {identity}; if \
         it should, add a rule to the policy"
    )]
    Policy {
        /// Who certified.
        issuer: String,
        /// What.
        category: Category,
        /// Whom.
        identity: String,
    },
    /// On the revocation list.
    #[error("it is revoked, as {0}; restart the peer's workload so that it obtains another")]
    Revoked(RevocationId),
    /// A list is required and there is none.
    #[error(
        "this machine requires a revocation list and has none; check that its authority publishes \
         one"
    )]
    NoRevocationList,
    /// A list is required and a newer one is overdue.
    #[error(
        "this machine's revocation list ended {seconds} s ago; check that its authority is \
         reachable"
    )]
    StaleRevocationList {
        /// How long ago, by the verifier's clock.
        seconds: u64,
    },
    /// Too old.
    #[error(
        "it expired {seconds} s ago; restart the peer's workload or check both machines' clocks"
    )]
    Expired {
        /// How long ago, by the verifier's clock.
        seconds: u64,
    },
    /// From the future.
    #[error("it becomes valid in {seconds} s; check both machines' clocks")]
    NotYetValid {
        /// How far ahead, by the verifier's clock.
        seconds: u64,
    },
    /// A key agreement for which the certificate does not allow its key.
    #[error("its key may not be used with the key agreement {0:?}")]
    Cipher(super::Cipher),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skew_widens_both_ends_and_no_further() {
        let validity = Validity {
            not_before: Timestamp(1000),
            not_after: Timestamp(2000),
        };
        let skew = Duration::from_secs(300);
        let check = |now| validity.check(Timestamp(now), skew);
        assert_eq!(
            check(699),
            Err(CertificateError::NotYetValid { seconds: 301 })
        );
        assert_eq!(check(700), Ok(()));
        assert_eq!(check(2299), Ok(()));
        assert_eq!(check(2300), Err(CertificateError::Expired { seconds: 300 }));
        assert!(!validity.has_ended(Timestamp(999)) && !validity.has_ended(Timestamp(1999)));
        assert!(validity.has_ended(Timestamp(2000)));
    }

    #[test]
    fn a_time_at_the_end_of_time_does_not_overflow() {
        let forever = Validity::starting(Timestamp(u64::MAX - 1), Duration::from_secs(60));
        let now = Timestamp(u64::MAX);
        assert!(forever.check(now, Duration::MAX).is_err());
    }
}
