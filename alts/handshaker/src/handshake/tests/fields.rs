//! Every field of the two Init messages has bounds; each bad one is refused by its name.

use prost::Message;

use super::*;
use crate::handshake::frame::Frame;

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
