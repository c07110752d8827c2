//! The randomness of one side of one handshake, divided by purpose: no byte serves two.

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Seed, ticket::TicketNonce};

/// The randomness of one side of one handshake.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Entropy {
    first: Attempt,
    again: Attempt,
    ticket_key: [u8; 32],
}

/// What one ClientInit or ServerInit takes, and the ticket that goes with it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Attempt {
    pub(crate) random: [u8; 32],
    pub(crate) ephemeral: [u8; 32],
    pub(crate) ticket_nonce: TicketNonce,
}

impl Attempt {
    const LEN: usize = 32 + 32 + 12;

    fn take(bytes: &mut &[u8]) -> Self {
        Self {
            random: take(bytes),
            ephemeral: take(bytes),
            ticket_nonce: take(bytes),
        }
    }
}

impl Entropy {
    /// Bytes it takes.
    pub const LEN: usize = 2 * Attempt::LEN + 32;

    /// From uniformly random bytes, never used before.
    pub fn new(bytes: &[u8; Self::LEN]) -> Self {
        let mut rest = bytes.as_slice();
        Self {
            first: Attempt::take(&mut rest),
            again: Attempt::take(&mut rest),
            ticket_key: take(&mut rest),
        }
    }

    /// For the handshake, or for the one that takes its place should it begin again.
    pub(crate) fn attempt(&self, is_again: bool) -> &Attempt {
        if is_again { &self.again } else { &self.first }
    }

    /// Should a new resumption key be due.
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
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_byte_serves_two_purposes() {
        let entropy = Entropy::new(&std::array::from_fn(|i| i as u8));
        let key = entropy.ticket_key();
        let parts: [&[u8]; 7] = [
            &entropy.first.random,
            &entropy.first.ephemeral,
            &entropy.first.ticket_nonce,
            &entropy.again.random,
            &entropy.again.ephemeral,
            &entropy.again.ticket_nonce,
            key.as_slice(),
        ];
        let distinct: BTreeSet<u8> = parts.concat().into_iter().collect();
        assert_eq!(distinct.len(), Entropy::LEN);
    }
}
