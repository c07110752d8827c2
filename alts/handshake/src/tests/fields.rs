//! Every field of the two Init messages has bounds; each bad one is refused by its name.

use prost::Message;

use super::*;
use crate::frame::Frame;

/// Decodes, changes and frames again the message at the head of a flight.
fn rewrite<M: Message + Default>(
    kind: FrameType,
    bytes: &mut Vec<u8>,
    change: impl FnOnce(&mut M),
) {
    let length = u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize + 4;
    let mut message = M::decode(&bytes[HEADER_LEN..length]).unwrap();
    change(&mut message);
    let mut rewritten = Frame::encode(kind, &message).bytes().to_vec();
    rewritten.extend_from_slice(&bytes[length..]);
    *bytes = rewritten;
}

type Change<M> = fn(&mut M);

#[test]
fn every_field_of_client_init_has_bounds() {
    let bad = InvalidMessage::BadField;
    let cases: Vec<(Change<wire::ClientInit>, HandshakeError)> = vec![
        (|m| m.version = 2, Incompatible::Version(2).into()),
        (|m| m.random.truncate(31), bad("random").into()),
        (|m| m.certificate.clear(), bad("certificate").into()),
        (|m| m.certificate = vec![0; 8193], bad("certificate").into()),
        (|m| m.ciphers = vec![2; 17], bad("ciphers").into()),
        (|m| m.ciphers = vec![], bad("ephemeral").into()),
        (|m| m.ephemeral.clear(), bad("ephemeral").into()),
        (|m| m.ephemeral.push(0), bad("ephemeral").into()),
        (
            |m| m.ephemeral = vec![0; 32],
            HandshakeError::NotAuthentic(NotAuthentic::SmallOrderKey),
        ),
        (
            |m| m.record_protocols = vec!["x".repeat(65)],
            bad("record_protocols").into(),
        ),
        (
            |m| m.record_protocols = vec!["x".to_owned(); 17],
            bad("record_protocols").into(),
        ),
        (
            |m| m.application_protocols = vec![String::new()],
            bad("application_protocols").into(),
        ),
        (
            |m| m.target_name = "x".repeat(4097),
            bad("target_name").into(),
        ),
        (
            |m| m.resumption_id = vec![1; 15],
            bad("resumption_id").into(),
        ),
        (|m| m.ticket = vec![1; 2049], bad("ticket").into()),
    ];
    for (change, expected) in cases {
        let (_, server) = drive(&Pair::default(), |flight, bytes| {
            if flight == Flight::ClientInit {
                rewrite(FrameType::ClientInit, bytes, change);
            }
        });
        assert_eq!(server.error(), expected);
    }
}

#[test]
fn a_server_may_only_choose_what_was_offered() {
    let not_offered = InvalidMessage::NotOffered;
    let cases: Vec<(Change<wire::ServerInit>, HandshakeError)> = vec![
        (|m| m.version = 0, Incompatible::Version(0).into()),
        (
            |m| m.random.push(0),
            InvalidMessage::BadField("random").into(),
        ),
        (|m| m.cipher = 3, not_offered("cipher").into()),
        (
            |m| {
                m.cipher = 1;
                m.ephemeral.clear();
            },
            not_offered("cipher").into(),
        ),
        (
            |m| m.cipher = 1,
            InvalidMessage::BadField("ephemeral").into(),
        ),
        (
            |m| m.record_protocol = "ALTSRP_GMAC_128".to_owned(),
            not_offered("record protocol").into(),
        ),
        (
            |m| m.application_protocol.clear(),
            not_offered("application protocol").into(),
        ),
        (
            |m| m.ephemeral = vec![0; 32],
            HandshakeError::NotAuthentic(NotAuthentic::SmallOrderKey),
        ),
        (
            |m| m.certificate.clear(),
            InvalidMessage::BadField("certificate").into(),
        ),
        (
            |m| m.resumed = true,
            InvalidMessage::BadField("certificate").into(),
        ),
        (
            |m| m.returned_ticket = vec![1],
            InvalidMessage::BadField("returned_ticket").into(),
        ),
        (
            |m| m.returned_ticket = vec![1; 2049],
            InvalidMessage::BadField("ticket").into(),
        ),
        (
            |m| {
                m.resumed = true;
                m.certificate.clear();
            },
            not_offered("resumption").into(),
        ),
    ];
    for (change, expected) in cases {
        let (client, _) = drive(&Pair::default(), |flight, bytes| {
            if flight == Flight::ServerInitAndFinished {
                rewrite(FrameType::ServerInit, bytes, change);
            }
        });
        assert_eq!(client.error(), expected);
    }
}

