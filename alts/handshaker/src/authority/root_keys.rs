//! The authority's root keys, and how one replaces another. Pure.
//!
//! ```text
//!   generation 1      signs: A                         machines pin A
//!   rotate            signs: A     published: B A      whoever knows A learns of B
//!   a lead later      signs: B     published: B A      nobody is surprised by B
//!   retire            signs: B     published: B        A's certificates are refused from now on
//! ```
//!
//! Every statement of roots is signed by all keys that there are when it is made. The one that
//! retires a key still bears that key's signature: a machine that slept through the overlap can
//! follow.

use std::time::Duration;

use ed25519_dalek::{SigningKey, VerifyingKey};
use prost::Message;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{
    proto,
    statement::{MAX_ROOTS, Subject, sign},
};
use crate::handshake::{RootKey, Seed, Timestamp};

/// Why the keys cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RotationError {
    /// So many keys in use are a mistake.
    #[error("there are {MAX_ROOTS} root keys already; retire the old ones first")]
    TooMany,
    /// The new key does not sign yet.
    #[error("the newest root key does not sign for another {0} s; wait until it does")]
    Pending(u64),
    /// Nothing to retire.
    #[error("there is one root key only, the one that signs; rotate first")]
    NothingToRetire,
}

/// One key that signs, and those that are on their way out.
#[derive(Clone)]
pub struct RootKeys {
    /// Never empty; newest first.
    seeds: Vec<Seed>,
    /// When the newest begins to sign; the one before it signs until then.
    signs_from: Timestamp,
    generation: u64,
    statement: proto::Signed,
}

impl RootKeys {
    /// A first key.
    pub fn new(seed: Seed, now: Timestamp) -> Self {
        Self::stated(vec![seed.clone()], &[seed], 1, now)
    }

    /// Keys that sign at once, and their statement.
    fn stated(seeds: Vec<Seed>, signers: &[Seed], generation: u64, now: Timestamp) -> Self {
        let key = |seed: &Seed| SigningKey::from_bytes(seed);
        let body = proto::RootsBody {
            generation,
            issued_at_s: now.as_unix_s(),
            keys: seeds
                .iter()
                .map(|seed| key(seed).verifying_key().as_bytes().to_vec())
                .collect(),
        };
        let signers: Vec<SigningKey> = signers.iter().map(key).collect();
        let statement = sign(Subject::Roots, &body, &signers);
        Self {
            seeds,
            signs_from: now,
            generation,
            statement,
        }
    }

    /// A new key is published now and signs when `lead` has passed; the others stay published.
    ///
    /// # Errors
    /// [`RotationError::TooMany`]; [`RotationError::Pending`] when the last one does not sign yet.
    pub fn rotated(
        &self,
        seed: Seed,
        lead: Duration,
        now: Timestamp,
    ) -> Result<Self, RotationError> {
        self.check_settled(now)?;
        if self.seeds.len() >= MAX_ROOTS {
            return Err(RotationError::TooMany);
        }
        let mut seeds = vec![seed];
        seeds.extend(self.seeds.iter().cloned());
        let signers = seeds.clone();
        let stated = Self::stated(seeds, &signers, self.generation + 1, now);
        Ok(Self {
            signs_from: now.after(lead),
            ..stated
        })
    }

    fn check_settled(&self, now: Timestamp) -> Result<(), RotationError> {
        match self.signs_from.as_unix_s().saturating_sub(now.as_unix_s()) {
            0 => Ok(()),
            left_s if self.seeds.len() > 1 => Err(RotationError::Pending(left_s)),
            _ => Ok(()),
        }
    }

    /// Forgets all keys but the one that signs.
    ///
    /// # Errors
    /// [`RotationError::NothingToRetire`]; [`RotationError::Pending`].
    pub fn retired(&self, now: Timestamp) -> Result<Self, RotationError> {
        self.check_settled(now)?;
        if self.seeds.len() == 1 {
            return Err(RotationError::NothingToRetire);
        }
        let kept = vec![self.seeds[0].clone()];
        Ok(Self::stated(kept, &self.seeds, self.generation + 1, now))
    }

