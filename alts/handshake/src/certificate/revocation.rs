//! Names of certificates for revocation lists: 64 bits, one by one and in ranges.
//!
//! ```text
//!   63      56 55                                     0
//!   +---------+----------------------------------------+
//!   | category|                 serial                 |
//!   +---------+----------------------------------------+
//!
//!   machine:   02 | the authority's serial n                   one per master certificate
//!   workload:  03 | n * 4096 ... n * 4096 + 4095               the range that goes with it
//! ```
//!
//! Source: ALTS whitepaper, section "Certificate Revocation": 8 bits of category, 56 of identifier;
//! whoever certifies workloads has been given a range.

use std::fmt;

/// Revocation ids that a machine may give to its workloads' handshake certificates.
///
/// Keys are drawn into it by their hash: two may share an id, and then revoking one revokes both,
/// which with so many happens to hardly anybody.
pub(crate) const WORKLOAD_IDS: u32 = 1 << 12;

/// Bits of a master certificate's serial: what the workloads' range leaves of 56.
pub(crate) const SERIAL_BITS: u32 = 56 - WORKLOAD_IDS.trailing_zeros();

const SERIAL_MASK: u64 = u64::MAX >> 8;

/// What kind of thing a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// A machine.
    Machine = 2,
    /// A program that runs as a service account.
    Workload = 3,
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Machine => "machine",
            Self::Workload => "workload",
        })
    }
}

/// What a revocation list names: 8 bits of category, then a 56-bit serial.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RevocationId(u64);

impl RevocationId {
    /// The serial's upper 8 bits are dropped: the category takes their place.
    pub const fn new(category: Category, serial: u64) -> Self {
        let category = category as u64;
        Self(category << 56 | serial & SERIAL_MASK)
    }

    /// A master certificate's, of whose serial the lower 44 bits count.
    pub const fn of_master(serial: u64) -> Self {
        Self::new(Category::Machine, serial & (u64::MAX >> (64 - SERIAL_BITS)))
    }

    /// The id of the master certificate that this one is of, or hangs on.
    pub fn master(self) -> Self {
        let serial = self.0 & SERIAL_MASK;
        match self.category() {
            Some(Category::Workload) => Self::of_master(serial / u64::from(WORKLOAD_IDS)),
            _ => self,
        }
    }

    /// From all 64 bits, as certificates and lists hold them.
    pub const fn from_u64(id: u64) -> Self {
        Self(id)
    }

    /// All 64 bits.
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// What kind of certificate it names; `None` for a number that names none.
    pub const fn category(self) -> Option<Category> {
        match self.0 >> 56 {
            2 => Some(Category::Machine),
            3 => Some(Category::Workload),
            _ => None,
        }
    }

    /// The ids that the holder of this one gives to workloads; `None` unless it is a master
    /// certificate's.
    pub(crate) fn workload_ids(self) -> Option<RevocationRange> {
        let serial = self.0 & SERIAL_MASK;
        (self == Self::of_master(serial)).then(|| RevocationRange::of_workloads(serial))
    }
}

/// As people write it in `authority revoke`: 16 hexadecimal digits behind `0x`.
impl fmt::Display for RevocationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#018x}", self.0)
    }
}

impl fmt::Debug for RevocationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RevocationId({self})")
    }
}

impl TryFrom<String> for RevocationId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
            .map_err(|error: BadRevocationId| format!("revoked id {text:?}: {error}"))
    }
}

impl From<RevocationId> for String {
    fn from(id: RevocationId) -> Self {
        id.to_string()
    }
}

/// A number that was typed as a revocation id and is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a revocation id is 0x and 16 hexadecimal digits, and its first two are 02 or 03; copy it \
     from the log or from the refusal"
)]
pub struct BadRevocationId;

impl std::str::FromStr for RevocationId {
    type Err = BadRevocationId;

    fn from_str(text: &str) -> Result<Self, BadRevocationId> {
        let digits = text.strip_prefix("0x").ok_or(BadRevocationId)?;
        // from_str_radix would take a sign.
        if digits.len() != 16 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(BadRevocationId);
        }
        let id = Self(u64::from_str_radix(digits, 16).map_err(|_| BadRevocationId)?);
        id.category().map(|_| id).ok_or(BadRevocationId)
    }
}

/// Revocation ids in a row, both ends included; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RevocationRange {
    /// Invariant: `first <= last`.
    first: RevocationId,
    last: RevocationId,
}

impl RevocationRange {
    /// `None` when it would be empty.
    pub fn new(first: RevocationId, last: RevocationId) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// The range that goes with a master certificate's serial, of which the lower 44 bits count.
    pub(crate) fn of_workloads(serial: u64) -> Self {
        let ids = u64::from(WORKLOAD_IDS);
        let first = RevocationId::new(Category::Workload, serial.wrapping_mul(ids));
        Self {
            first,
            last: RevocationId(first.0 + (ids - 1)),
        }
    }

    /// The lowest id.
    pub const fn first(&self) -> RevocationId {
        self.first
    }

    /// The highest id.
    pub const fn last(&self) -> RevocationId {
        self.last
    }

    /// Whether `id` is one of them.
    pub fn contains(&self, id: RevocationId) -> bool {
        (self.first..=self.last).contains(&id)
    }

    /// How many.
    pub const fn count(&self) -> u64 {
        (self.last.0 - self.first.0).saturating_add(1)
    }

    /// The smallest range that has both in it.
    pub(crate) fn merged(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }

    /// The id that falls to `digest`, the same for the same digest.
    pub(crate) fn pick(&self, digest: [u8; 8]) -> RevocationId {
        RevocationId(self.first.0 + u64::from_le_bytes(digest) % self.count())
    }
}

impl From<RevocationId> for RevocationRange {
    fn from(id: RevocationId) -> Self {
        Self {
            first: id,
            last: id,
        }
    }
}

#[cfg(test)]
#[path = "revocation_tests.rs"]
mod tests;
