//! Every rule of the conversation with a handshaker, one answer at a time and without I/O.

use proptest::prelude::*;

use super::super::relay::{Relay, Step};
use crate::{Error, Misbehaviour, gcp, gcp::handshaker_req::ReqOneof};

const TARGET: &str = "localhost:50051";
/// The bound on bytes that a handshaker may leave unread.
const ROOM: usize = 64 * 1024;

fn client() -> Relay {
    Relay::client(TARGET, &[]).0
}

/// A client whose handshaker has given its first flight and waits for the peer's.
fn waiting_client() -> Relay {
    let mut relay = client();
    let step = relay.answered(answer(b"CI", 0), &mut Vec::new());
    assert!(matches!(step, Ok(Step::NeedBytes(ROOM))), "{step:?}");
    relay
}

fn answer(out_frames: &[u8], consumed: u32) -> gcp::HandshakerResp {
    gcp::HandshakerResp {
        out_frames: out_frames.to_vec(),
        bytes_consumed: consumed,
        status: Some(gcp::HandshakerStatus::default()),
        ..Default::default()
    }
}

fn failing(code: u32, details: &str) -> gcp::HandshakerResp {
    let status = gcp::HandshakerStatus {
        code,
        details: details.to_owned(),
    };
    gcp::HandshakerResp {
        status: Some(status),
        ..answer(b"why", 0)
    }
}

fn finished(consumed: u32) -> gcp::HandshakerResp {
    gcp::HandshakerResp {
        result: Some(gcp::HandshakerResult::default()),
        ..answer(b"CF", consumed)
    }
}

fn in_bytes(request: &gcp::HandshakerReq) -> &[u8] {
    match &request.req_oneof {
        Some(ReqOneof::ServerStart(start)) => &start.in_bytes,
        Some(ReqOneof::Next(next)) => &next.in_bytes,
        other => panic!("no bytes in {other:?}"),
    }
}

#[test]
fn what_an_answer_did_not_consume_is_given_again() {
    // After 10 bytes from the peer: (frames out, consumed) and what happens next.
    let rows: [(&[u8], u32, Option<usize>, &str); 6] = [
        (b"", 10, None, "all consumed: read on"),
        (b"SI", 10, None, "all consumed and answered: read on"),
        (b"", 4, Some(6), "progress: ask again at once"),
        (b"SI", 4, Some(6), "progress: ask again at once"),
        (b"SI", 0, Some(10), "frames are progress"),
        (
            b"",
            0,
            None,
            "no progress: more bytes may help, asking again cannot",
        ),
    ];
    for (out_frames, consumed, again, why) in rows {
        let (mut relay, _) = Relay::server(b"0123456789".to_vec());
        let step = relay.answered(answer(out_frames, consumed), &mut Vec::new());
        match (again, step) {
            (None, Ok(Step::NeedBytes(_))) => {
                let kept = if consumed == 0 {
                    &b"0123456789+"[..]
                } else {
                    b"+"
                };
                let next = relay.peer_sent(b"+").expect("a request");
                assert_eq!(in_bytes(&next), kept, "{why}");
            }
            (Some(left), Ok(Step::Ask(request))) => {
                assert_eq!(in_bytes(&request), &b"0123456789"[10 - left..], "{why}");
            }
            (_, step) => panic!("{why}: {step:?}"),
        }
    }
}

#[test]
fn leftovers_of_the_last_answer_are_records() {
    for consumed in 0..=10 {
        let mut relay = waiting_client();
        relay.peer_sent(b"0123456789").expect("a request");
        let step = relay.answered(finished(consumed), &mut Vec::new());
        let Ok(Step::Done(_, leftover)) = step else {
            panic!("{step:?}")
        };
        let consumed = usize::try_from(consumed).expect("small");
        assert_eq!(leftover, &b"0123456789"[consumed..]);
    }
}

#[test]
fn more_cannot_be_consumed_than_was_given() {
    for (given, consumed) in [(0, 1), (10, 11), (10, u32::MAX)] {
        for answer in [answer(b"", consumed), finished(consumed)] {
            let (mut relay, _) = Relay::server(vec![0; given]);
            let error = relay
                .answered(answer, &mut Vec::new())
                .expect_err("impossible");
            let Error::HandshakerMisbehaved(Misbehaviour::ConsumedTooMuch { .. }) = error else {
                panic!("{error}")
            };
        }
    }
}

#[test]
fn a_status_is_judged_by_when_and_to_whom_it_came() {
    type Check = fn(&Error) -> bool;
    let no_credential: Check = |error| matches!(error, Error::NoCredential { .. });
    let ours: Check = |error| matches!(error, Error::HandshakerRefused { .. });
    let peers: Check = |error| matches!(error, Error::Refused { .. });
    let standing: Check = |error| matches!(error, Error::StandingUnknown { .. });
    let overloaded: Check = |error| matches!(error, Error::HandshakerOverloaded { .. });
    let target: Check = |error| matches!(error, Error::NotATarget { .. });
    let unavailable = 14;
    let denied = 7;
    let exhausted = 8;
    // (a client?, a later answer?, code)
    let rows = [
        (true, false, unavailable, no_credential),
        (true, false, denied, ours),
        (true, false, 3, ours),
        (true, true, unavailable, standing),
        (true, false, exhausted, overloaded),
        (true, true, exhausted, peers),
        (true, true, denied, target),
        (true, true, 16, peers),
        (true, true, 9999, peers),
        (false, false, unavailable, no_credential),
        (false, true, unavailable, standing),
        (false, false, exhausted, overloaded),
        (false, false, denied, peers),
        (false, true, denied, peers),
        (false, true, 16, peers),
    ];
    for (is_client, later, code, expected) in rows {
        let mut relay = match is_client {
            true => client(),
            false => Relay::server(b"CI".to_vec()).0,
        };
        if later {
            let first = answer(b"flight", if is_client { 0 } else { 2 });
            relay.answered(first, &mut Vec::new()).expect("accepted");
            relay.peer_sent(b"more").expect("a request");
        }
        let error = relay.answered(failing(code, "words"), &mut Vec::new());
        let error = error.expect_err("refused");
        let row = (is_client, later, code);
        assert!(expected(&error), "{row:?}: {error:?}");
        assert!(error.to_string().ends_with("words"), "{row:?}: {error}");
    }
}

