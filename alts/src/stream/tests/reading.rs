//! What is read: byte by byte, cut off, altered, of something else, left over.

use super::*;

#[tokio::test]
async fn frames_may_arrive_byte_by_byte() {
    let mut stream = server(Wire {
        read_step: 1,
        ..Wire::carrying(&frames(&[b"one", b"", b"two"]))
    });
    let (bytes, end) = read_all(&mut stream).await;
    end.expect("a clean end");
    assert_eq!(bytes, b"onetwo");
}

#[tokio::test]
async fn a_cut_inside_a_frame_is_an_error_and_between_frames_an_end() {
    let whole = frames(&[b"first", b"second"]);
    let boundary = b"first".len() + OVERHEAD_LEN;
    for cut in 0..=whole.len() {
        let mut stream = server(Wire::carrying(&whole[..cut]));
        let (bytes, end) = read_all(&mut stream).await;
        if [0, boundary, whole.len()].contains(&cut) {
            end.unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        } else {
            assert_eq!(
                end.expect_err("cut").kind(),
                io::ErrorKind::UnexpectedEof,
                "cut at {cut}"
            );
            let (_, again) = read_all(&mut stream).await;
            assert_eq!(
                again.expect_err("sticky").kind(),
                io::ErrorKind::UnexpectedEof
            );
        }
        let expected: &[u8] = match cut {
            _ if cut == whole.len() => b"firstsecond",
            _ if cut >= boundary => b"first",
            _ => b"",
        };
        assert_eq!(bytes, expected, "cut at {cut}");
    }
}

#[tokio::test]
async fn an_empty_frame_is_not_an_end() {
    let mut stream = server(Wire::carrying(&frames(&[b"", b"", b"late", b""])));
    let mut buf = [0; 16];
    assert_eq!(stream.read(&mut buf).await.expect("read"), 4);
    assert_eq!(stream.read(&mut buf).await.expect("end"), 0);
}

#[tokio::test]
async fn what_verified_is_delivered_before_the_error_and_the_error_stays() {
    let good = frames(&[b"good"]);
    let mut bytes = frames(&[b"good", b"evil", b"later"]);
    bytes[good.len() + HEADER_LEN] ^= 1;
    let mut stream = server(Wire::carrying(&bytes));
    let mut buf = [0; 64];
    assert_eq!(stream.read(&mut buf).await.expect("the good frame"), 4);
    for _ in 0..3 {
        let error = stream.read(&mut buf).await.expect_err("refused");
        let cause = Error::find(&error).expect("our error inside");
        assert!(matches!(cause, Error::Record(RecordError::Tag)), "{cause}");
    }
}

#[tokio::test]
async fn a_stream_of_something_else_is_refused() {
    for bytes in [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..],
        &[0; 64],
        b"\x16\x03\x01\x02\x00\x01",
    ] {
        let (plain, end) = read_all(&mut server(Wire::carrying(bytes))).await;
        assert!(end.is_err() && plain.is_empty(), "{bytes:02x?}");
    }
}

#[tokio::test]
async fn bytes_left_over_from_the_handshake_come_first() {
    let bytes = frames(&[b"head", b"tail"]);
    for cut in 0..bytes.len() {
        let wire = Wire::carrying(&bytes[cut..]);
        let mut stream = AltsStream::new(
            wire,
            aead(),
            established(Side::Server, FRAME_LEN, bytes[..cut].to_vec()),
        );
        let (plain, end) = read_all(&mut stream).await;
        end.expect("a clean end");
        assert_eq!(plain, b"headtail", "{cut} bytes left over");
    }
}

#[tokio::test]
async fn memory_grows_with_what_arrives_and_not_with_what_a_header_promises() {
    let promise = (1024 * 1024_u32).to_le_bytes();
    for arrived in [8, 1000, 100_000] {
        let mut bytes = vec![0; arrived];
        bytes[..4].copy_from_slice(&promise);
        bytes[4] = 6;
        let (mut peer, io) = tokio::io::duplex(arrived);
        peer.write_all(&bytes).await.expect("written");
        let mut stream = server(io);
        let mut buf = [0; 16];
        let mut out = ReadBuf::new(&mut buf);
        let read = Pin::new(&mut stream).poll_read(&mut context(), &mut out);
        assert!(read.is_pending() && stream.reader.is_inside_frame());
        let held = stream.reader.held_len();
        assert!(held <= 4 * arrived + 40_000, "{held} for {arrived}");
    }
}
