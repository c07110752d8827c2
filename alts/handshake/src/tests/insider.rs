//! A third party with a good certificate of its own, under the same authority. It may do what
//! whoever is on the path may, and present itself besides: it must not come between two others, nor
//! pass for either.

use prost::Message;

use super::{
    resumption::{converse, is_resumed, pair, resumption, untouched},
    resumption_attacks::{client_init, first_frame, server_init},
    *,
};

const INSIDER: &str = "insider@p.iam";

/// The insider in the client's place, towards the same server.
fn insider_to(victim: &Pair) -> Pair {
    let mut pair = Pair::default();
    pair.client.credential = credential(INSIDER);
    pair.client.resumption = Some(resumption(INSIDER, 7));
    pair.client_entropy = [0x77; Entropy::LEN];
    pair.server = victim.server.clone();
    pair.server_verifier = Arc::clone(&victim.server_verifier);
    pair
}

/// The insider in the server's place.
fn insider_for(victim: &Pair) -> Pair {
    let mut pair = Pair::default();
    pair.server.credential = credential(INSIDER);
    pair.server.resumption = Some(resumption(INSIDER, 7));
    pair.client = victim.client.clone();
    pair.client_verifier = Arc::clone(&victim.client_verifier);
    pair
}

/// What once broke others' handshakes: a server kept tickets for clients under a name that anybody
/// could claim.
#[test]
fn an_insider_that_comes_first_changes_nothing_for_those_who_come_later() {
    for names_targets in [true, false] {
        let mut victim = pair();
        if !names_targets {
            victim.client.targets = Vec::new();
        }
        let mut insider = insider_to(&victim);
        for _ in 0..3 {
            // It shows all that it can see of the victim: name, ticket, random.
            let (_, seen) = Client::start(&victim);
            let seen = client_init(&seen);
            let ended = converse(&mut insider, |flight, bytes| {
                if flight == 0 {
                    let mut init = client_init(bytes);
                    init.random = seen.random;
                    init.ticket.clone_from(&seen.ticket);
                    init.target_name.clone_from(&seen.target_name);
                    *bytes = init.to_frame().bytes().to_vec();
                }
            });
            assert!(!ended.server.is_established());
            assert!(converse(&mut insider, untouched).server.is_established());
        }
        let first = converse(&mut victim, untouched);
        assert_eq!(first.flights.len(), 3);
        let (client, server) = first.established();
        assert_eq!(client.peer.account, account(SERVER));
        assert_eq!(server.peer.account, account(CLIENT));
        assert!(is_resumed(&mut victim));
    }
}

#[test]
fn anothers_ticket_costs_its_owner_a_full_handshake_at_most() {
    let mut victim = pair();
    is_resumed(&mut victim);
    // Seen on its way to the victim, and presented first.
    let (waiting, flight) = Client::start(&victim);
    let stolen = client_init(&flight).ticket;
    assert!(stolen.is_some());
    let ended = converse(&mut insider_to(&victim), |flight, bytes| {
        if flight == 0 {
            let mut init = client_init(bytes);
            init.ticket.clone_from(&stolen);
            *bytes = init.to_frame().bytes().to_vec();
        }
    });
    assert!(!ended.client.is_established() && !ended.server.is_established());
    // Now the victim's own message arrives.
    let mut answer = Vec::new();
    let (server, _) = Server::start(&victim).feed(&flight, NOW, &mut answer);
    assert!(server_init(&answer).certificate.is_some());
    let mut last = Vec::new();
    let (client, _) = waiting.feed(&answer, NOW, &mut last);
    let (server, _) = server.feed(&last, NOW, &mut Vec::new());
    let (client, server) = (client.end().established(), server.end().established());
    assert!(!client.resumed && !server.resumed);
    assert_eq!(client.record_key.as_bytes(), server.record_key.as_bytes());
}

#[test]
fn a_ticket_from_an_insider_is_worth_nothing_to_another_server() {
    // A client that names neither targets nor a name has one place for all its tickets.
    let mut victim = pair();
    (victim.client.targets, victim.client.target_name) = (Vec::new(), None);
    let mut with_insider = insider_for(&victim);
    let met = converse(&mut with_insider, untouched).client.established();
    assert_eq!(met.peer.account, account(INSIDER));

    let mut with_server = pair();
    with_server.client = victim.client;
    let met = converse(&mut with_server, untouched);
    assert_eq!(met.flights.len(), 3);
    assert!(client_init(&met.flights[0]).ticket.is_some());
    let (client, server) = met.established();
    assert!(!client.resumed && !server.resumed);
    assert_eq!(client.peer.account, account(SERVER));
}

#[test]
fn an_insider_cannot_resume_what_another_server_gave() {
    let mut victim = pair();
    (victim.client.targets, victim.client.target_name) = (Vec::new(), None);
    converse(&mut victim, untouched).established();
    // It says that it accepts the ticket, which it cannot open.
    let ended = converse(&mut insider_for(&victim), |flight, bytes| {
        if flight == 1 {
            let mut init = server_init(bytes);
            init.certificate = None;
            let finished = bytes.split_off(first_frame(bytes).bytes().len());
            *bytes = [init.to_frame().bytes(), &finished].concat();
        }
    });
    let expected = HandshakeError::NotAuthentic(NotAuthentic::ServerFinished);
    assert_eq!(ended.client.error(), expected);
    assert!(!ended.server.is_established());
}

