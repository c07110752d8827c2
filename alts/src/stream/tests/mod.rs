//! The stream over hand-made transports: good, stingy, stuck, cut and tampered with.

mod ending;
mod reading;
mod wire;
mod writing;

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use proptest::prelude::*;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use self::wire::Wire;
use super::*;
use crate::record::{HEADER_LEN, OVERHEAD_LEN, Sealer, aead::BackEnd, frame_len};

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

/// The back end that this run is about.
fn aead() -> BackEnd {
    BackEnd::from_env().expect("a back end of this build")
}

fn client<IO>(io: IO) -> AltsStream<IO> {
    AltsStream::new(io, aead(), established(Side::Client, FRAME_LEN, Vec::new()))
}

fn server<IO>(io: IO) -> AltsStream<IO> {
    AltsStream::new(io, aead(), established(Side::Server, FRAME_LEN, Vec::new()))
}

fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

/// What a client sends for these plaintexts, a frame each.
fn frames(plaintexts: &[&[u8]]) -> Vec<u8> {
    let mut sealer = Sealer::new(aead(), &keys(), Side::Client);
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
        let mut sender = AltsStream::new(wire, aead(), established(Side::Client, max_frame, Vec::new()));
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
