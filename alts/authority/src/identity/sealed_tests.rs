//! Whom a sealed token opens for: the root key's owner, for the claim that it was sealed with.

use alts_handshake::{MachineName, Timestamp};

use super::*;
use crate::identity::Question;

const TOKEN: &str = "eyJhbGciOi.eyJpc3MiOi.c2lnbmF0dXJl";

fn with_claim<T>(nonce: u8, key: u8, look: impl FnOnce(&Claim<'_>) -> T) -> T {
    look(&Claim {
        machine: &MachineName::parse("pod-1").unwrap(),
        account: &"web@cluster".parse().unwrap(),
        question: Question::Certificate(&[key; 32]),
        nonce: &[nonce; 16],
        asked_at: Timestamp::from_unix_s(3),
    })
}

fn root(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn sealed() -> Vec<u8> {
    with_claim(1, 1, |claim| seal(TOKEN, claim, &root(1).verifying_key())).unwrap()
}

fn opened(sealed: &[u8], nonce: u8, key: u8, roots: &[u8]) -> Option<String> {
    let roots = roots.iter().map(|seed| root(*seed));
    with_claim(nonce, key, |claim| open(sealed, claim, roots)).map(|token| token.to_string())
}

#[test]
fn a_token_opens_for_its_root_key_and_its_claim_alone() {
    let sealed = sealed();
    assert_eq!(opened(&sealed, 1, 1, &[1]).as_deref(), Some(TOKEN));
    // While one root key replaces another.
    assert_eq!(opened(&sealed, 1, 1, &[3, 2, 1]).as_deref(), Some(TOKEN));
    assert_eq!(opened(&sealed, 1, 1, &[2]), None);
    assert_eq!(opened(&sealed, 1, 1, &[]), None);
    // Who heard it on the wire has another key to certify, or a later moment.
    assert_eq!(opened(&sealed, 1, 2, &[1]), None);
    assert_eq!(opened(&sealed, 2, 1, &[1]), None);
}

#[test]
fn nothing_of_the_token_travels_and_a_change_anywhere_is_noticed() {
    let sealed = sealed();
    assert_eq!(sealed.len(), 32 + TOKEN.len() + 16);
    assert!(
        !sealed
            .windows(4)
            .any(|window| TOKEN.as_bytes().windows(4).any(|w| w == window))
    );
    assert_ne!(sealed, self::sealed(), "each seal is another");
    for at in 0..sealed.len() {
        let mut bytes = sealed.clone();
        // The lowest bit: the highest one of an X25519 key does not count (RFC 7748, section 5).
        bytes[at] ^= 1;
        assert_eq!(opened(&bytes, 1, 1, &[1]), None, "at {at}");
    }
    for len in 0..sealed.len() {
        assert_eq!(opened(&sealed[..len], 1, 1, &[1]), None, "{len} bytes");
    }
}

#[test]
fn a_root_key_that_everybody_has_is_sealed_to_by_nobody() {
    // The point of order 1: whatever is agreed on with it is zero.
    let mut identity = [0; 32];
    identity[0] = 1;
    let nobody = VerifyingKey::from_bytes(&identity).unwrap();
    assert!(with_claim(1, 1, |claim| seal(TOKEN, claim, &nobody)).is_err());
}
