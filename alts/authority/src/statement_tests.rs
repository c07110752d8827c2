//! Tests of `statement.rs`.

use alts_handshake::{Signed, wire};
use ed25519_dalek::SigningKey;

use super::*;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn roots(generation: u64, keys: &[&SigningKey]) -> proto::RootsBody {
    proto::RootsBody {
        generation,
        issued_at_s: 1,
        keys: keys
            .iter()
            .map(|k| k.verifying_key().as_bytes().to_vec())
            .collect(),
    }
}

#[test]
fn a_new_root_is_learnt_from_an_old_one_and_the_old_one_is_forgotten_in_turn() {
    let (old, new, stranger) = (key(1), key(2), key(3));
    let known = TrustAnchors::pinned(vec![old.verifying_key()]);

    let overlap = Signed::new(&roots(2, &[&new, &old]), [&new, &old]);
    let both = known.learn(&overlap).unwrap().unwrap();
    assert_eq!(both.keys(), [new.verifying_key(), old.verifying_key()]);
    assert_eq!(both.learn(&overlap), Ok(None));

    let retired = Signed::new(&roots(3, &[&new]), [&new, &old]);
    let after = both.learn(&retired).unwrap().unwrap();
    assert_eq!(after.keys(), [new.verifying_key()]);
    // Who slept through the overlap still learns of it.
    assert_eq!(known.learn(&retired).unwrap().unwrap(), after);
    assert_eq!(
        after.learn(&overlap),
        Ok(None),
        "an old statement changes nothing"
    );

    let usurped = Signed::new(&roots(9, &[&stranger]), [&stranger]);
    assert_eq!(after.learn(&usurped), Err(StatementError::UnknownSigner));
    let by_the_old = Signed::new(&roots(9, &[&stranger]), [&old]);
    assert_eq!(after.learn(&by_the_old), Err(StatementError::UnknownSigner));
}

#[test]
fn what_is_wrong_with_a_statement_is_named() {
    let root = key(1);
    let known = TrustAnchors::pinned(vec![root.verifying_key()]);
    let good = Signed::new(&roots(1, &[&root]), [&root]);

    let changed = |change: fn(&mut wire::Signed)| {
        let mut envelope = wire::Signed::from(good.clone());
        change(&mut envelope);
        SignedRoots::from(envelope)
    };
    let flipped = changed(|e| e.signatures[0].signature[5] ^= 1);
    let altered = changed(|e| e.body[1] ^= 1);
    let unsigned = changed(|e| e.signatures.clear());
    let states = Signed::new(&proto::AccountStatesBody::default(), [&root]);
    let other = SignedRoots::from(wire::Signed::from(states));
    let empty = Signed::new(&roots(1, &[]), [&root]);
    let many: Vec<SigningKey> = (1..=9).map(key).collect();
    let crowd = Signed::new(&roots(1, &many.iter().collect::<Vec<_>>()), [&root]);
    let mut short = roots(1, &[&root]);
    short.keys[0].pop();
    let short = Signed::new(&short, [&root]);
    for (statement, expected) in [
        (flipped, StatementError::BadSignature),
        (altered, StatementError::BadSignature),
        (unsigned, StatementError::UnknownSigner),
        (other, StatementError::BadSignature),
        (empty, StatementError::Malformed),
        (crowd, StatementError::Malformed),
        (short, StatementError::Malformed),
    ] {
        assert_eq!(known.learn(&statement), Err(expected));
    }
}
