//! Revocation lists: what they say, who may say it, and what they do to chains.

use proptest::prelude::*;
use prost::Message;

use super::*;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn root(seed: u8) -> RootKey {
    RootKey::new(&Seed::new([seed; 32]))
}

fn roots(seed: u8) -> Roots {
    Roots::from([root(seed).public()])
}

fn range(first: u64, last: u64) -> RevocationRange {
    let [first, last] = [first, last].map(RevocationId::from_u64);
    RevocationRange::new(first, last).unwrap()
}

fn signed(revoked: impl IntoIterator<Item = RevocationRange>) -> Vec<u8> {
    let revoked = revoked.into_iter().collect();
    root(1).sign_crl(&revoked, Validity::starting(NOW, DAY))
}

fn trust_with(crl: Option<&[u8]>, revocation: RevocationRule) -> PeerVerifier {
    let crl = crl.map(|bytes| Arc::new(Crl::open(bytes, &roots(1)).unwrap()));
    PeerVerifier::new(roots(1), Policy::default(), crl, revocation)
}

#[test]
fn either_certificate_of_a_chain_can_be_revoked() {
    let credential = credential(CLIENT);
    let chain = trust(1).verify(credential.certificate(), NOW).unwrap();
    let (machine, own) = (chain.peer.machine_revocation_id, chain.peer.revocation_id);
    assert_eq!(own, credential.revocation_id());
    let workloads = RevocationRange::of_workloads(77);
    assert!(workloads.contains(own));
    let cases = [
        (RevocationRange::from(machine), Some(machine)),
        (RevocationRange::from(own), Some(own)),
        (workloads, Some(own)),
        (RevocationRange::of_workloads(78), None),
        (range(machine.as_u64() + 1, machine.as_u64() + 9), None),
    ];
    for (revoked, refused) in cases {
        let trust = trust_with(Some(&signed([revoked])), RevocationRule::Required);
        let verified = trust.verify(credential.certificate(), NOW);
        assert_eq!(verified.err(), refused.map(CertificateError::Revoked));
    }
}

#[test]
fn a_revoked_client_is_told_so_and_its_server_keeps_no_keys() {
    let mut pair = Pair::default();
    let revoked = pair.client.credential.revocation_id();
    let crl = signed([revoked.into()]);
    pair.server_verifier = Arc::new(trust_with(Some(&crl), RevocationRule::IfKnown));
    let (client, server) = drive(&pair, |_, _| {});
    assert_eq!(
        server.error(),
        HandshakeError::Certificate(CertificateError::Revoked(revoked))
    );
    assert!(client.error().to_string().contains("it is revoked"));
}

#[test]
fn a_list_that_is_missing_or_old_refuses_everybody_only_where_it_is_required() {
    use RevocationRule::{IfKnown, Required};
    let certificate = credential(CLIENT);
    let other = signed([range(0x0200_0000_0000_0001, 0x0200_0000_0000_0001)]);
    let long_ago = RootKey::sign_crl(
        &root(1),
        &RevokedIds::default(),
        Validity {
            not_before: Timestamp::from_unix_s(1),
            not_after: Timestamp::from_unix_s(NOW.as_unix_s() - 300),
        },
    );
    let cases = [
        (None, IfKnown, None),
        (None, Required, Some(CertificateError::NoRevocationList)),
        (Some(&other), Required, None),
        (Some(&long_ago), IfKnown, None),
        (
            Some(&long_ago),
            Required,
            Some(CertificateError::StaleRevocationList { seconds: 300 }),
        ),
    ];
    for (crl, rule, refused) in cases {
        let trust = trust_with(crl.map(Vec::as_slice), rule);
        let verified = trust.verify(certificate.certificate(), NOW);
        assert_eq!(verified.err(), refused);
    }
}

#[test]
fn what_an_old_list_names_stays_refused() {
    let credential = credential(CLIENT);
    let revoked = RevokedIds::from_iter([credential.revocation_id().into()]);
    let old = Validity {
        not_before: Timestamp::from_unix_s(1),
        not_after: Timestamp::from_unix_s(2),
    };
    let crl = root(1).sign_crl(&revoked, old);
    let trust = trust_with(Some(&crl), RevocationRule::IfKnown);
    assert!(trust.verify(credential.certificate(), NOW).is_err());
}

#[test]
fn a_chain_that_was_believed_before_is_refused_once_it_is_revoked() {
    let credential = credential(CLIENT);
    let (before, after) = (
        trust_with(Some(&signed([])), RevocationRule::Required),
        trust_with(
            Some(&signed([credential.revocation_id().into()])),
            RevocationRule::Required,
        ),
    );
    let chain = before.verify(credential.certificate(), NOW).unwrap();
    assert!(before.verify(credential.certificate(), NOW).is_ok());
    assert!(before.revalidate(&chain.peer, NOW).is_ok());
    assert!(after.revalidate(&chain.peer, NOW).is_err());
}

#[test]
fn only_a_trusted_authority_can_revoke() {
    let list = signed([range(1 << 57, 1 << 57)]);
    assert!(Crl::open(&list, &roots(1)).is_ok());
    let refused = Crl::open(&list, &roots(2)).err();
    assert_eq!(refused, Some(CrlError::UnknownAuthority(root(1).id())));
    // A stranger who claims the right key's name.
    let mut forged = root(2).sign_crl(&RevokedIds::default(), Validity::starting(NOW, DAY));
    let mut envelope = wire::Signed::decode(forged.as_slice()).unwrap();
    envelope.signatures[0].signer = root(1).id().as_bytes().to_vec();
    forged = envelope.encode_to_vec();
    assert_eq!(
        Crl::open(&forged, &roots(1)).err(),
        Some(CrlError::BadSignature)
    );
}

