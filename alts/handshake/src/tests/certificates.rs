//! When chains are believed: roots that come and go, clocks that differ, and what is remembered.

use super::*;

const SKEW_S: u64 = MAX_CLOCK_SKEW.as_secs();

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_s(NOW.as_unix_s().checked_add_signed(seconds).unwrap())
}

#[test]
fn an_unknown_authority_is_refused_by_either_side() {
    let pair = Pair {
        server_verifier: trust(2),
        ..Pair::default()
    };
    let (client, server) = drive(&pair, |_, _| {});
    let refused = server.error();
    assert!(matches!(
        refused,
        HandshakeError::Certificate(CertificateError::UnknownAuthority(_))
    ));
    let told = client.error().to_string();
    assert!(
        told.starts_with("peer aborted the handshake: it refuses our certificate"),
        "{told}"
    );

    let pair = Pair {
        client_verifier: trust(2),
        ..Pair::default()
    };
    let (client, _) = drive(&pair, |_, _| {});
    assert!(client.error().to_string().contains("unknown authority"));
}

#[test]
fn a_root_is_replaced_with_an_overlap_and_the_old_one_is_refused_after() {
    let [old, new] = [1, 2].map(|root| RootKey::new(&Seed::new([root; 32])).public());
    let signed_by = |root| {
        let master = master(root, SERVER, Validity::starting(NOW, HOUR));
        Arc::new(master.issue(&Seed::new([3; 32]), NOW, HOUR))
    };
    let before = Arc::new(PeerVerifier::of_roots([old]));
    let overlap = Arc::new(PeerVerifier::of_roots([old, new]));
    let after = Arc::new(PeerVerifier::of_roots([new]));
    let cases = [
        (&before, 1, true),
        (&before, 2, false),
        (&overlap, 1, true),
        (&overlap, 2, true),
        (&after, 1, false),
        (&after, 2, true),
    ];
    for (trust, root, believed) in cases {
        let mut pair = Pair {
            client_verifier: Arc::clone(trust),
            ..Pair::default()
        };
        pair.server.credential = signed_by(root);
        let (client, _) = drive(&pair, |_, _| {});
        assert_eq!(client.is_established(), believed, "{trust:?} {root}");
        if !believed {
            let told = client.error().to_string();
            assert!(told.contains("unknown authority"), "{told}");
        }
    }
}

#[test]
fn clocks_may_differ_by_the_bound_and_no_more() {
    let hour = HOUR.as_secs() as i64;
    let skew = SKEW_S as i64;
    let cases = [
        (-skew - 1, Some("becomes valid in 301 s")),
        (-skew, None),
        (0, None),
        (hour + skew - 1, None),
        (hour + skew, Some("expired 300 s ago")),
    ];
    for (server_clock, refused) in cases {
        let pair = Pair {
            server_now: at(server_clock),
            ..Pair::default()
        };
        let (_, server) = drive(&pair, |_, _| {});
        match refused {
            None => assert!(server.is_established(), "{server_clock}"),
            Some(cause) => {
                let told = server.error().to_string();
                assert!(told.contains(cause), "{told}");
            }
        }
    }
}

#[test]
fn a_handshake_certificate_ends_before_its_master() {
    let master = master(1, SERVER, Validity::starting(NOW, HOUR));
    let minute = Duration::from_secs(60);
    let short = master.issue(&Seed::new([3; 32]), NOW, minute);
    assert_eq!(short.validity().not_after, at(60));
    let late = master.issue(&Seed::new([3; 32]), at(3590), minute);
    assert_eq!(late.validity().not_after, at(3600));
}

#[test]
fn a_remembered_chain_still_expires() {
    let trust = trust(1);
    let credential = credential(CLIENT);
    assert!(trust.verify(credential.certificate(), NOW).is_ok());
    assert!(trust.verify(credential.certificate(), NOW).is_ok());
    let late = trust.verify(credential.certificate(), at(7200));
    assert!(matches!(late, Err(CertificateError::Expired { .. })));
    let early = trust.verify(credential.certificate(), at(-7200));
    assert!(matches!(early, Err(CertificateError::NotYetValid { .. })));
}

#[test]
fn more_chains_than_are_remembered_are_all_verified() {
    let trust = trust(1);
    let master = master(1, CLIENT, Validity::starting(NOW, HOUR));
    for seed in 0..1100u32 {
        let mut bytes = [9; 32];
        bytes[..4].copy_from_slice(&seed.to_le_bytes());
        let credential = master.issue(&Seed::new(bytes), NOW, HOUR);
        assert!(
            trust.verify(credential.certificate(), NOW).is_ok(),
            "{seed}"
        );
    }
}

#[test]
fn an_authoritys_answer_is_taken_only_if_it_answers_what_was_asked() {
    let key = MasterKey::new(account(SERVER), &Seed::new([0x51; 32]));
    let request = key.request(MachineName::parse("vm").unwrap());
    let root = RootKey::new(&Seed::new([1; 32]));
    let validity = Validity::starting(NOW, HOUR);
    let good = root.sign(&request, validity, 3);
    let roots = Roots::from([root.public()]);
    let receive = |encoded: &[u8], now| MasterCertificate::receive(encoded, &request, &roots, now);
    let received = receive(good.encoded(), NOW).unwrap();
    assert_eq!(received.validity(), validity);
    assert_eq!(received.revocation_id(), good.revocation_id());
    assert!(receive(good.encoded(), NOW.after(2 * HOUR)).is_err());

    type Break = fn(&mut MasterRequest);
    let breaks: [Break; 3] = [
        |r| r.machine = MachineName::parse("other").unwrap(),
        |r| r.account = account("other@p"),
        |r| r.public_key = RootKey::new(&Seed::new([5; 32])).public(),
    ];
    for break_it in breaks {
        let mut other = request.clone();
        break_it(&mut other);
        let answer = root.sign(&other, validity, 3);
        assert!(receive(answer.encoded(), NOW).is_err(), "{other:?}");
    }
    let stranger = RootKey::new(&Seed::new([2; 32])).sign(&request, validity, 3);
    assert!(receive(stranger.encoded(), NOW).is_err());
    for at in 0..good.encoded().len() {
        let mut bytes = good.encoded().to_vec();
        bytes[at] ^= 0x10;
        // A signature covers the body; its own encoding is the rest.
        assert!(receive(&bytes, NOW).is_err(), "byte {at}");
    }
}

#[test]
fn an_oversized_certificate_is_refused_unread() {
    let refused = trust(1).verify(&vec![0; 8193], NOW);
    assert_eq!(refused.err(), Some(CertificateError::TooLong(8193)));
}
