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
        (|m| m.version = 1, Incompatible::Version(1).into()),
        (|m| m.version = 3, Incompatible::Version(3).into()),
        (|m| m.random.truncate(31), bad("random").into()),
        (|m| m.certificate.clear(), bad("certificate").into()),
        (|m| m.certificate = vec![0; 8193], bad("certificate").into()),
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
        (
            |m| m.ephemeral.clear(),
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
            |m| m.certificate = vec![0; 8193],
            InvalidMessage::BadField("certificate").into(),
        ),
        (|m| m.certificate.clear(), not_offered("resumption").into()),
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

/// The first message of alts-local/1, with what is no longer there: a choice of key agreements and
/// the name of a resumption key.
#[test]
fn a_peer_of_the_first_version_is_told_so() {
    let mut old = wire::ClientInit {
        version: 1,
        random: vec![1; 32],
        certificate: vec![2; 400],
        ephemeral: vec![3; 32],
        record_protocols: vec![RECORD_PROTOCOLS[0].to_owned()],
        application_protocols: vec!["grpc".to_owned()],
        keeps_tickets: true,
        ..Default::default()
    }
    .encode_to_vec();
    old.extend_from_slice(&[4 << 3 | 2, 1, 2]);
    old.extend_from_slice(&[11 << 3 | 2, 16]);
    old.extend_from_slice(&[7; 16]);
    let length = u32::try_from(old.len() + 4).unwrap();
    let header = [length.to_le_bytes(), 0x11u32.to_le_bytes()].concat();
    let (client, server) = drive(&Pair::default(), |flight, bytes| {
        if flight == Flight::ClientInit {
            *bytes = [header.as_slice(), &old].concat();
        }
    });
    let told = server.error().to_string();
    assert!(
        told.contains("version 1 of alts-local, this side version 2"),
        "{told}"
    );
    let told = client.error().to_string();
    assert!(told.contains("it speaks another version"), "{told}");
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
    // ClientFinished has no room for one.
    let (_, server) = drive(&Pair::default(), |flight, bytes| {
        if flight == Flight::ClientFinished {
            rewrite_finished(FrameType::ClientFinished, bytes, slip_in);
        }
    });
    let expected = InvalidMessage::Undecodable(FrameType::ClientFinished);
    assert_eq!(server.error(), HandshakeError::InvalidMessage(expected));
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