#[test]
fn a_status_without_words_is_put_into_words() {
    let error = client()
        .answered(failing(12, ""), &mut Vec::new())
        .expect_err("refused");
    let words = "(status 12): Operation is not implemented or not supported";
    assert!(error.to_string().ends_with(words), "{error}");
}

#[test]
fn a_strangers_words_stay_on_one_line_of_bounded_length() {
    let words = "peer says:\r\n\u{1b}[31mERROR all is lost\0".repeat(1000);
    let error = client().answered(failing(16, &words), &mut Vec::new());
    let text = error.expect_err("refused").to_string();
    assert!(
        text.contains("peer says:") && !text.contains(char::is_control),
        "{text:?}"
    );
    assert!(text.len() < 1200, "{} bytes", text.len());
}

/// A result in the same answer does not outweigh an error, and the peer is told all the same.
#[test]
fn frames_go_out_even_when_the_answer_is_an_error() {
    let with_result = gcp::HandshakerResp {
        result: Some(gcp::HandshakerResult::default()),
        ..failing(16, "no")
    };
    for broken in [failing(16, "no"), with_result, answer(b"why", 1)] {
        let mut to_peer = b"before ".to_vec();
        assert!(client().answered(broken, &mut to_peer).is_err());
        assert_eq!(to_peer, b"before why");
    }
}

#[test]
fn an_answer_without_a_status_is_a_good_one() {
    let silent = gcp::HandshakerResp {
        status: None,
        ..answer(b"CI", 0)
    };
    assert!(client().answered(silent, &mut Vec::new()).is_ok());
}

#[test]
fn unread_bytes_are_bounded_and_reading_stops_at_the_bound() {
    let (mut relay, _) = Relay::server(vec![0; ROOM - 1]);
    let step = relay.answered(answer(b"", 0), &mut Vec::new());
    assert!(matches!(step, Ok(Step::NeedBytes(1))), "{step:?}");
    relay.peer_sent(&[0]).expect("it fits");
    let error = relay
        .answered(answer(b"", 0), &mut Vec::new())
        .expect_err("full");
    let expected = Misbehaviour::TooMuchUnread(ROOM);
    assert!(
        matches!(error, Error::HandshakerMisbehaved(e) if e == expected),
        "{error}"
    );

    let mut relay = waiting_client();
    let error = relay
        .peer_sent(&vec![0; ROOM + 1])
        .expect_err("more than there is room for");
    assert!(
        matches!(error, Error::HandshakerMisbehaved(e) if e == expected),
        "{error}"
    );
}

#[test]
fn a_handshake_that_gets_nowhere_ends() {
    let mut relay = waiting_client();
    for _ in 0..20_000 {
        let asked = relay.peer_sent(b"x");
        let Ok(_) = asked else {
            let error = asked.expect_err("too many");
            assert!(error.to_string().contains("within 16384 rounds"), "{error}");
            return;
        };
        relay
            .answered(answer(b"", 1), &mut Vec::new())
            .expect("it goes on");
    }
    panic!("it never ends");
}

proptest! {
    /// However a flight is cut up, the handshaker sees its bytes once and in order, and what
    /// follows it is left over, exactly.
    #[test]
    fn a_flight_may_come_in_any_pieces(
        cuts in proptest::collection::vec(1_usize..40, 1..40),
        flight_len in 1_usize..200,
    ) {
        let total: usize = cuts.iter().sum::<usize>().max(flight_len);
        let bytes: Vec<u8> = (0..total).map(|n| n.to_le_bytes()[0]).collect();
        let mut relay = waiting_client();
        let (mut rest, mut seen) = (&bytes[..], Vec::new());
        let mut cuts = cuts.into_iter().chain(std::iter::repeat(1));
        let leftover = loop {
            let (piece, later) = rest.split_at(cuts.next().expect("endless").min(rest.len()));
            rest = later;
            let request = relay.peer_sent(piece).expect("a request");
            let given = in_bytes(&request);
            let wanted = given.len().min(flight_len - seen.len());
            seen.extend_from_slice(&given[..wanted]);
            let consumed = u32::try_from(wanted).expect("small");
            if seen.len() < flight_len {
                let step = relay.answered(answer(b"", consumed), &mut Vec::new());
                prop_assert!(matches!(step, Ok(Step::NeedBytes(_))));
                continue;
            }
            match relay.answered(finished(consumed), &mut Vec::new()) {
                Ok(Step::Done(_, leftover)) => break leftover,
                step => panic!("{step:?}"),
            }
        };
        prop_assert_eq!(&seen, &bytes[..flight_len]);
        prop_assert_eq!([&leftover[..], rest].concat(), &bytes[flight_len..]);
    }
}