#[test]
fn numbers_of_later_versions_are_passed_over() {
    let mut pair = Pair::default();
    pair.client.ciphers = vec![Cipher::Pfs];
    let (_, server) = drive(&pair, |flight, bytes| {
        if flight == Flight::ClientInit {
            rewrite::<wire::ClientInit>(FrameType::ClientInit, bytes, |m| m.ciphers.insert(0, 99));
        }
    });
    // Changed on the way, so it cannot succeed; but the server did not stumble over the number.
    let told = server.error().to_string();
    assert!(
        told.starts_with("peer aborted the handshake: it could not verify us"),
        "{told}"
    );
}

/// Changes the Finished message at the end of a flight, whose MAC stays as it was.
fn rewrite_finished(kind: FrameType, bytes: &mut Vec<u8>, change: fn(&mut wire::ServerFinished)) {
    let at = bytes.len() - 42;
    let mut message = wire::ServerFinished::decode(&bytes[at + HEADER_LEN..]).unwrap();
    change(&mut message);
    bytes.truncate(at);
    bytes.extend_from_slice(Frame::encode(kind, &message).bytes());
}

#[test]
fn a_ticket_that_was_slipped_into_a_finished_message_breaks_its_proof() {
    let slip_in: fn(&mut wire::ServerFinished) = |m| {
        m.new_ticket = Some(wire::NewTicket {
            ticket: vec![7; 300],
            lifetime_s: 60,
        });
    };
    let (client, _) = drive(&Pair::default(), |flight, bytes| {
        if flight == Flight::ServerInitAndFinished {
            rewrite_finished(FrameType::ServerFinished, bytes, slip_in);
        }
    });
    let expected = HandshakeError::NotAuthentic(NotAuthentic::ServerFinished);
    assert_eq!(client.error(), expected);
    let (_, server) = drive(&Pair::default(), |flight, bytes| {
        if flight == Flight::ClientFinished {
            rewrite_finished(FrameType::ClientFinished, bytes, slip_in);
        }
    });
    let expected = HandshakeError::NotAuthentic(NotAuthentic::ClientFinished);
    assert_eq!(server.error(), expected);
}

#[test]
fn a_finished_message_has_one_encoding() {
    let unknown_field: &[u8] = &[0x78, 1];
    for flight in [Flight::ServerInitAndFinished, Flight::ClientFinished] {
        let (client, server) = drive(&Pair::default(), |now, bytes| {
            if now == flight {
                let at = bytes.len() - 42;
                bytes.extend_from_slice(unknown_field);
                bytes[at] += 2;
            }
        });
        let end = match flight {
            Flight::ClientFinished => server,
            _ => client,
        };
        assert!(matches!(
            end.error(),
            HandshakeError::InvalidMessage(InvalidMessage::Undecodable(_))
        ));
    }
}

#[test]
fn a_ticket_of_no_or_too_many_bytes_is_refused() {
    for len in [0, 2049] {
        let finished = wire::ServerFinished {
            mac: vec![1; 32],
            new_ticket: Some(wire::NewTicket {
                ticket: vec![7; len],
                lifetime_s: 60,
            }),
        };
        let (client, _) = drive(&Pair::default(), |flight, bytes| {
            if flight == Flight::ServerInitAndFinished {
                bytes.truncate(bytes.len() - 42);
                let frame = Frame::encode(FrameType::ServerFinished, &finished);
                bytes.extend_from_slice(frame.bytes());
            }
        });
        assert!(matches!(
            client.error(),
            HandshakeError::InvalidMessage(InvalidMessage::BadField(_))
        ));
    }
}
