//! Tickets in the wrong hands, or changed on the way.

use super::{
    resumption::{converse, is_resumed, pair, resumption, untouched},
    *,
};
use crate::{
    frame::{Frame, FrameReader},
    message::{ClientInit, ServerInit},
};

pub(super) fn first_frame(flight: &[u8]) -> Frame {
    let mut reader = FrameReader::default();
    reader.read(&mut Input::new(flight)).unwrap().unwrap()
}

pub(super) fn client_init(flight: &[u8]) -> ClientInit {
    ClientInit::parse(&first_frame(flight)).unwrap()
}

pub(super) fn server_init(flight: &[u8]) -> ServerInit {
    ServerInit::parse(&first_frame(flight)).unwrap()
}

/// Runs the session that follows a first one again and again, and changes one byte of it each time.
#[test]
fn no_byte_of_a_resumed_session_can_be_changed() {
    // Who they are and whom they believe stays: only what they have for resuming is made anew.
    let mut sides = pair();
    let mut second_session = |alter: &mut dyn FnMut(usize, &mut Vec<u8>)| {
        sides.client.resumption = Some(resumption(CLIENT, 1));
        sides.server.resumption = Some(resumption(SERVER, 2));
        sides.client_entropy = [1; Entropy::LEN];
        sides.server_entropy = [2; Entropy::LEN];
        assert!(!is_resumed(&mut sides));
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
fn a_replayed_ticket_gets_a_full_handshake() {
    let mut pair = pair();
    is_resumed(&mut pair);
    let resumed = converse(&mut pair, untouched);
    let replayed = &resumed.flights[0];
    assert!(client_init(replayed).ticket.is_some());
    assert!(server_init(&resumed.flights[1]).certificate.is_none());
    let mut answer = Vec::new();
    let (server, _) = Server::start(&pair).feed(replayed, NOW, &mut answer);
    assert_eq!(server.due(), "Waiting(Handshake(ClientFinished is due))");
    assert!(server_init(&answer).certificate.is_some());
}

#[test]
fn a_stolen_ticket_opens_nothing_without_its_secret() {
    let mut victim = pair();
    is_resumed(&mut victim);
    let (_, flight) = Client::start(&victim);
    let stolen = client_init(&flight).ticket;
    assert!(stolen.is_some());

    let mut thief = pair();
    thief.client.credential = credential("thief@p.iam");
    thief.client.resumption = Some(resumption("thief@p.iam", 3));
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
    let mut victim = pair();
    is_resumed(&mut victim);
    let resumed = converse(&mut victim, untouched);
    let ended = converse(&mut pair(), |flight, bytes| {
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
fn a_second_client_init_is_out_of_turn() {
    let ended = converse(&mut pair(), |flight, bytes| {
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
}

#[test]
fn no_debug_output_of_a_resuming_side_holds_its_secrets() {
    let mut pair = pair();
    is_resumed(&mut pair);
    let shown = format!("{:?} {:?}", pair.client, pair.server);
    assert!(
        shown.contains("Resumption") && shown.len() < 1500,
        "{shown}"
    );
}
