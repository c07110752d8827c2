//! The randomness of one side of one handshake, divided by purpose: no byte serves two.

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// 32 uniformly random bytes that become a private key.
pub type Seed = Zeroizing<[u8; 32]>;

/// The randomness of one side of one handshake.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Entropy {
    pub(crate) random: [u8; 32],
    pub(crate) ephemeral: [u8; 32],
    /// Seals the ticket that the server gives.
    pub(crate) ticket_nonce: [u8; 12],
    /// Should a new key for tickets be due.
    ticket_key: [u8; 32],
}

impl Entropy {
    /// Bytes it takes.
    pub const LEN: usize = 32 + 32 + 12 + 32;

    /// From uniformly random bytes, never used before.
    pub fn new(bytes: &[u8; Self::LEN]) -> Self {
        let mut rest = bytes.as_slice();
        Self {
            random: take(&mut rest),
            ephemeral: take(&mut rest),
            ticket_nonce: take(&mut rest),
            ticket_key: take(&mut rest),
        }
    }

    pub(crate) fn ticket_key(&self) -> Seed {
        Zeroizing::new(self.ticket_key)
    }
}

fn take<const LEN: usize>(bytes: &mut &[u8]) -> [u8; LEN] {
    let (taken, rest) = bytes
        .split_first_chunk()
        .expect("Entropy::LEN is the sum of what is taken");
    *bytes = rest;
    *taken
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy(redacted)")
    }
}

#[cfg(test)]
#[path = "entropy_tests.rs"]
mod tests;