    /// The key that signs certificates and lists at `now`.
    pub fn signing(&self, now: Timestamp) -> RootKey {
        let settled = self.check_settled(now).is_ok();
        RootKey::new(&self.seeds[usize::from(!settled)])
    }

    /// When the newest key begins to sign, or began.
    pub fn signs_from(&self) -> Timestamp {
        self.signs_from
    }

    /// Signs a statement with every key, so that whoever knows any of them believes it.
    pub(crate) fn state(&self, subject: Subject, body: &impl Message) -> proto::Signed {
        sign(subject, body, &self.signing_keys().collect::<Vec<_>>())
    }

    /// What verifiers need; newest first.
    pub fn public(&self) -> Vec<VerifyingKey> {
        self.signing_keys().map(|key| key.verifying_key()).collect()
    }

    /// Grows by one with every change.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// What is published of them.
    pub fn statement(&self) -> &proto::Signed {
        &self.statement
    }

    fn signing_keys(&self) -> impl Iterator<Item = SigningKey> + '_ {
        self.seeds.iter().map(|seed| SigningKey::from_bytes(seed))
    }
}

impl std::fmt::Debug for RootKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "RootKeys({} of generation {}, redacted)",
            self.seeds.len(),
            self.generation
        )
    }
}

/// The keys as a file's contents.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(crate) struct RootKeysRecord {
    /// The newest Ed25519 seed, 64 hexadecimal digits. Secret.
    signing_key_hex: String,
    /// The others'. Secret.
    #[serde(default)]
    retiring_keys_hex: Vec<String>,
    /// When the first one begins to sign.
    #[serde(default)]
    signs_from_s: u64,
    /// The published statement. Absent in files of before there was one.
    #[serde(default)]
    statement_hex: String,
}

impl From<&RootKeys> for RootKeysRecord {
    fn from(keys: &RootKeys) -> Self {
        let mut seeds = keys.seeds.iter().map(|seed| hex(seed.as_slice()));
        Self {
            signing_key_hex: seeds.next().expect("a key always signs"),
            retiring_keys_hex: seeds.collect(),
            signs_from_s: keys.signs_from.as_unix_s(),
            statement_hex: hex(&keys.statement.encode_to_vec()),
        }
    }
}

impl RootKeysRecord {
    /// `now`: for the statement, if the file has none.
    pub(crate) fn keys(&self, now: Timestamp) -> Result<RootKeys, String> {
        let mut seeds = vec![seed("signing_key_hex", &self.signing_key_hex)?];
        for retiring in &self.retiring_keys_hex {
            seeds.push(seed("retiring_keys_hex", retiring)?);
        }
        if self.statement_hex.is_empty() {
            let signers = seeds.clone();
            return Ok(RootKeys::stated(seeds, &signers, 1, now));
        }
        let bad = || "statement_hex is no statement about these keys".to_owned();
        let bytes = unhex(&self.statement_hex).ok_or_else(bad)?;
        let statement = proto::Signed::decode(bytes.as_slice()).map_err(|_| bad())?;
        let body = proto::RootsBody::decode(statement.body.as_slice()).map_err(|_| bad())?;
        let signs_from = Timestamp::from_unix_s(self.signs_from_s);
        let keys = RootKeys {
            seeds,
            signs_from,
            generation: body.generation,
            statement,
        };
        let public = keys.public();
        let same = body
            .keys
            .iter()
            .map(Vec::as_slice)
            .eq(public.iter().map(|key| &key.as_bytes()[..]));
        if same { Ok(keys) } else { Err(bad()) }
    }
}

fn seed(field: &str, digits: &str) -> Result<Seed, String> {
    // The digits are never quoted: they may be most of a key.
    let bytes = unhex(digits).and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
    bytes
        .map(Zeroizing::new)
        .ok_or_else(|| format!("{field} must be 64 hexadecimal digits"))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    // Sized beforehand, so that growing leaves no copy of a key behind.
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        for nibble in [byte >> 4, byte & 0xf] {
            digits.push(char::from_digit(nibble.into(), 16).expect("a nibble is a digit"));
        }
    }
    digits
}

