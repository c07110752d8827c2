//! The record protocol against published vectors, against itself, and against an attacker.
//!
//! Every test runs over each AEAD back end that is compiled in, and `agree` pits them against
//! one another. Vectors are data: `vectors/*.txt`.

use proptest::prelude::*;

use super::{
    aead::{BackEnd, TAG_LEN},
    counter::FrameCounter,
    rekey::{RekeyingAead, derive},
    *,
};

/// Runs a test once for each back end in this build.
macro_rules! for_each_aead {
    ($($(#[$meta:meta])* fn $name:ident($aead:ident) $body:block)*) => {$(
        $(#[$meta])*
        #[test]
        fn $name() {
            for $aead in BackEnd::ALL.iter().copied() $body
        }
    )*};
}

fn hex(text: &str) -> Vec<u8> {
    let text = text.trim();
    if text == "-" {
        return Vec::new();
    }
    assert_eq!(text.len() % 2, 0, "odd hex: {text}");
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex digits"))
        .collect()
}

/// The rows of a vector file, split at `|`.
fn rows(file: &str) -> Vec<Vec<&str>> {
    file.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split('|').map(str::trim).collect())
        .collect()
}

fn keys(seed: u8) -> TrafficKeys {
    let bytes: Vec<u8> = (0..44).map(|i| i ^ seed).collect();
    TrafficKeys::from_key_data(&bytes).expect("44 bytes")
}

/// A sealer and the opener at the other end, both starting at a given frame.
fn pair_at(aead: BackEnd, number: u64, sender: Side) -> (Sealer, Opener) {
    let mut sealer = Sealer::new(aead, &keys(0), sender);
    let mut opener = Opener::new(aead, &keys(0), sender.peer());
    sealer.counter = Counter::starting_at(number, sender);
    opener.counter = Counter::starting_at(number, sender);
    (sealer, opener)
}

fn sealed(sealer: &mut Sealer, plaintext: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    sealer.seal(plaintext, &mut frame).expect("sealable");
    frame
}

for_each_aead! {
    fn the_24_published_rekey_vectors_hold(aead) {
        let rows = rows(include_str!("vectors/rekey_vectors.txt"));
        assert_eq!(rows.len(), 24);
        for row in rows {
            let [name, key, counter, aad, plaintext, expected] = row[..] else {
                panic!("six columns: {row:?}")
            };
            let keys = TrafficKeys::from_key_data(&hex(key)).expect("44 bytes");
            let counter = FrameCounter(hex(counter).try_into().expect("12 bytes"));
            let (aad, plaintext, expected) = (hex(aad), hex(plaintext), hex(expected));

            let mut text = plaintext.clone();
            let tag = RekeyingAead::new(aead, &keys).seal(counter, &aad, &mut text);
            assert_eq!([&text[..], &tag[..]].concat(), expected, "{name}, {}", aead.name());

            RekeyingAead::new(aead, &keys)
                .open(counter, &aad, &mut text, &tag)
                .unwrap_or_else(|_| panic!("{name} opens, {}", aead.name()));
            assert_eq!(text, plaintext, "{name}, {}", aead.name());
        }
    }

    fn the_full_frame_vectors_hold(aead) {
        let rows = rows(include_str!("vectors/frame_vectors.txt"));
        assert_eq!(rows.len(), 18);
        for row in rows {
            let [key, sender, number, plaintext, aes_key, frame] = row[..] else {
                panic!("six columns: {row:?}")
            };
            let keys = TrafficKeys::from_key_data(&hex(key)).expect("44 bytes");
            let sender = if sender == "client" { Side::Client } else { Side::Server };
            let number = number.parse().expect("a frame number");
            let (plaintext, mut frame) = (hex(plaintext), hex(frame));

            let epoch = FrameCounter::new(number, sender).epoch();
            let kdf_key = hex(key)[..32].try_into().expect("32 bytes");
            assert_eq!(derive(&kdf_key, epoch).to_vec(), hex(aes_key), "AES key of frame {number}");

            let mut sealer = Sealer::new(aead, &keys, sender);
            sealer.counter = Counter::starting_at(number, sender);
            assert_eq!(sealed(&mut sealer, &plaintext), frame, "frame {number}");

            let mut opener = Opener::new(aead, &keys, sender.peer());
            opener.counter = Counter::starting_at(number, sender);
            assert_eq!(frame_len(&frame), Ok(Some(frame.len())));
            assert_eq!(opener.open_in_place(&mut frame).expect("opens"), plaintext);
        }
    }

    fn more_than_65_537_frames_flow_each_way_through_the_rekey(aead) {
        for sender in [Side::Client, Side::Server] {
            let (mut sealer, mut opener) = pair_at(aead, 0, sender);
            for number in 0_u32..65_600 {
                let mut frame = sealed(&mut sealer, &number.to_le_bytes());
                let text = opener.open_in_place(&mut frame).expect("opens");
                assert_eq!(text, number.to_le_bytes());
            }
        }
    }

    fn a_flip_of_any_bit_of_any_byte_is_refused(aead) {
        let frame = sealed(&mut pair_at(aead, 0, Side::Client).0, b"theatre 3, 11:30");
        for at in 0..frame.len() {
            for bit in 0..8 {
                let mut altered = frame.clone();
                altered[at] ^= 1 << bit;
                let mut opener = pair_at(aead, 0, Side::Client).1;
                let refused = opener.open_in_place(&mut altered).expect_err("refused");
                let expected = match at {
                    0..4 => matches!(refused, RecordError::Length { .. }),
                    4..8 => matches!(refused, RecordError::Type { .. }),
                    _ => refused == RecordError::Tag,
                };
                assert!(expected, "byte {at}, bit {bit}: {refused}");
            }
        }
    }

    fn replay_reorder_and_loss_are_refused(aead) {
        let (mut sealer, _) = pair_at(aead, 0, Side::Client);
        let frames: Vec<_> = (0..3_u8).map(|n| sealed(&mut sealer, &[n])).collect();
        for order in [&[0, 0][..], &[1], &[0, 2], &[0, 1, 0]] {
            let mut opener = pair_at(aead, 0, Side::Client).1;
            let (last, before) = order.split_last().expect("not empty");
            for &number in before {
                opener.open_in_place(&mut frames[number].clone()).expect("in order so far");
            }
            let mut frame = frames[*last].clone();
            let refused = opener.open_in_place(&mut frame);
            assert_eq!(refused, Err(RecordError::Tag), "{order:?}");
        }
    }

    fn a_frame_reflected_to_its_sender_is_refused(aead) {
        for side in [Side::Client, Side::Server] {
            let mut frame = sealed(&mut Sealer::new(aead, &keys(0), side), b"mine");
            let refused = Opener::new(aead, &keys(0), side).open_in_place(&mut frame);
            assert_eq!(refused, Err(RecordError::Tag));
        }
    }

    fn frames_under_other_keys_are_refused(aead) {
        let mut frame = sealed(&mut Sealer::new(aead, &keys(1), Side::Client), b"text");
        let refused = pair_at(aead, 0, Side::Client).1.open_in_place(&mut frame);
        assert_eq!(refused, Err(RecordError::Tag));
    }

    fn the_first_error_is_final(aead) {
        let (mut sealer, mut opener) = pair_at(aead, 0, Side::Client);
        let mut good = sealed(&mut sealer, b"good");
        let mut bad = good.clone();
        bad[10] ^= 1;
        assert_eq!(opener.open_in_place(&mut bad), Err(RecordError::Tag));
        assert_eq!(opener.open_in_place(&mut good.clone()), Err(RecordError::Tag));
        let mut opener = pair_at(aead, 0, Side::Client).1;
        let long = RecordError::Length { length: 3 };
        assert_eq!(opener.open_in_place(&mut [1, 2, 3]), Err(long));
        assert_eq!(opener.open_in_place(&mut good), Err(long));
    }

    fn the_last_frame_number_serves_and_then_both_sides_are_exhausted(aead) {
        let (mut sealer, mut opener) = pair_at(aead, u64::MAX, Side::Server);
        let mut frame = sealed(&mut sealer, b"last");
        assert_eq!(opener.open_in_place(&mut frame.clone()).expect("opens"), b"last");
        assert_eq!(sealer.seal(b"more", &mut Vec::new()), Err(RecordError::Exhausted));
        assert_eq!(opener.open_in_place(&mut frame), Err(RecordError::Exhausted));
    }

    fn a_refused_seal_leaves_the_output_as_it_was(aead) {
        let mut sealer = Sealer::new(aead, &keys(0), Side::Client);
        let mut out = b"before".to_vec();
        let refused = sealer.seal(&vec![0; MAX_SENT_FRAME_LEN], &mut out);
        assert!(matches!(refused, Err(RecordError::Length { .. })), "{refused:?}");
        assert_eq!(out, b"before");
        let mut small = [0; OVERHEAD_LEN - 1];
        assert!(matches!(sealer.seal_in_place(&mut small), Err(RecordError::Length { .. })));
    }
}

#[test]
fn lengths_and_types_are_judged_as_soon_as_they_are_readable() {
    let header = |length: u32, message_type: u32| {
        [length.to_le_bytes(), message_type.to_le_bytes()].concat()
    };
    let max = u32::try_from(MAX_LENGTH).expect("fits");
    type Row = (Vec<u8>, Result<Option<usize>, RecordError>);
    let rows: [Row; 12] = [
        (vec![], Ok(None)),
        (vec![20, 0, 0], Ok(None)),
        (vec![20, 0, 0, 0, 6, 0, 0], Ok(None)),
        (header(20, 6), Ok(Some(24))),
        (header(max, 6), Ok(Some(MAX_LENGTH + 4))),
        (header(19, 6), Err(RecordError::Length { length: 19 })),
        (header(0, 6), Err(RecordError::Length { length: 0 })),
        (
            header(max + 1, 6),
            Err(RecordError::Length {
                length: MAX_LENGTH + 1,
            }),
        ),
        (
            header(u32::MAX, 6)[..4].to_vec(),
            Err(RecordError::Length {
                length: 0xffff_ffff,
            }),
        ),
        (header(20, 5), Err(RecordError::Type { message_type: 5 })),
        (
            header(20, 0x106),
            Err(RecordError::Type {
                message_type: 0x106,
            }),
        ),
        (
            b"PRI * HTTP/2.0".to_vec(),
            Err(RecordError::Length {
                length: 0x2049_5250,
            }),
        ),
    ];
    for (buffer, expected) in rows {
        assert_eq!(frame_len(&buffer), expected, "{buffer:02x?}");
    }
}

#[test]
fn short_key_data_gives_no_keys() {
    assert!(TrafficKeys::from_key_data(&[0; 43]).is_none());
    assert!(TrafficKeys::from_key_data(&[0; 44]).is_some());
    assert!(TrafficKeys::from_key_data(&[0; 128]).is_some());
}

#[test]
fn nothing_secret_is_printed() {
    let (sealer, opener) = protect(BackEnd::default(), &keys(0xaa), Side::Client);
    let printed = format!("{:?} {sealer:?} {opener:?}", keys(0xaa));
    for secret in ["170", "171", "0xaa", "aaab"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[cfg(all(feature = "ring", feature = "aes-gcm"))]
proptest! {
    #[test]
    fn the_two_back_ends_agree(
        seed: u8, number: u64, server: bool, text in proptest::collection::vec(any::<u8>(), 0..4096),
    ) {
        let sender = if server { Side::Server } else { Side::Client };
        let counter = FrameCounter::new(number, sender);
        let (mut one, mut two) = (text.clone(), text);
        let tag_one = RekeyingAead::new(BackEnd::Ring, &keys(seed)).seal(counter, &[], &mut one);
        let tag_two =
            RekeyingAead::new(BackEnd::AesGcm, &keys(seed)).seal(counter, &[], &mut two);
        prop_assert_eq!(one, two);
        prop_assert_eq!(tag_one, tag_two);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_opener_panic(mut junk in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut opener = pair_at(BackEnd::default(), 0, Side::Client).1;
        prop_assert!(opener.open_in_place(&mut junk).is_err());
    }

    #[test]
    fn what_is_sealed_opens(text in proptest::collection::vec(any::<u8>(), 0..70_000), number: u64) {
        let (mut sealer, mut opener) = pair_at(BackEnd::default(), number, Side::Server);
        let mut frame = sealed(&mut sealer, &text);
        prop_assert_eq!(frame.len(), text.len() + OVERHEAD_LEN);
        prop_assert_eq!(frame[frame.len() - TAG_LEN..].len(), TAG_LEN);
        prop_assert_eq!(&*opener.open_in_place(&mut frame).expect("opens"), &text[..]);
    }
}
