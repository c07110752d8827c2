//! Revocation lists: which certificates no longer count, signed by the authority.
//!
//! A list is a [`Signed`] [`CrlBody`](wire::CrlBody): ranges of ids, each told as its distance from
//! the range before and its length, so that a revocation takes a few bytes.
//!
//! Source: ALTS whitepaper, section "Certificate Revocation": a list of 64-bit ids that every
//! verifier holds, compact because the ids are handed out in ranges. The bytes are ours.

use super::{
    key_id::KeyId,
    revocation::{RevocationId, RevocationRange},
    roots::{RootKey, Roots},
    signed::{Signed, SignedError},
    time::Validity,
};
use crate::wire;

/// The longest list that is read, in bytes: about two million revocations. The whitepaper's is a few
/// megabytes.
pub const MAX_CRL_LEN: usize = 16 * 1024 * 1024;

/// Revoked ids, as ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevokedIds {
    /// Invariant: sorted; no two overlap or touch.
    ranges: Vec<RevocationRange>,
}

impl RevokedIds {
    /// Whether `id` is among them.
    pub fn contains(&self, id: RevocationId) -> bool {
        let after = self.ranges.partition_point(|range| range.first() <= id);
        self.ranges[..after]
            .last()
            .is_some_and(|range| range.contains(id))
    }

    /// In order; none overlaps or touches the next.
    pub fn ranges(&self) -> impl Iterator<Item = RevocationRange> + '_ {
        self.ranges.iter().copied()
    }

    fn to_wire(&self) -> Vec<u64> {
        let mut numbers = Vec::with_capacity(2 * self.ranges.len());
        let mut lowest_possible = 0;
        for range in &self.ranges {
            let (first, last) = (range.first().as_u64(), range.last().as_u64());
            numbers.extend([first - lowest_possible, last - first]);
            // Nothing follows a range that ends the numbers.
            lowest_possible = last.saturating_add(2);
        }
        numbers
    }

    fn from_wire(numbers: &[u64]) -> Option<Self> {
        let (pairs, []) = numbers.as_chunks::<2>() else {
            return None;
        };
        let mut ranges = Vec::with_capacity(pairs.len());
        let mut lowest_possible = Some(0u64);
        for [distance, more] in pairs {
            let first = lowest_possible?.checked_add(*distance)?;
            let last = first.checked_add(*more)?;
            let [first, last] = [first, last].map(RevocationId::from_u64);
            ranges.push(RevocationRange::new(first, last)?);
            lowest_possible = last.as_u64().checked_add(2);
        }
        Some(Self { ranges })
    }
}

impl FromIterator<RevocationRange> for RevokedIds {
    fn from_iter<I: IntoIterator<Item = RevocationRange>>(ranges: I) -> Self {
        let mut sorted: Vec<RevocationRange> = ranges.into_iter().collect();
        sorted.sort_unstable();
        let mut merged: Vec<RevocationRange> = Vec::with_capacity(sorted.len());
        for range in sorted {
            match merged.last_mut() {
                Some(last) if range.first().as_u64() <= last.last().as_u64().saturating_add(1) => {
                    *last = last.merged(range);
                }
                _ => merged.push(range),
            }
        }
        Self { ranges: merged }
    }
}

/// A list that cannot be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CrlError {
    /// Beyond the bound.
    #[error("the revocation list is {0} bytes long, the limit is 16 MiB; fetch it again")]
    TooLong(usize),
    /// Not a list, or not one of ours.
    #[error("the revocation list is damaged: its {0} is malformed; fetch it again")]
    Malformed(&'static str),
    /// Signed by nobody this handshaker knows.
    #[error(
        "the revocation list was signed by the unknown authority {0}; add its root key, or fetch \
         the list of an authority that is trusted"
    )]
    UnknownAuthority(KeyId),
    /// A signature that does not verify.
    #[error(
        "the revocation list's signature is wrong; fetch it again, and find out who changed it"
    )]
    BadSignature,
    /// Older than the one that is in use.
    #[error(
        "the revocation list is {seconds} s older than the one in use; somebody may be serving an \
         old list to hide a revocation"
    )]
    Older {
        /// By how much.
        seconds: u64,
    },
    /// Of the same second as the one in use, and not the same. An authority issues one a second.
    #[error(
        "the revocation list is another one than the one in use, of the same second; an authority \
         never issues two, so find out who has its key or its state"
    )]
    SameTime,
}

/// A list whose signature was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crl {
    signer: KeyId,
    validity: Validity,
    revoked: RevokedIds,
}

impl Crl {
    /// Reads a list that one of `roots` signed. Whether it is still good at a time is not asked: see
    /// [`validity`](Self::validity).
    ///
    /// # Errors
    /// The first thing found wrong.
    pub fn open(bytes: &[u8], roots: &Roots) -> Result<Self, CrlError> {
        if bytes.len() > MAX_CRL_LEN {
            return Err(CrlError::TooLong(bytes.len()));
        }
        let signed = Signed::<wire::CrlBody>::decode(bytes);
        let opened = signed.and_then(|signed| signed.open(|id| roots.get(id)));
        let (body, signer) = opened.map_err(|error| match error {
            SignedError::Malformed => CrlError::Malformed("envelope"),
            SignedError::UnknownSigner(None) => CrlError::Malformed("signature"),
            SignedError::UnknownSigner(Some(id)) => CrlError::UnknownAuthority(id),
            SignedError::BadSignature => CrlError::BadSignature,
        })?;
        Ok(Self {
            signer,
            validity: Validity::from_wire(body.issued_at_s, body.next_update_s)
                .ok_or(CrlError::Malformed("validity"))?,
            revoked: RevokedIds::from_wire(&body.ranges)
                .ok_or(CrlError::Malformed("list of ids"))?,
        })
    }

    /// Whether `id` is revoked.
    pub fn contains(&self, id: RevocationId) -> bool {
        self.revoked.contains(id)
    }

    /// What is revoked.
    pub fn revoked(&self) -> &RevokedIds {
        &self.revoked
    }

    /// From when it was issued until the next one is due.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// Who signed it.
    pub fn signer(&self) -> KeyId {
        self.signer
    }

    /// Whether it may take the place of `current`: it is newer, or the same.
    ///
    /// # Errors
    /// [`CrlError::Older`], [`CrlError::SameTime`]: going back would un-revoke.
    pub fn check_replaces(&self, current: &Self) -> Result<(), CrlError> {
        let [ours, theirs] = [self, current].map(|crl| crl.validity.not_before.as_unix_s());
        match theirs.checked_sub(ours) {
            None => Ok(()),
            Some(0) if self == current => Ok(()),
            Some(0) => Err(CrlError::SameTime),
            Some(seconds) => Err(CrlError::Older { seconds }),
        }
    }
}

impl RootKey {
    /// A revocation list, as it is published; good from `issued_at` until the next one is due.
    pub fn sign_crl(&self, revoked: &RevokedIds, validity: Validity) -> Vec<u8> {
        let body = wire::CrlBody {
            issued_at_s: validity.not_before.as_unix_s(),
            next_update_s: validity.not_after.as_unix_s(),
            ranges: revoked.to_wire(),
        };
        Signed::new(&body, [self.secret()]).encode()
    }
}