/// Puts another's certificate, which everybody can see, in place of the sender's own.
fn show_anothers(flight: usize, bytes: &mut Vec<u8>, certificate: &[u8]) {
    let rest = bytes.split_off(first_frame(bytes).bytes().len());
    let frame = if flight == 0 {
        let mut init = client_init(bytes);
        init.certificate = certificate.to_vec();
        init.to_frame()
    } else {
        let mut init = server_init(bytes);
        init.certificate = Some(certificate.to_vec());
        init.to_frame()
    };
    *bytes = [frame.bytes(), &rest].concat();
}

#[test]
fn anothers_certificate_without_its_key_proves_nothing() {
    let honest = pair();
    let of_client = honest.client.credential.certificate();
    let ended = converse(&mut insider_to(&honest), |flight, bytes| {
        if flight == 0 {
            show_anothers(flight, bytes, of_client);
        }
    });
    assert!(!ended.server.is_established());

    let of_server = honest.server.credential.certificate();
    let ended = converse(&mut insider_for(&honest), |flight, bytes| {
        if flight == 1 {
            show_anothers(flight, bytes, of_server);
        }
    });
    let expected = HandshakeError::NotAuthentic(NotAuthentic::ServerFinished);
    assert_eq!(ended.client.error(), expected);
}

/// The chain as it would be if the machine vouched for whom it likes.
#[test]
fn ones_own_master_certificate_vouches_for_nobody_else() {
    let master_key = ed25519_dalek::SigningKey::from_bytes(&[0x51; 32]);
    let own = credential(INSIDER);
    let envelope = wire::Signed::decode(own.certificate()).unwrap();
    let mut body = wire::HandshakeBody::decode(envelope.body.as_slice()).unwrap();
    body.subject = CLIENT.to_owned();
    let forged = Signed::new(&body, [&master_key]).encode();
    let ended = converse(&mut insider_to(&pair()), |flight, bytes| {
        if flight == 0 {
            show_anothers(flight, bytes, &forged);
        }
    });
    assert!(matches!(
        ended.server.error(),
        HandshakeError::Certificate(CertificateError::NotVouchedFor { .. })
    ));

    // Nor does it pass on its right to another machine: a handshake certificate in a master's place.
    body.master = own.certificate().to_vec();
    let longer = Signed::new(&body, [&master_key]).encode();
    assert!(trust(1).verify(&longer, NOW).is_err());
}

#[test]
fn flights_of_others_are_no_answer_to_ones_own() {
    let honest = pair();
    let others = recorded(&Pair {
        client: honest.client.clone(),
        server: honest.server.clone(),
        ..Pair::default()
    });
    // As a client: the victim's first flight, then its last one.
    let mut answer = Vec::new();
    let (server, _) = Server::start(&honest).feed(&others[0], NOW, &mut answer);
    let (server, _) = server.feed(&others[2], NOW, &mut Vec::new());
    // The same entropy gives the same session; with fresh entropy the proof is another's.
    assert!(server.end().is_established());
    let mut fresh = Pair {
        client: honest.client.clone(),
        server: honest.server,
        ..Pair::default()
    };
    fresh.server_entropy[40] ^= 1;
    let (server, _) = Server::start(&fresh).feed(&others[0], NOW, &mut Vec::new());
    let (server, _) = server.feed(&others[2], NOW, &mut Vec::new());
    let expected = HandshakeError::NotAuthentic(NotAuthentic::ClientFinished);
    assert_eq!(server.end().error(), expected);
    // As a server: what the real one answered to somebody else.
    fresh.client_entropy[0] ^= 1;
    let (client, _) = Client::start(&fresh);
    let (client, _) = client.feed(&others[1], NOW, &mut Vec::new());
    let expected = HandshakeError::NotAuthentic(NotAuthentic::ServerFinished);
    assert_eq!(client.end().error(), expected);
}

/// Unknown key-share: the two ends hold one key and disagree about whom they hold it with.
#[test]
fn nobody_shares_a_key_with_somebody_it_takes_for_another() {
    let honest = pair();
    let of_insider = credential(INSIDER);
    for flight_changed in [0, 1] {
        let mut between = pair();
        between.client.targets = Vec::new();
        between.client.credential = Arc::clone(&honest.client.credential);
        let ended = converse(&mut between, |flight, bytes| {
            if flight == flight_changed {
                show_anothers(flight, bytes, of_insider.certificate());
            }
        });
        assert!(!ended.client.is_established() && !ended.server.is_established());
    }
    // Not even with an ephemeral key that is not one's own: the victim's, shown as the insider's.
    let (_, victims) = Client::start(&honest);
    let ephemeral = client_init(&victims).ephemeral;
    let ended = converse(&mut insider_to(&honest), |flight, bytes| {
        if flight == 0 {
            let mut init = client_init(bytes);
            init.ephemeral = ephemeral;
            *bytes = init.to_frame().bytes().to_vec();
        }
    });
    assert!(!ended.client.is_established() && !ended.server.is_established());
}

/// The insider relays between a client that wants it and a server that does not.
#[test]
fn an_insider_in_the_middle_is_seen_by_both() {
    let mut honest = pair();
    honest.client.targets = vec![account(INSIDER)];
    let ended = converse(&mut honest, untouched);
    // Relaying as it is: the client meets the server and not whom it wanted.
    assert!(matches!(
        ended.client.error(),
        HandshakeError::WrongPeer { .. }
    ));
    assert!(!ended.server.is_established());
}
