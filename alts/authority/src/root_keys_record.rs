//! The root keys as a file's contents.

use alts_daemon::hex::{hex, unhex};
use alts_handshake::{Seed, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{root_keys::RootKeys, statement::SignedRoots};

/// The keys as a file's contents.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(crate) struct RootKeysRecord {
    /// The newest Ed25519 seed, 64 hexadecimal digits. Secret.
    pub(super) signing_key_hex: String,
    /// The others'. Secret.
    #[serde(default)]
    pub(super) retiring_keys_hex: Vec<String>,
    /// When the first one begins to sign.
    #[serde(default)]
    pub(super) signs_from_s: u64,
    /// The published statement. Absent in files of before there was one.
    #[serde(default)]
    pub(super) statement_hex: String,
}

impl From<&RootKeys> for RootKeysRecord {
    fn from(keys: &RootKeys) -> Self {
        let mut seeds = keys.seeds.iter().map(|seed| hex(seed.as_slice()));
        Self {
            signing_key_hex: seeds.next().expect("a key always signs"),
            retiring_keys_hex: seeds.collect(),
            signs_from_s: keys.signs_from.as_unix_s(),
            statement_hex: hex(&keys.statement.encode()),
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
        let statement = SignedRoots::decode(&bytes).map_err(|_| bad())?;
        let body = statement.peek().map_err(|_| bad())?;
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
