//! What of a server's first bytes hyper gets to read, however they are cut, and a server that says nothing.

use super::*;
use crate::{
    record::{Side, TrafficKeys, aead::BackEnd},
    stream::{Established, test_context},
};

/// A frame of the given type and flags, with `len` bytes of payload.
fn frame(kind: u8, flags: u8, len: u8) -> Vec<u8> {
    let mut frame = vec![0, 0, len, kind, flags, 0, 0, 0, 0];
    frame.resize(FRAME_HEAD_LEN + usize::from(len), kind);
    frame
}

#[test]
fn only_the_first_acknowledgement_is_hidden_however_the_bytes_are_cut() {
    let settings = frame(4, 0, 18);
    let window = frame(8, 0, 4);
    let mut ack = frame(4, 1, 0);
    let arrived = [&settings[..], &window, &ack, &ack, &window].concat();
    let expected = [&settings[..], &window, &ack, &window].concat();

    for cut in 1..=arrived.len() {
        let mut first_ack = FirstAck::default();
        for piece in arrived.chunks(cut) {
            first_ack.take(piece);
        }
        assert_eq!(first_ack.plain, expected, "in pieces of {cut}");
        assert!(first_ack.found);
    }

    // What a receiver ignores: other flags, and the reserved bit before the stream's number.
    (ack[4], ack[5]) = (0xff, 0x80);
    let mut first_ack = FirstAck::default();
    first_ack.take(&ack);
    assert!(first_ack.found && first_ack.plain.is_empty());
}

#[test]
fn a_payload_that_looks_like_an_acknowledgement_is_none() {
    let mut ping = frame(6, 0, 9);
    ping[FRAME_HEAD_LEN..].copy_from_slice(&frame(4, 1, 0));
    let mut first_ack = FirstAck::default();
    first_ack.take(&ping);
    assert_eq!(first_ack.plain, ping);
    assert!(!first_ack.found);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_given_up() {
    let (near, _far) = tokio::io::duplex(4096);
    let established = Established {
        side: Side::Client,
        keys: TrafficKeys::from_key_data(&[3; 44]).expect("44 bytes"),
        context: test_context("peer@test"),
        max_frame_len: 16384,
        leftover: Vec::new(),
    };
    let aead = BackEnd::from_env().expect("a back end of this build");
    let opened = OpenedStream::open(AltsStream::new(near, aead, established)).await;
    let error = opened.expect_err("nobody answers");
    assert!(
        matches!(
            error,
            Error::TimedOut {
                limit: ANSWER_LIMIT,
                ..
            }
        ),
        "{error}"
    );
}
