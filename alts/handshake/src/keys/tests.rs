//! What the agreements and the schedule promise. Their known answers are in `tests/known_answers.rs`.

use hex_literal::hex;
use x25519_dalek::{PublicKey, StaticSecret};

use super::{
    schedule::{ResumptionSecret, SessionKeys, Transcript, TranscriptHash},
    *,
};

/// Certified and ephemeral, of the client and of the server.
fn keys() -> [StaticSecret; 4] {
    [0x11, 0x22, 0x33, 0x44].map(|byte| StaticSecret::from([byte; 32]))
}

fn transcript() -> (TranscriptHash, TranscriptHash) {
    let mut transcript = Transcript::default();
    transcript.add(b"frame-client-init");
    transcript.add(b"frame-server-init");
    let inits = transcript.hash();
    transcript.add(b"frame-server-finished");
    (inits, transcript.hash())
}

fn session() -> SessionKeys {
    let [c, ce, s, se] = keys();
    let secret = agree(Role::Client, [&c, &ce], [&s, &se].map(PublicKey::from)).unwrap();
    SessionKeys::full(&secret, transcript().0)
}

fn agree(
    role: Role,
    [certified, ephemeral]: [&StaticSecret; 2],
    theirs: [PublicKey; 2],
) -> Result<SharedSecret, NotAuthentic> {
    let theirs = PublicKeys {
        certified: &theirs[0],
        ephemeral: &theirs[1],
    };
    let ours = KeyPair {
        certified,
        ephemeral,
    };
    SharedSecret::agree(role, ours, theirs)
}

#[test]
fn both_sides_agree_and_each_of_the_four_keys_counts() {
    let [c, ce, s, se] = keys();
    let secret = |c: &StaticSecret, ce: &StaticSecret, s: &StaticSecret, se: &StaticSecret| {
        let client = agree(Role::Client, [c, ce], [s, se].map(PublicKey::from)).unwrap();
        let server = agree(Role::Server, [s, se], [c, ce].map(PublicKey::from)).unwrap();
        assert_eq!(client.as_bytes(), server.as_bytes());
        client.as_bytes().to_vec()
    };
    let other = StaticSecret::from([0x55; 32]);
    let all = [
        secret(&c, &ce, &s, &se),
        secret(&other, &ce, &s, &se),
        secret(&c, &other, &s, &se),
        secret(&c, &ce, &other, &se),
        secret(&c, &ce, &s, &other),
    ];
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    assert!(all.iter().all(|secret| secret.len() == 3 * 32));
}

#[test]
fn a_ticket_in_a_finished_message_is_part_of_its_proof() {
    let (inits, three) = transcript();
    let keys = session();
    let proofs: std::collections::BTreeSet<_> = [&b""[..], b"ticket-1", b"ticket-2"]
        .map(|ticket| keys.server_finished(inits, ticket))
        .into_iter()
        .chain([keys.client_finished(inits), keys.client_finished(three)])
        .collect();
    assert_eq!(proofs.len(), 5);
}

#[test]
fn a_resumed_session_cannot_be_read_with_its_ticket_alone() {
    let [ours, _, theirs, _] = keys();
    let [our_public, their_public] = [&ours, &theirs].map(PublicKey::from);
    let (inits, _) = transcript();
    let resume = |ours: &StaticSecret, theirs: &PublicKey| {
        let secret = ResumptionSecret::take(&mut vec![7; 32]).unwrap();
        let keys = secret.into_keys(ours, theirs, inits)?;
        Ok::<_, NotAuthentic>(*keys.record_key().as_bytes())
    };
    let key = resume(&ours, &their_public).unwrap();
    assert_eq!(key, resume(&theirs, &our_public).unwrap());
    assert_ne!(key, resume(&ours, &our_public).unwrap());
    let small_order = PublicKey::from([0; 32]);
    assert!(resume(&ours, &small_order).is_err());
}

#[test]
fn public_keys_of_small_order_are_refused() {
    // The points of order 1, 2, 4 and 8 on Curve25519, from the list at cr.yp.to/ecdh.html.
    let points = [
        [0; 32],
        hex!("0100000000000000000000000000000000000000000000000000000000000000"),
        hex!("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        hex!("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        hex!("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ];
    for point in points {
        let [certified, ephemeral, good, _] = keys();
        let good = PublicKey::from(&good);
        let point = PublicKey::from(point);
        for theirs in [[point, good], [good, point]] {
            for role in [Role::Client, Role::Server] {
                let refused = agree(role, [&certified, &ephemeral], theirs);
                assert_eq!(refused.err(), Some(NotAuthentic::SmallOrderKey));
            }
        }
    }
}

#[test]
fn secrets_print_as_nothing() {
    let keys = session();
    assert_eq!(format!("{keys:?}"), "SessionKeys(redacted)");
    let resumption = keys.resumption();
    assert_eq!(format!("{resumption:?}"), "ResumptionSecret(redacted)");
    let record = keys.record_key();
    assert_eq!(format!("{record:?}"), "RecordKey(redacted)");
    let [c, ce, s, se] = self::keys();
    let secret = agree(Role::Client, [&c, &ce], [&s, &se].map(PublicKey::from)).unwrap();
    assert_eq!(format!("{secret:?}"), "SharedSecret(redacted)");
}