#[test]
fn no_byte_of_a_list_can_be_changed_or_left_out() {
    let list = signed([
        range(5, 9),
        range(1 << 57, 1 << 58),
        range(u64::MAX, u64::MAX),
    ]);
    let roots = roots(1);
    for at in 0..list.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut bytes = list.clone();
            bytes[at] ^= mask;
            assert!(Crl::open(&bytes, &roots).is_err(), "byte {at} ^ {mask:#x}");
        }
    }
    for len in 0..list.len() {
        assert!(Crl::open(&list[..len], &roots).is_err(), "cut to {len}");
    }
    let longer = [list.as_slice(), &[0]].concat();
    assert!(Crl::open(&longer, &roots).is_err());
    let endless = vec![0; MAX_CRL_LEN + 1];
    let refused = Crl::open(&endless, &roots).err();
    assert_eq!(refused, Some(CrlError::TooLong(MAX_CRL_LEN + 1)));
}

/// A list of the right authority with any ranges.
fn odd_list(ranges: Vec<u64>, next_update_s: u64) -> Vec<u8> {
    let body = wire::CrlBody {
        issued_at_s: NOW.as_unix_s(),
        next_update_s,
        ranges,
    };
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    Signed::new(&body, [&key]).encode()
}

#[test]
fn a_list_with_a_good_signature_and_a_bad_body_is_refused() {
    let later = NOW.as_unix_s() + 1;
    let cases: Vec<(Vec<u64>, u64, &str)> = vec![
        (vec![], NOW.as_unix_s(), "validity"),
        (vec![5], later, "list of ids"),
        (vec![5, 0, 5], later, "list of ids"),
        // Beyond the numbers there are.
        (vec![u64::MAX, 1], later, "list of ids"),
        (vec![u64::MAX, 0, 0, 0], later, "list of ids"),
    ];
    for (ranges, next_update, what) in cases {
        let list = odd_list(ranges.clone(), next_update);
        let refused = Crl::open(&list, &roots(1)).err();
        assert_eq!(refused, Some(CrlError::Malformed(what)), "{ranges:?}");
    }
    assert!(Crl::open(&odd_list(vec![5, 0], later), &roots(1)).is_ok());
    // Bytes that are no list at all, and another kind of body.
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let other = Signed::new(&wire::MasterBody::default(), [&key]).encode();
    let refused = Crl::open(&other, &roots(1)).err();
    assert_eq!(refused, Some(CrlError::BadSignature));
}

#[test]
fn a_list_replaces_older_ones_and_none_of_its_own_second() {
    let revoking = |seconds, ids: Option<RevocationRange>| {
        let validity = Validity::starting(NOW.after(Duration::from_secs(seconds)), DAY);
        let list = root(1).sign_crl(&ids.into_iter().collect(), validity);
        Crl::open(&list, &roots(1)).unwrap()
    };
    let (old, new) = (revoking(0, None), revoking(60, None));
    let other = revoking(60, Some(range(5, 9)));
    // Whichever came first, the second would undo what the first one says.
    assert_eq!(other.check_replaces(&new), Err(CrlError::SameTime));
    assert_eq!(new.check_replaces(&other), Err(CrlError::SameTime));
    assert_eq!(new.check_replaces(&old), Ok(()));
    assert_eq!(new.check_replaces(&new), Ok(()));
    let refused = old.check_replaces(&new);
    assert_eq!(refused, Err(CrlError::Older { seconds: 60 }));
}

#[test]
fn a_thousand_revoked_machines_take_a_few_bytes_each() {
    let machine = |serial: u64| RevocationId::of_master(serial * 37).into();
    let list = signed((0..1000u64).map(machine));
    assert!(list.len() < 36 + 64 + 1000 * 3 + 16, "{} bytes", list.len());
}

proptest! {
    #[test]
    fn a_list_holds_exactly_what_was_put_in(
        ranges in prop::collection::vec((0u64..200, 0u64..9), 0..40),
        far in prop::collection::vec((any::<u64>(), 0u64..3), 0..5),
    ) {
        let ranges: Vec<(u64, u64)> = ranges.into_iter().chain(far)
            .map(|(first, more)| (first, first.saturating_add(more)))
            .collect();
        let list = signed(ranges.iter().map(|(first, last)| range(*first, *last)));
        let crl = Crl::open(&list, &roots(1)).unwrap();
        let edges = ranges.iter().flat_map(|(first, last)| {
            [first.saturating_sub(1), *first, *last, last.saturating_add(1)]
        });
        for id in edges.chain(0..220) {
            let expected = ranges.iter().any(|(first, last)| (*first..=*last).contains(&id));
            prop_assert_eq!(crl.contains(RevocationId::from_u64(id)), expected, "{}", id);
        }
        // What is read is written the same again.
        prop_assert_eq!(signed(crl.revoked().ranges()), list);
    }

    #[test]
    fn junk_is_no_list(junk in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Crl::open(&junk, &roots(1)).is_err());
    }

    #[test]
    fn any_numbers_are_decided_without_a_panic(
        ranges in prop::collection::vec(any::<u64>(), 0..300),
    ) {
        let _ = Crl::open(&odd_list(ranges, u64::MAX), &roots(1));
    }
}
