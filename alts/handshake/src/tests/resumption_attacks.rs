//! Tickets in the wrong hands, or changed on the way.

use super::{
    resumption::{BOTH, KEEPS_ONLY, converse, is_resumed, pair, resumption, untouched},
    *,
};
use crate::{
    frame::{Frame, FrameReader},
    message::{ClientInit, ServerBasis, ServerInit},
};

fn first_frame(flight: &[u8]) -> Frame {
    let mut reader = FrameReader::default();
    reader.read(&mut Input::new(flight)).unwrap().unwrap()
}

fn client_init(flight: &[u8]) -> ClientInit {
    ClientInit::parse(&first_frame(flight)).unwrap()
}

fn server_init(flight: &[u8]) -> ServerInit {
    ServerInit::parse(&first_frame(flight)).unwrap()
}

/// Runs the session that follows a first one again and again, and changes one byte of it each time.
fn change_every_byte(server: ResumptionSettings, make_ready: fn(&mut Pair)) {
    // Who they are and whom they believe stays: only what they have for resuming is made anew.
    let mut sides = pair(BOTH, server);
    let mut second_session = |alter: &mut dyn FnMut(usize, &mut Vec<u8>)| {
        sides.client.resumption = Some(resumption(CLIENT, 1, BOTH));
        sides.server.resumption = Some(resumption(SERVER, 2, server));
        sides.client_entropy = [1; Entropy::LEN];
        sides.server_entropy = [2; Entropy::LEN];
        (sides.client_now, sides.server_now) = (NOW, NOW);
        assert!(!is_resumed(&mut sides));
        make_ready(&mut sides);
        converse(&mut sides, alter)
    };
    let original = second_session(&mut untouched);
    let lengths: Vec<usize> = original.flights.iter().map(Vec::len).collect();
    for (flight, len) in lengths.iter().enumerate() {
        for at in 0..*len {
            // One bit of each byte, another each time.
            let ended = second_session(&mut |now, bytes| {
                if now == flight {
                    bytes[at] ^= 1 << (at % 8);
                }
            });
            let told = format!("flight {flight} byte {at}");
            let is_last = flight + 1 == lengths.len();
            assert!(!ended.server.is_established(), "{told}");
            assert_eq!(ended.client.is_established(), is_last, "{told}");
        }
    }
}

#[test]
fn no_byte_of_a_session_resumed_from_a_clients_ticket_can_be_changed() {
    change_every_byte(BOTH, |_| {});
}

#[test]
fn no_byte_of_a_session_resumed_from_a_returned_ticket_can_be_changed() {
    change_every_byte(KEEPS_ONLY, |_| {});
}

#[test]
fn no_byte_of_a_handshake_that_begins_again_can_be_changed() {
    change_every_byte(KEEPS_ONLY, |pair| {
        let second = Duration::from_secs(1);
        pair.server_now = NOW.after(HOUR - second);
        pair.client_now = NOW.after(HOUR + second);
    });
}

#[test]
fn a_replayed_ticket_gets_a_full_handshake() {
    let mut pair = pair(BOTH, BOTH);
    is_resumed(&mut pair);
    let resumed = converse(&mut pair, untouched);
    let replayed = &resumed.flights[0];
    assert!(client_init(replayed).ticket.is_some());
    let basis = server_init(&resumed.flights[1]).basis;
    assert!(matches!(basis, ServerBasis::ClientsTicket));
    let mut answer = Vec::new();
    let (server, _) = Server::start(&pair).feed(replayed, NOW, &mut answer);
    assert!(matches!(server, Server::Finished(_)));
    let basis = server_init(&answer).basis;
    assert!(matches!(basis, ServerBasis::Certificate(_)));
}

#[test]
fn a_stolen_ticket_opens_nothing_without_its_secret() {
    let mut victim = pair(BOTH, BOTH);
    is_resumed(&mut victim);
    let (_, flight) = Client::start(&victim);
    let stolen = client_init(&flight).ticket;
    assert!(stolen.is_some());

    let mut thief = pair(BOTH, BOTH);
    thief.client.credential = credential("thief@p.iam");
    thief.client.resumption = Some(resumption("thief@p.iam", 3, BOTH));
    thief.server = victim.server.clone();
    let ended = converse(&mut thief, |flight, bytes| {
        if flight == 0 {
            let mut init = client_init(bytes);
            init.ticket.clone_from(&stolen);
            *bytes = init.to_frame().bytes().to_vec();
        }
    });
    assert!(!ended.server.is_established() && !ended.client.is_established());
}

#[test]
fn a_server_cannot_resume_what_was_not_offered() {
    let mut victim = pair(BOTH, BOTH);
    is_resumed(&mut victim);
    let resumed = converse(&mut victim, untouched);
    let ended = converse(&mut pair(BOTH, BOTH), |flight, bytes| {
        if flight == 1 {
            bytes.clone_from(&resumed.flights[1]);
        }
    });
    let expected = InvalidMessage::NotOffered("resumption");
    assert_eq!(
        ended.client.error(),
        HandshakeError::InvalidMessage(expected)
    );
}

#[test]
fn a_server_cannot_resume_with_another_key_agreement_than_the_session_had() {
    let mut pair = pair(BOTH, BOTH);
    pair.client.ciphers = vec![Cipher::Pfs, Cipher::Static];
    is_resumed(&mut pair);
    let ended = converse(&mut pair, |flight, bytes| {
        if flight == 1 {
            let mut init = server_init(bytes);
            assert!(matches!(init.basis, ServerBasis::ClientsTicket));
            init.cipher = Cipher::Static;
            init.ephemeral = None;
            let finished = bytes.split_off(first_frame(bytes).bytes().len());
            *bytes = [init.to_frame().bytes(), &finished].concat();
        }
    });
    let expected = InvalidMessage::NotOffered("resumption");
    assert_eq!(
        ended.client.error(),
        HandshakeError::InvalidMessage(expected)
    );
}

#[test]
fn a_client_begins_again_once_and_a_server_lets_it_only_then() {
    // A second ClientInit where no ticket was returned.
    let mut simple = pair(BOTH, BOTH);
    let ended = converse(&mut simple, |flight, bytes| {
        if flight == 2 {
            let (_, again) = Client::start(&Pair::default());
            *bytes = again;
        }
    });
    let expected = InvalidMessage::Unexpected {
        found: FrameType::ClientInit,
        expected: FrameType::ClientFinished,
    };
    assert_eq!(
        ended.server.error(),
        HandshakeError::InvalidMessage(expected)
    );

    // A server that returns tickets without end.
    let mut pair = pair(BOTH, KEEPS_ONLY);
    is_resumed(&mut pair);
    let second = Duration::from_secs(1);
    pair.server_now = NOW.after(HOUR - second);
    pair.client_now = NOW.after(HOUR + second);
    let mut returned = Vec::new();
    let ended = converse(&mut pair, |flight, bytes| match flight {
        1 => returned.clone_from(bytes),
        3 => bytes.clone_from(&returned),
        _ => {}
    });
    let expected = InvalidMessage::BadField("returned_ticket");
    assert_eq!(
        ended.client.error(),
        HandshakeError::InvalidMessage(expected)
    );
}

#[test]
fn no_debug_output_of_a_resuming_side_holds_its_secrets() {
    let mut pair = pair(BOTH, BOTH);
    is_resumed(&mut pair);
    let shown = format!("{:?} {:?}", pair.client, pair.server);
    assert!(
        shown.contains("Resumption") && shown.len() < 1500,
        "{shown}"
    );
}
