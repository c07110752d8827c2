//! A peer, or somebody in between, that does not play by the rules: no panic, no keys, and a
//! reason.

use proptest::prelude::*;

use super::*;

/// Flips bits of one byte of one flight.
fn flipped(pair: &Pair, flight: Flight, at: usize, mask: u8) -> (End, End) {
    drive(pair, |now, bytes| {
        if now == flight && at < bytes.len() {
            bytes[at] ^= mask;
        }
    })
}

#[test]
fn no_byte_of_any_message_can_be_changed() {
    let pair = Pair::default();
    for (flight, bytes) in FLIGHTS.into_iter().zip(recorded(&pair)) {
        for at in 0..bytes.len() {
            for mask in [0x01, 0x08, 0x80, 0xff] {
                let (client, server) = flipped(&pair, flight, at, mask);
                assert!(!server.is_established(), "{flight:?} byte {at} ^ {mask:#x}");
                let last = flight == Flight::ClientFinished;
                assert_eq!(
                    client.is_established(),
                    last,
                    "{flight:?} byte {at} ^ {mask:#x}"
                );
            }
        }
    }
}

#[test]
fn a_flight_that_ends_early_establishes_nothing() {
    let pair = Pair::default();
    for (flight, bytes) in FLIGHTS.into_iter().zip(recorded(&pair)) {
        for len in 0..bytes.len() {
            let (_, server) = drive(&pair, |now, bytes| {
                if now == flight {
                    bytes.truncate(len);
                }
            });
            assert!(
                matches!(server, End::Waiting),
                "{flight:?} cut to {len}: {server:?}"
            );
        }
    }
}

#[test]
fn flights_of_another_session_are_refused() {
    let mut other = Pair::default();
    other.client_entropy[0] ^= 1;
    let others = recorded(&other);
    let cases = [
        (Flight::ServerInitAndFinished, NotAuthentic::ServerFinished),
        (Flight::ClientFinished, NotAuthentic::ClientFinished),
    ];
    for (flight, expected) in cases {
        let index = FLIGHTS.iter().position(|f| *f == flight).unwrap();
        let (client, server) = drive(&Pair::default(), |now, bytes| {
            if now == flight {
                bytes.clone_from(&others[index]);
            }
        });
        let end = if flight == Flight::ClientFinished {
            server
        } else {
            client
        };
        assert_eq!(end.error(), HandshakeError::NotAuthentic(expected));
    }
}

#[test]
fn a_message_reflected_to_its_sender_is_refused() {
    let pair = Pair::default();
    let (client, own) = Client::start(&pair);
    let (client, _) = client.feed(&own, NOW, &mut Vec::new());
    let expected = InvalidMessage::Unexpected {
        found: FrameType::ClientInit,
        expected: FrameType::ServerInit,
    };
    assert_eq!(
        client.end().error(),
        HandshakeError::InvalidMessage(expected)
    );
}

#[test]
fn a_guess_at_the_last_mac_gets_no_answer() {
    let pair = Pair::default();
    let (client, client_init) = Client::start(&pair);
    let mut to_client = Vec::new();
    let (server, _) = Server::start(&pair).feed(&client_init, NOW, &mut to_client);
    let mut to_server = Vec::new();
    client.feed(&to_client, NOW, &mut to_server);
    *to_server.last_mut().unwrap() ^= 1;
    let mut answer = Vec::new();
    let (server, _) = server.feed(&to_server, NOW, &mut answer);
    let expected = HandshakeError::NotAuthentic(NotAuthentic::ClientFinished);
    assert_eq!(server.end().error(), expected);
    assert!(answer.is_empty());
}

#[test]
fn an_abort_ends_every_state_and_is_not_answered() {
    let mut abort = Vec::new();
    append_no_credential_abort("server@p.iam is disabled", &mut abort);
    for flight in FLIGHTS {
        let (client, server) = drive(&Pair::default(), |now, bytes| {
            if now == flight {
                bytes.clone_from(&abort);
            }
        });
        let end = if flight == Flight::ServerInitAndFinished {
            client
        } else {
            server
        };
        let HandshakeError::PeerAborted(told) = end.error() else {
            panic!("not an abort")
        };
        assert!(told.is_no_credential());
        assert!(
            told.to_string().contains("server@p.iam is disabled"),
            "{told}"
        );
    }
}

#[test]
fn no_debug_output_holds_key_material() {
    let pair = Pair::default();
    let (client, server) = drive(&pair, |_, _| {});
    let (client, server) = (client.established(), server.established());
    let entropy = Entropy::new(&pair.client_entropy);
    let shown = format!(
        "{client:?} {server:?} {:?} {:?} {entropy:?} {:?}",
        pair.client,
        pair.server,
        master(1, CLIENT, Validity::starting(NOW, HOUR)),
    );
    let secrets: [&[u8]; 5] = [
        client.record_key.as_bytes(),
        pair.client.credential.key().as_bytes(),
        pair.server.credential.key().as_bytes(),
        &pair.client_entropy[..32],
        &[0x51; 32],
    ];
    for secret in secrets {
        let list = format!("{:?}", &secret[..4]);
        let hex: String = secret[..4]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let listed = list.trim_matches(['[', ']']);
        assert!(
            !shown.contains(listed) && !shown.contains(&hex),
            "{listed} in {shown}"
        );
    }
}

/// A stranger's bytes in front of both sides, in every state they can be in.
fn no_panic_no_keys(junk: &[u8]) {
    let pair = Pair::default();
    let (client, client_init) = Client::start(&pair);
    let (client, _) = client.feed(junk, NOW, &mut Vec::new());
    assert!(!client.end().is_established());
    let (server, _) = Server::start(&pair).feed(junk, NOW, &mut Vec::new());
    assert!(!server.end().is_established());
    let (server, _) = Server::start(&pair).feed(&client_init, NOW, &mut Vec::new());
    let (server, _) = server.feed(junk, NOW, &mut Vec::new());
    assert!(!server.end().is_established());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn junk_is_refused(junk in prop::collection::vec(any::<u8>(), 0..300)) {
        no_panic_no_keys(&junk);
    }

    #[test]
    fn junk_in_a_good_frame_is_refused(
        kind in prop::sample::select(vec![0x11u32, 0x12, 0x13, 0x14, 0x1f]),
        body in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut frame = u32::try_from(body.len() + 4).unwrap().to_le_bytes().to_vec();
        frame.extend_from_slice(&kind.to_le_bytes());
        frame.extend_from_slice(&body);
        no_panic_no_keys(&frame);
    }

    #[test]
    fn good_flights_with_a_few_bytes_changed_are_refused(
        flight in 0usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..6),
    ) {
        let mut bytes = recorded(&Pair::default())[flight].clone();
        let before = bytes.clone();
        for (at, mask) in changes {
            let at = at.index(bytes.len());
            bytes[at] ^= mask;
        }
        prop_assume!(bytes != before);
        let (_, server) = drive(&Pair::default(), |now, on_its_way| {
            if now == FLIGHTS[flight] {
                on_its_way.clone_from(&bytes);
            }
        });
        prop_assert!(!server.is_established());
    }
}
