//! Bytes may arrive cut or joined anywhere; what follows the handshake belongs to the record
//! protocol.

use proptest::prelude::*;

use super::*;

/// Looks like the first record: length 26, type 6.
const RECORD: &[u8] = &[26, 0, 0, 0, 6, 0, 0, 0, 1, 2, 3];

/// Feeds a flight in pieces of the given lengths, the last one taking the rest.
fn pieces<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = bytes;
    let mut pieces = Vec::new();
    for cut in cuts {
        let (piece, after) = rest.split_at((*cut).min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// Runs a handshake with each flight cut as told, records glued to the last flight of each side.
/// Panics unless it succeeds and every byte is accounted for.
fn cut_everywhere(pair: &Pair, cuts: &[usize]) {
    let (mut client, client_init) = Client::start(pair);
    let mut server = Server::start(pair);
    let mut to_client = Vec::new();
    for piece in pieces(&client_init, cuts) {
        let taken;
        (server, taken) = server.feed(piece, NOW, &mut to_client);
        assert_eq!(taken, piece.len());
    }
    let mut to_server = Vec::new();
    for piece in pieces(&to_client, cuts) {
        let taken;
        (client, taken) = client.feed(piece, NOW, &mut to_server);
        assert_eq!(taken, piece.len());
    }
    let finished_len = to_server.len();
    to_server.extend_from_slice(RECORD);
    let mut total = 0;
    for piece in pieces(&to_server, cuts) {
        let taken;
        (server, taken) = server.feed(piece, NOW, &mut Vec::new());
        total += taken;
        if total < finished_len {
            assert_eq!(taken, piece.len());
        }
    }
    assert_eq!(total, finished_len, "the record must be left alone");
    let (client, server) = (client.end().established(), server.end().established());
    assert_eq!(client.record_key.as_bytes(), server.record_key.as_bytes());
}

#[test]
fn every_flight_may_be_cut_in_two_at_every_byte() {
    let pair = Pair::default();
    let longest = recorded(&pair).iter().map(Vec::len).max().unwrap() + RECORD.len();
    for cut in 0..=longest {
        cut_everywhere(&pair, &[cut]);
    }
}

#[test]
fn every_flight_may_arrive_byte_by_byte() {
    let pair = Pair::default();
    cut_everywhere(&pair, &vec![1; 4096]);
}

#[test]
fn a_servers_early_record_behind_its_flight_is_left_alone() {
    let pair = Pair::default();
    let [_, flight, _] = recorded(&pair);
    let (client, _) = Client::start(&pair);
    let joined = [&flight, RECORD].concat();
    let (client, taken) = client.feed(&joined, NOW, &mut Vec::new());
    assert_eq!(taken, flight.len());
    assert!(client.end().is_established());
}

#[test]
fn a_client_that_talks_out_of_turn_is_refused() {
    let pair = Pair::default();
    let (_, server) = drive(&pair, |flight, bytes| {
        if flight == Flight::ClientInit {
            bytes.extend_from_slice(RECORD);
        }
    });
    let expected = InvalidMessage::BytesOutOfTurn(RECORD.len());
    assert_eq!(server.error(), HandshakeError::InvalidMessage(expected));
}

#[test]
fn no_bytes_are_no_progress_and_no_error() {
    let pair = Pair::default();
    let (client, _) = Client::start(&pair);
    let (client, _) = client.feed(&[], NOW, &mut Vec::new());
    assert!(matches!(client.end(), End::Waiting));
    let (server, _) = Server::start(&pair).feed(&[], NOW, &mut Vec::new());
    assert!(matches!(server.end(), End::Waiting));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_cutting_leads_to_the_same_end(cuts in prop::collection::vec(0usize..200, 0..20)) {
        cut_everywhere(&Pair::default(), &cuts);
    }
}
