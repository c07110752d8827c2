//! Tests of `reader.rs`.

use super::*;

#[test]
fn a_frame_is_found_wherever_the_stream_is_cut() {
    let frame = Frame::encode(FrameType::Abort, &vec![7u8; 20]);
    let mut stream = frame.bytes().to_vec();
    stream.extend_from_slice(b"what follows");
    for cut in 0..=stream.len() {
        let mut reader = FrameReader::default();
        let mut first = Input::new(&stream[..cut]);
        let mut second = Input::new(&stream[cut..]);
        let found = match reader.read(&mut first).unwrap() {
            Some(found) => found,
            None => reader.read(&mut second).unwrap().unwrap(),
        };
        assert!(found == frame, "cut at {cut}");
        assert_eq!(first.consumed() + second.consumed(), frame.bytes().len());
    }
}

#[test]
fn a_promise_of_much_does_not_allocate_it() {
    let mut reader = FrameReader::default();
    let length = (MAX_FRAME_LEN - 4) as u32;
    let mut header = length.to_le_bytes().to_vec();
    header.extend_from_slice(&0x11u32.to_le_bytes());
    assert!(matches!(reader.read(&mut Input::new(&header)), Ok(None)));
    assert!(reader.partial.capacity() < 64);
}

#[test]
fn headers_that_are_none_are_refused_at_their_eighth_byte() {
    let cases: &[(&[u8], InvalidMessage)] = &[
        (
            b"PRI * HT",
            InvalidMessage::OtherProtocol("plaintext HTTP/2"),
        ),
        (
            &[0, 0, 18, 4, 0, 0, 0, 0],
            InvalidMessage::OtherProtocol("plaintext HTTP/2"),
        ),
        (b"HTTP/1.1", InvalidMessage::OtherProtocol("HTTP/1")),
        (
            &[22, 3, 1, 2, 0, 1, 0, 1],
            InvalidMessage::OtherProtocol("TLS"),
        ),
        (
            &[20, 0, 0, 0, 6, 0, 0, 0],
            InvalidMessage::UnknownFrameType(6),
        ),
        (
            &[3, 0, 0, 0, 0x11, 0, 0, 0],
            InvalidMessage::FrameTooShort(3),
        ),
        (
            &[0xfd, 0xff, 0, 0, 0x11, 0, 0, 0],
            InvalidMessage::FrameTooLong(65_537),
        ),
        (
            &[0xff, 0xff, 0xff, 0xff, 0x11, 0, 0, 0],
            InvalidMessage::FrameTooLong(4_294_967_299),
        ),
    ];
    for (header, expected) in cases {
        let mut reader = FrameReader::default();
        let seven = reader.read(&mut Input::new(&header[..7]));
        assert!(matches!(seven, Ok(None)));
        let error = reader.read(&mut Input::new(&header[7..])).err();
        assert_eq!(error.as_ref(), Some(expected));
    }
}