pub(crate) fn unhex(digits: &str) -> Option<Zeroizing<Vec<u8>>> {
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let nibble = |digit: &u8| char::from(*digit).to_digit(16);
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 2));
    for pair in digits.as_bytes().chunks_exact(2) {
        let byte = nibble(&pair[0])? << 4 | nibble(&pair[1])?;
        bytes.push(u8::try_from(byte).expect("two digits are below 256"));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::statement::KnownRoots;

    fn first() -> RootKeys {
        RootKeys::new(Seed::new([1; 32]), Timestamp::from_unix_s(5))
    }

    fn reread(keys: &RootKeys) -> RootKeys {
        let json = serde_json::to_string(&RootKeysRecord::from(keys)).unwrap();
        let record: RootKeysRecord = serde_json::from_str(&json).unwrap();
        record.keys(Timestamp::from_unix_s(99)).unwrap()
    }

    #[test]
    fn a_rotation_overlaps_and_a_file_keeps_it() {
        let (now, later) = (Timestamp::from_unix_s(10), Timestamp::from_unix_s(40));
        let (seed, lead) = (Seed::new([2; 32]), Duration::from_secs(30));
        let a = first();
        let machine = KnownRoots::pinned(a.public());
        let ab = reread(&a.rotated(seed.clone(), lead, now).unwrap());
        assert_eq!(ab.public().len(), 2);
        let pending = RotationError::Pending(30);
        assert_eq!(ab.rotated(seed, lead, now).unwrap_err(), pending);
        assert_eq!(ab.retired(now).unwrap_err(), pending);
        assert_eq!(ab.signing(now).id(), a.signing(now).id());
        assert_ne!(ab.signing(later).id(), a.signing(later).id());
        let machine = machine.learn(ab.statement()).unwrap().unwrap();
        assert_eq!(machine.keys(), ab.public());

        let b = reread(&ab.retired(later).unwrap());
        assert_eq!((b.generation(), b.public().len()), (3, 1));
        assert_eq!(
            machine.learn(b.statement()).unwrap().unwrap().keys(),
            b.public()
        );
        let asleep = KnownRoots::pinned(a.public());
        assert_eq!(
            asleep.learn(b.statement()).unwrap().unwrap().keys(),
            b.public()
        );
        assert_eq!(
            b.retired(later).unwrap_err(),
            RotationError::NothingToRetire
        );
    }

    #[test]
    fn rotations_do_not_pile_up() {
        let mut keys = first();
        let now = Timestamp::from_unix_s(5);
        for seed in 2..=8 {
            keys = keys
                .rotated(Seed::new([seed; 32]), Duration::ZERO, now)
                .unwrap();
        }
        let one_more = keys.rotated(Seed::new([9; 32]), Duration::ZERO, now);
        assert_eq!(one_more.unwrap_err(), RotationError::TooMany);
    }

    #[test]
    fn a_file_of_before_rotation_is_read_and_a_damaged_one_does_not_become_a_key() {
        let old = format!("{{\"signing_key_hex\": \"{}\"}}", "01".repeat(32));
        let record: RootKeysRecord = serde_json::from_str(&old).unwrap();
        let keys = record.keys(Timestamp::from_unix_s(5)).unwrap();
        assert_eq!(keys.statement(), first().statement());

        for damaged in ["", "00", &"g".repeat(64), &"é".repeat(32), &"0".repeat(63)] {
            let record = RootKeysRecord {
                signing_key_hex: damaged.to_owned(),
                retiring_keys_hex: vec![],
                signs_from_s: 0,
                statement_hex: String::new(),
            };
            let error = record.keys(Timestamp::from_unix_s(5)).unwrap_err();
            assert!(
                error.contains("signing_key_hex") && !error.contains("ggg"),
                "{error}"
            );
        }
        let mut other = RootKeysRecord::from(&first());
        other.signing_key_hex = "02".repeat(32);
        assert!(
            other
                .keys(Timestamp::from_unix_s(5))
                .unwrap_err()
                .contains("statement_hex")
        );
    }
}
