//! Tests of `signed.rs`.

use super::*;

fn keys() -> [SigningKey; 3] {
    [7, 8, 9].map(|seed| SigningKey::from_bytes(&[seed; 32]))
}

fn open<Body: SignedBody>(
    signed: &Signed<Body>,
    known: &[VerifyingKey],
) -> Result<(Body, KeyId), SignedError> {
    signed.open(|id| known.iter().find(|key| KeyId::of(key) == id))
}

#[test]
fn a_signature_under_one_label_is_none_under_another() {
    let [key, ..] = keys();
    let known = [key.verifying_key()];
    let master = Signed::new(&wire::MasterBody::default(), [&key]);
    assert!(open(&master, &known).is_ok());
    let relabelled = Signed::<wire::HandshakeBody>::decode(&master.encode()).unwrap();
    assert_eq!(
        open(&relabelled, &known).unwrap_err(),
        SignedError::BadSignature
    );
}

#[test]
fn any_known_signer_is_enough_and_strangers_are_passed_over() {
    let [one, two, stranger] = keys();
    let body = wire::CrlBody {
        issued_at_s: 1,
        ..Default::default()
    };
    let [a, b, c] = [&one, &two, &stranger].map(SigningKey::verifying_key);
    let signed = Signed::new(&body, [&one, &two]);
    for (known, signer) in [(&[a, b][..], a), (&[b], b), (&[c, b], b)] {
        let opened = open(&signed, known).unwrap();
        assert_eq!(opened, (body.clone(), KeyId::of(&signer)));
    }
    let by_nobody_known = open(&signed, &[c]).unwrap_err();
    assert_eq!(
        by_nobody_known,
        SignedError::UnknownSigner(Some(KeyId::of(&a)))
    );
    let unsigned = Signed::new(&body, []);
    let refused = open(&unsigned, &[a]).unwrap_err();
    assert_eq!(refused, SignedError::UnknownSigner(None));
    // Beyond the bound nobody looks.
    let many = std::iter::repeat_n(&stranger, MAX_SIGNATURES).chain([&one]);
    assert!(open(&Signed::new(&body, many), &[a]).is_err());
}
