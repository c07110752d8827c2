//! The interface's messages: how they lie on the wire, and what of them is printed.

use hex_literal::hex;
use prost::Message;

use super::super::relay::{Relay, Step};
use crate::{ServiceAccount, gcp};

const TARGET: &str = "localhost:50051";

/// The reference encodings are those of C-core 1.85.1 with one target, and with none as a server.
#[test]
fn our_first_requests_are_c_cores_byte_for_byte() {
    let target = ServiceAccount::new("server@test.iam.gserviceaccount.com").expect("an account");
    let (_, start) = Relay::client(TARGET, &[target]);
    let c_core = hex!(
        "0a6b 0802 1204 67727063 1a17 414c545352505f47434d5f4145533132385f52454b4559"
        "2225 0a23 73657276657240746573742e69616d2e67736572766963656163636f756e742e636f6d"
        "420f 6c6f63616c686f73743a3530303531 4a0c 0a0408021001 120408021001 50808040"
    );
    assert_eq!(start.encode_to_vec(), c_core);

    let (_, start) = Relay::server(b"ClientInit".to_vec());
    let c_core = hex!(
        "1243 0a04 67727063 121d 0802 1219 0a17 414c545352505f47434d5f4145533132385f52454b4559"
        "1a0a 436c69656e74496e6974 320c 0a0408021001 120408021001 38808040"
    );
    assert_eq!(start.encode_to_vec(), c_core);
}

#[test]
fn answers_on_the_wire_are_read_as_every_library_means_them() {
    let (mut relay, _) = Relay::client(TARGET, &[]);
    let mut to_peer = Vec::new();
    let first = hex!("0a0a 436c69656e74496e6974 2200");
    let first = gcp::HandshakerResp::decode(&first[..]).expect("an answer");
    assert!(matches!(
        relay.answered(first, &mut to_peer),
        Ok(Step::NeedBytes(_))
    ));
    assert_eq!(to_peer, b"ClientInit");

    let next = relay.peer_sent(b"ServerFinished!").expect("a request");
    // As grpc-go sends it, but for the latency that it reports.
    assert_eq!(
        next.encode_to_vec(),
        hex!("1a11 0a0f 53657276657246696e697368656421")
    );

    let last = hex!(
        "0a0e 436c69656e7446696e6973686564 100e 1a77 0a04 67727063"
        "1217 414c545352505f47434d5f4145533132385f52454b4559"
        "1a2c 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b"
        "220a 0a08 7365727665724078 2a0a 0a08 636c69656e744078"
        "3a0c 0a0408021001 120408021001 40808040 2200"
    );
    let last = gcp::HandshakerResp::decode(&last[..]).expect("an answer");
    let step = relay.answered(last, &mut to_peer);
    let Ok(Step::Done(_, leftover)) = step else {
        panic!("{step:?}")
    };
    assert_eq!(to_peer, b"ClientInitClientFinished");
    assert_eq!(leftover, b"!", "14 of 15 bytes belonged to the handshake");

    let error = gcp::HandshakerResp::decode(&hex!("2207 0803 1203 626164")[..]).expect("an answer");
    let error = Relay::client(TARGET, &[])
        .0
        .answered(error, &mut to_peer)
        .expect_err("refused");
    assert_eq!(
        error.to_string(),
        "the handshaker refused the handshake (status 3): bad"
    );
}

#[test]
fn secrets_and_peers_bytes_are_not_printed() {
    let result = gcp::HandshakerResult {
        key_data: b"SECRET".to_vec(),
        ..Default::default()
    };
    let answer = gcp::HandshakerResp {
        result: Some(result),
        out_frames: b"SECRET".to_vec(),
        ..Default::default()
    };
    let start = gcp::StartClientHandshakeReq {
        access_token: "SECRET".to_owned(),
        ..Default::default()
    };
    let parameters = gcp::ServerHandshakeParameters {
        token: Some("SECRET".to_owned()),
        ..Default::default()
    };
    let server_start = gcp::StartServerHandshakeReq {
        in_bytes: b"SECRET".to_vec(),
        handshake_parameters: [(2, parameters)].into(),
        ..Default::default()
    };
    let next = gcp::NextHandshakeMessageReq {
        in_bytes: b"SECRET".to_vec(),
        ..Default::default()
    };
    let text = format!("{answer:?} {start:?} {server_start:?} {next:?}");
    let bytes = format!("{:?}", b"SECRET");
    assert!(!text.contains("SECRET") && !text.contains(&bytes), "{text}");
}
