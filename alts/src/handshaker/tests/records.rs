//! Where the handshake ends and the records begin.

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::{ANYBODY, CLIENT, SERVER};
use crate::{
    handshaker::fake::{FakeHandshaker, Flaw, keys},
    record::{Sealer, Side, aead::BackEnd},
};

/// The peer's first records come in one segment with its last flight, in the middle of anything.
#[tokio::test]
async fn records_behind_the_last_flight_reach_the_reader() {
    let long = vec![7; 200_000];
    let mut records = Vec::new();
    let mut sealer = Sealer::new(
        BackEnd::from_env().expect("a back end"),
        &keys(),
        Side::Client,
    );
    for text in [&b"first"[..], &long] {
        sealer.seal(text, &mut records).expect("sealed");
    }
    let fake = FakeHandshaker::start(SERVER, Flaw::None).await;
    for flaw in [Flaw::None, Flaw::ConsumesWholeFlightsOnly] {
        fake.now(flaw);
        let (mut peer, far) = duplex(1 << 20);
        // Half a last flight first: what follows it may be more than a flight can be long.
        peer.write_all(b"CI client@x 0 2\nC")
            .await
            .expect("written");
        peer.write_all(b"F\n").await.expect("written");
        peer.write_all(&records).await.expect("written");
        let mut stream = fake.handshaker().accept(far).await.expect("accepted");
        let mut text = vec![0; 5 + long.len()];
        stream.read_exact(&mut text).await.expect("read");
        assert!(
            text.starts_with(b"first") && text.ends_with(&long),
            "{flaw:?}"
        );
    }

    let fake = FakeHandshaker::start(CLIENT, Flaw::None).await;
    let mut sealer = Sealer::new(
        BackEnd::from_env().expect("a back end"),
        &keys(),
        Side::Server,
    );
    let mut flight = b"SI server@x 0 2\n".to_vec();
    sealer.seal(b"settings", &mut flight).expect("sealed");
    let (mut peer, far) = duplex(1024);
    peer.write_all(&flight).await.expect("written");
    let mut stream = fake
        .handshaker()
        .connect(far, ANYBODY)
        .await
        .expect("connected");
    let mut text = [0; 8];
    stream.read_exact(&mut text).await.expect("read");
    assert_eq!(&text, b"settings");
}

#[tokio::test]
async fn frames_are_no_longer_than_the_peer_declared() {
    let fake = FakeHandshaker::start(SERVER, Flaw::None).await;
    for (declared, longest) in [(0, 16 * 1024), (20_000, 20_000), (1 << 20, 128 * 1024)] {
        let (mut peer, far) = duplex(1 << 20);
        let flights = format!("CI client@x {declared} 2\nCF\n");
        peer.write_all(flights.as_bytes()).await.expect("written");
        let mut stream = fake.handshaker().accept(far).await.expect("accepted");
        stream.write_all(&[1; 300_000]).await.expect("written");
        stream.flush().await.expect("flushed");
        drop(stream);
        let mut sent = Vec::new();
        peer.read_to_end(&mut sent).await.expect("read");
        let flight_len = sent
            .iter()
            .position(|&byte| byte == b'\n')
            .expect("a flight")
            + 1;
        let frame_len = crate::record::frame_len(&sent[flight_len..]);
        assert_eq!(frame_len, Ok(Some(longest)), "declared {declared}");
    }
}
