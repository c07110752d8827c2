//! The stream over hand-made transports: good, stingy, stuck, cut and tampered with.

use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, Waker},
};

use proptest::prelude::*;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::*;
use crate::record::{HEADER_LEN, OVERHEAD_LEN, Sealer, frame_len};

const FRAME_LEN: usize = 128 * 1024;

fn keys() -> TrafficKeys {
    TrafficKeys::from_key_data(&[3; 44]).expect("44 bytes")
}

fn established(side: Side, max_frame_len: usize, leftover: Vec<u8>) -> Established {
    let context = test_context("peer@test");
    Established {
        side,
        keys: keys(),
        context,
        max_frame_len,
        leftover,
    }
}

fn client<IO>(io: IO) -> AltsStream<IO> {
    AltsStream::new(io, established(Side::Client, FRAME_LEN, Vec::new()))
}

fn server<IO>(io: IO) -> AltsStream<IO> {
    AltsStream::new(io, established(Side::Server, FRAME_LEN, Vec::new()))
}

/// A transport under the test's control: what it will be read, what was written to it, and how
/// much it moves at a time (zero: it is stuck).
#[derive(Debug, Default)]
struct Wire {
    incoming: VecDeque<u8>,
    /// After `incoming`: end of stream if true, silence if not.
    closed: bool,
    outgoing: Vec<u8>,
    read_step: usize,
    write_step: usize,
    shut: bool,
}

impl Wire {
    fn carrying(bytes: &[u8]) -> Self {
        let incoming = bytes.iter().copied().collect();
        Self {
            incoming,
            closed: true,
            read_step: usize::MAX,
            ..Self::default()
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.incoming.is_empty() {
            return if self.closed {
                Poll::Ready(Ok(()))
            } else {
                Poll::Pending
            };
        }
        let len = self.incoming.len().min(self.read_step).min(buf.remaining());
        let bytes: Vec<u8> = self.incoming.drain(..len).collect();
        buf.put_slice(&bytes);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let len = buf.len().min(self.write_step);
        self.outgoing.extend_from_slice(&buf[..len]);
        if len == 0 {
            Poll::Pending
        } else {
            Poll::Ready(Ok(len))
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.shut = true;
        Poll::Ready(Ok(()))
    }
}

fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

/// What a client sends for these plaintexts, a frame each.
fn frames(plaintexts: &[&[u8]]) -> Vec<u8> {
    let mut sealer = Sealer::<crate::record::aead::DefaultAead>::new(&keys(), Side::Client);
    let mut out = Vec::new();
    for plaintext in plaintexts {
        sealer.seal(plaintext, &mut out).expect("sealable");
    }
    out
}

/// The lengths of the frames on a wire, all bytes counted.
fn frame_lens(mut bytes: &[u8]) -> Vec<usize> {
    let mut lens = Vec::new();
    while !bytes.is_empty() {
        let len = frame_len(bytes).expect("a frame").expect("whole");
        lens.push(len);
        bytes = &bytes[len..];
    }
    lens
}

async fn read_all<IO: AsyncRead + Unpin>(
    stream: &mut AltsStream<IO>,
) -> (Vec<u8>, io::Result<usize>) {
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes).await;
    (bytes, end)
}

#[tokio::test]
async fn text_arrives_as_sent_in_both_directions() {
    let (near, far) = tokio::io::duplex(1000);
    let (mut near, mut far) = (client(near), server(far));
    let sent: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let expected = sent.clone();
    let echo = tokio::spawn(async move {
        let (bytes, end) = read_all(&mut far).await;
        end.expect("a clean end");
        far.write_all(&bytes).await.expect("written");
        far.shutdown().await.expect("shut");
    });
    near.write_all(&sent).await.expect("written");
    near.shutdown().await.expect("shut");
    let (bytes, end) = read_all(&mut near).await;
    end.expect("a clean end");
    assert!(
        bytes == expected,
        "{} of {} bytes",
        bytes.len(),
        expected.len()
    );
    echo.await.expect("echoed");
}

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
            established(Side::Server, FRAME_LEN, bytes[..cut].to_vec()),
        );
        let (plain, end) = read_all(&mut stream).await;
        end.expect("a clean end");
        assert_eq!(plain, b"headtail", "{cut} bytes left over");
    }
}

#[test]
fn head_and_body_of_a_vectored_write_share_one_record() {
    let mut stream = client(Wire {
        write_step: usize::MAX,
        ..Wire::default()
    });
    assert!(stream.is_write_vectored());
    let (head, body) = ([0; 9], [1; 16_384]);
    let bufs = [IoSlice::new(&head), IoSlice::new(&body)];
    let written = Pin::new(&mut stream).poll_write_vectored(&mut context(), &bufs);
    assert!(matches!(written, Poll::Ready(Ok(16_393))), "{written:?}");
    assert!(
        stream.io.outgoing.is_empty(),
        "nothing is sent before a flush"
    );
    assert!(Pin::new(&mut stream).poll_flush(&mut context()).is_ready());
    assert_eq!(frame_lens(&stream.io.outgoing), [16_393 + OVERHEAD_LEN]);
}

