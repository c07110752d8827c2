//! Revocation lists: which certificates no longer count, signed by the authority.
//!
//! ```text
//!   0          8          16          24            32        36
//!   +----------+----------+-----------+-------------+---------+---------+--- ... ---+-----------+
//!   | ALTSCRL1 |  signer  | issued at | next update |  count  | entry 1 |           | signature |
//!   +----------+----------+-----------+-------------+---------+---------+--- ... ---+-----------+
//!                 KeyId      s, u64        s, u64       u32                            64 bytes
//!
//!   entry   = varint(distance) varint(length - 1)          a range of ids, lowest first
//!   distance: of the first entry its lowest id; of others lowest id - (previous highest + 2)
//! ```
//!
//! Integers are little-endian; varints are LEB128, as in protobuf. One list has one encoding: ranges
//! that touch cannot even be written down. The signature covers `"alts-local/1 crl" | 00 |` all that
//! precedes it.
//!
//! Source: ALTS whitepaper, section "Certificate Revocation": a list of 64-bit ids that every
//! verifier holds, compact because the ids are handed out in ranges. The bytes are ours.

use ed25519_dalek::SIGNATURE_LENGTH;

use super::{
    KeyId, RevocationId, RevocationRange, Roots, Timestamp, Validity,
    signature::{Label, is_signed},
};

const MAGIC: &[u8; 8] = b"ALTSCRL1";
const HEADER_LEN: usize = 36;

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

    /// Whether nothing is revoked.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
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
        let body_len = bytes.len().checked_sub(SIGNATURE_LENGTH);
        let (body, signature) = body_len
            .and_then(|len| bytes.split_at_checked(len))
            .ok_or(CrlError::Malformed("length"))?;
        let (signer, rest) = CrlBody::signer(body)?;
        let key = roots
            .get(signer)
            .map_err(|_| CrlError::UnknownAuthority(signer))?;
        if !is_signed(Label::Crl, body, signature, key) {
            return Err(CrlError::BadSignature);
        }
        CrlBody::parse(signer, rest)
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

/// The signed part of a list.
pub(super) struct CrlBody;

impl CrlBody {
    pub(super) fn encode(signer: KeyId, revoked: &RevokedIds, validity: Validity) -> Vec<u8> {
        let count = u32::try_from(revoked.ranges.len()).expect("a list is far below 4 Gi entries");
        let mut out = Vec::with_capacity(HEADER_LEN + 4 * revoked.ranges.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(signer.as_bytes());
        out.extend_from_slice(&validity.not_before.as_unix_s().to_le_bytes());
        out.extend_from_slice(&validity.not_after.as_unix_s().to_le_bytes());
        out.extend_from_slice(&count.to_le_bytes());
        let mut lowest_possible = 0;
        for range in &revoked.ranges {
            let (first, last) = (range.first().as_u64(), range.last().as_u64());
            prost::encoding::encode_varint(first - lowest_possible, &mut out);
            prost::encoding::encode_varint(last - first, &mut out);
            // Nothing follows a range that ends the numbers.
            lowest_possible = last.saturating_add(2);
        }
        out
    }

    /// Who claims to have signed, and what follows.
    fn signer(body: &[u8]) -> Result<(KeyId, &[u8]), CrlError> {
        let rest = body
            .strip_prefix(MAGIC)
            .ok_or(CrlError::Malformed("first line"))?;
        let (signer, rest) = take::<8>(rest)?;
        Ok((KeyId::from_bytes(signer), rest))
    }

    fn parse(signer: KeyId, rest: &[u8]) -> Result<Crl, CrlError> {
        let (issued_at, rest) = take(rest)?;
        let (next_update, rest) = take(rest)?;
        let (count, rest) = take(rest)?;
        let [issued_at_s, next_update_s] = [issued_at, next_update].map(u64::from_le_bytes);
        if next_update_s <= issued_at_s {
            return Err(CrlError::Malformed("validity"));
        }
        Ok(Crl {
            signer,
            validity: Validity {
                not_before: Timestamp::from_unix_s(issued_at_s),
                not_after: Timestamp::from_unix_s(next_update_s),
            },
            revoked: RevokedIds {
                ranges: parse_entries(rest, u32::from_le_bytes(count))?,
            },
        })
    }
}

fn parse_entries(mut rest: &[u8], count: u32) -> Result<Vec<RevocationRange>, CrlError> {
    // An entry has at least two bytes: what was promised is not allocated.
    let mut ranges = Vec::with_capacity((count as usize).min(rest.len() / 2));
    let mut lowest_possible = Some(0u64);
    for _ in 0..count {
        let distance = varint(&mut rest)?;
        let more = varint(&mut rest)?;
        let range = lowest_possible
            .and_then(|lowest| lowest.checked_add(distance))
            .and_then(|first| Some((first, first.checked_add(more)?)))
            .map(|(first, last)| (RevocationId::from_u64(first), RevocationId::from_u64(last)))
            .and_then(|(first, last)| RevocationRange::new(first, last))
            .ok_or(CrlError::Malformed("list of ids"))?;
        lowest_possible = range.last().as_u64().checked_add(2);
        ranges.push(range);
    }
    if !rest.is_empty() {
        return Err(CrlError::Malformed("length"));
    }
    Ok(ranges)
}

fn take<const LEN: usize>(bytes: &[u8]) -> Result<([u8; LEN], &[u8]), CrlError> {
    bytes
        .split_first_chunk()
        .map(|(taken, rest)| (*taken, rest))
        .ok_or(CrlError::Malformed("length"))
}

/// Takes the shortest encoding only: one list has one form.
fn varint(rest: &mut &[u8]) -> Result<u64, CrlError> {
    let bad = CrlError::Malformed("list of ids");
    let before = *rest;
    let value = prost::encoding::decode_varint(rest).map_err(|_| bad.clone())?;
    let used = before.len() - rest.len();
    if used == prost::encoding::encoded_len_varint(value) {
        Ok(value)
    } else {
        Err(bad)
    }
}
