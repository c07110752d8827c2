//! Randomness from the operating system, as pure code is given it.

use alts_handshake::{Entropy, Seed};
use zeroize::Zeroizing;

/// The operating system gives no randomness. Nothing secret can be made then.
#[derive(Clone, Debug, thiserror::Error)]
#[error(
    "the operating system gives no random bytes: {0}; allow this process the getrandom system call"
)]
pub struct NoEntropy(getrandom::Error);

/// A seed for a private key.
pub fn seed() -> Result<Seed, NoEntropy> {
    random()
}

/// The randomness of one side of one handshake.
pub fn handshake_entropy() -> Result<Entropy, NoEntropy> {
    random().map(|bytes| Entropy::new(&bytes))
}

/// A number for an identifier.
pub fn number() -> Result<u64, NoEntropy> {
    random().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Makes a question one of its kind.
pub fn nonce() -> Result<[u8; 16], NoEntropy> {
    random().map(|bytes| *bytes)
}

/// Spreads waits: 0 to 1. Without randomness everybody waits for the same time, which is no secret.
pub fn fraction() -> f64 {
    let [low, high, ..] = number().unwrap_or_default().to_le_bytes();
    f64::from(u16::from_le_bytes([low, high])) / f64::from(u16::MAX)
}

fn random<const LEN: usize>() -> Result<Zeroizing<[u8; LEN]>, NoEntropy> {
    let mut bytes = Zeroizing::new([0; LEN]);
    getrandom::fill(bytes.as_mut_slice()).map_err(NoEntropy)?;
    Ok(bytes)
}