#[test]
fn no_frame_exceeds_what_the_peer_accepts() {
    for max in [OVERHEAD_LEN + 1, 1000, 16_384] {
        let wire = Wire {
            write_step: usize::MAX,
            ..Wire::default()
        };
        let mut stream = AltsStream::new(wire, established(Side::Client, max, Vec::new()));
        let mut rest: &[u8] = &[5; 10_000];
        while !rest.is_empty() {
            let Poll::Ready(Ok(len)) = Pin::new(&mut stream).poll_write(&mut context(), rest)
            else {
                panic!("stuck")
            };
            rest = &rest[len..];
        }
        assert!(Pin::new(&mut stream).poll_flush(&mut context()).is_ready());
        let lens = frame_lens(&stream.io.outgoing);
        assert!(lens.iter().all(|&len| len <= max), "{max}: {lens:?}");
        assert_eq!(
            lens.iter().map(|len| len - OVERHEAD_LEN).sum::<usize>(),
            10_000
        );
    }
}

#[test]
fn a_stuck_transport_stops_the_writer_and_nothing_accepted_is_lost() {
    let mut stream = client(Wire::default());
    let chunk = [7; 10_000];
    let mut accepted = 0;
    while let Poll::Ready(written) = Pin::new(&mut stream).poll_write(&mut context(), &chunk) {
        accepted += written.expect("accepted");
        assert!(accepted < 1 << 20, "unbounded buffering");
    }
    assert!(accepted > chunk.len());
    assert!(
        Pin::new(&mut stream)
            .poll_flush(&mut context())
            .is_pending()
    );
    stream.io.write_step = 1000;
    assert!(
        Pin::new(&mut stream)
            .poll_shutdown(&mut context())
            .is_ready()
    );
    assert!(stream.io.shut);
    let sent: usize = frame_lens(&stream.io.outgoing)
        .iter()
        .map(|len| len - OVERHEAD_LEN)
        .sum();
    assert_eq!(sent, accepted);
}

#[test]
fn a_failed_write_is_final() {
    #[derive(Debug)]
    struct Broken;
    impl AsyncWrite for Broken {
        fn poll_write(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &[u8],
        ) -> Poll<io::Result<usize>> {
            Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
        }
        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }
    let mut stream = client(Broken);
    assert!(
        Pin::new(&mut stream)
            .poll_write(&mut context(), b"text")
            .is_ready()
    );
    for _ in 0..2 {
        let Poll::Ready(Err(error)) = Pin::new(&mut stream).poll_flush(&mut context()) else {
            panic!("no error")
        };
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
    let Poll::Ready(Err(_)) = Pin::new(&mut stream).poll_write(&mut context(), b"more") else {
        panic!("written after an error")
    };
}

#[tokio::test]
async fn an_idle_stream_gives_its_buffers_back() {
    let (near, far) = tokio::io::duplex(1 << 20);
    let (mut near, mut far) = (client(near), server(far));
    near.write_all(&vec![1; 500_000]).await.expect("written");
    near.flush().await.expect("flushed");
    let mut buf = vec![0; 500_000];
    far.read_exact(&mut buf).await.expect("read");
    let mut one = [0; 1];
    let mut read_buf = ReadBuf::new(&mut one);
    assert!(
        Pin::new(&mut far)
            .poll_read(&mut context(), &mut read_buf)
            .is_pending()
    );
    assert_eq!(far.reader.held_len(), 0);
    assert!(near.writer.held_len() <= 4096, "{}", near.writer.held_len());
}

#[tokio::test]
async fn more_than_65_537_records_flow_through_one_stream() {
    let (near, far) = tokio::io::duplex(1 << 20);
    let (mut near, mut far) = (client(near), server(far));
    let reader = tokio::spawn(async move {
        let (bytes, end) = read_all(&mut far).await;
        end.expect("a clean end");
        bytes.len()
    });
    for _ in 0..66_000 {
        near.write_all(b"x").await.expect("written");
        near.flush().await.expect("flushed");
    }
    near.shutdown().await.expect("shut");
    assert_eq!(reader.await.expect("read"), 66_000);
}

proptest! {
    #[test]
    fn however_it_is_cut_the_text_is_the_same(
        writes in proptest::collection::vec(1_usize..40_000, 1..12),
        read_step in 1_usize..70_000,
        max_frame in 30_usize..140_000,
        take in 1_usize..50_000,
    ) {
        let wire = Wire { write_step: 9_999, ..Wire::default() };
        let mut sender = AltsStream::new(wire, established(Side::Client, max_frame, Vec::new()));
        let mut sent = Vec::new();
        for (at, len) in writes.iter().enumerate() {
            let text = vec![u8::try_from(at).expect("few"); *len];
            let mut rest = &text[..];
            while !rest.is_empty() {
                let Poll::Ready(Ok(len)) = Pin::new(&mut sender).poll_write(&mut context(), rest)
                else { panic!("stuck") };
                rest = &rest[len..];
            }
            sent.extend_from_slice(&text);
        }
        prop_assert!(Pin::new(&mut sender).poll_flush(&mut context()).is_ready());

        let wire = Wire { read_step, ..Wire::carrying(&sender.io.outgoing) };
        let mut receiver = server(wire);
        let mut received = Vec::new();
        let mut buf = vec![0; take];
        loop {
            let mut read_buf = ReadBuf::new(&mut buf);
            let Poll::Ready(Ok(())) = Pin::new(&mut receiver).poll_read(&mut context(), &mut read_buf)
            else { panic!("no data") };
            if read_buf.filled().is_empty() { break }
            received.extend_from_slice(read_buf.filled());
        }
        prop_assert!(received == sent);
    }
}
