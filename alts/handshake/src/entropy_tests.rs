//! Tests of `entropy.rs`.

use std::collections::BTreeSet;

use super::*;

#[test]
fn no_byte_serves_two_purposes() {
    let entropy = Entropy::new(&std::array::from_fn(|i| i as u8));
    let parts: [&[u8]; 4] = [
        &entropy.random,
        &entropy.ephemeral,
        &entropy.ticket_nonce,
        &entropy.ticket_key,
    ];
    let distinct: BTreeSet<u8> = parts.concat().into_iter().collect();
    assert_eq!(distinct.len(), Entropy::LEN);
}
