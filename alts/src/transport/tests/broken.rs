//! Connections that are cut, altered, silent or lost, and how a channel recovers from them.

use std::time::Duration;

use tokio::{io::AsyncWriteExt, net::TcpListener};
use tonic::{Code, Request, Status};

use super::{CLIENT, SHORT, Stage, backend, call, call_within, message, stub, wire::Wire};
use crate::{AltsContext, Error, record::RecordError};

/// A call whose answer has begun and goes on when the backend is told to.
async fn streaming(channel: &crate::AltsChannel) -> super::Answers {
    let request = Request::new(tokio_stream::once(message(b"stream")));
    let mut answers = stub(channel)
        .do_handshake(request)
        .await
        .expect("begun")
        .into_inner();
    assert!(answers.message().await.expect("the first").is_some());
    answers
}

fn assert_altered(status: &Status) {
    assert_eq!(status.code(), Code::Unavailable, "{status}");
    let cause = Error::from_status(status).expect("a cause of ours");
    assert!(
        matches!(cause, Error::Record(RecordError::Tag)),
        "{cause:?}"
    );
    assert!(
        status.message().contains("failed authentication"),
        "{status}"
    );
}

#[tokio::test]
async fn altered_traffic_ends_the_call_and_names_the_reason() {
    let stage = Stage::start().await;
    let wire = Wire::to(stage.backend.address).await;
    let channel = stage.channel_to(wire.address);

    let mut answers = streaming(&channel).await;
    wire.alter();
    stage.backend.release();
    assert_altered(&answers.message().await.expect_err("altered in the middle"));

    wire.heal();
    call(&channel, b"hi").await.expect("a new connection");
    wire.alter();
    assert_altered(
        &call(&channel, b"hi")
            .await
            .expect_err("altered at the head"),
    );
}

#[tokio::test]
async fn a_cut_connection_is_unavailable_and_the_next_call_makes_a_new_one() {
    let mut stage = Stage::start().await;
    let wire = Wire::to(stage.backend.address).await;
    let channel = stage.channel_to(wire.address);

    let mut answers = streaming(&channel).await;
    let waiting = {
        let channel = channel.clone();
        tokio::spawn(async move { call(&channel, b"hold").await.map(drop) })
    };
    stage.backend.has_handled(2).await;
    wire.cut();
    let middle = answers.message().await.expect_err("cut in the middle");
    let head = waiting
        .await
        .expect("no panic")
        .expect_err("cut before the head");
    for status in [middle, head] {
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        assert!(status.message().contains("connection was lost"), "{status}");
    }

    let response = call(&channel, b"hi").await.expect("answered again");
    let peer = response.extensions().get::<AltsContext>();
    assert!(peer.is_some(), "the same server has proven itself again");
    assert_eq!(wire.dials(), 2);
    stage.backend.stop();
}

#[tokio::test]
async fn a_server_that_comes_back_is_found_again_without_a_new_channel() {
    let mut stage = Stage::start().await;
    let channel = stage.channel();
    call(&channel, b"hi").await.expect("answered");
    let address = stage.backend.address;
    stage.backend.stop();
    stage.backend.stopped().await;
    let status = call(&channel, b"hi").await.expect_err("nobody there");
    assert_eq!(status.code(), Code::Unavailable, "{status}");

    let listener = TcpListener::bind(address).await.expect("the same port");
    let layer = crate::ClientAuthorizationLayer::new([super::account(CLIENT)]);
    let handshaker = stage.server.handshaker();
    let _backend = backend::Backend::serve(
        crate::AltsIncoming::new(listener, handshaker),
        address,
        layer,
    );
    // The channel waits between attempts; calls fail fast meanwhile, so they are repeated.
    let answered = async {
        while let Err(status) = call(&channel, b"hi").await {
            assert_eq!(status.code(), Code::Unavailable, "{status}");
            tokio::task::yield_now().await;
        }
    };
    let answered = tokio::time::timeout(Duration::from_secs(10), answered).await;
    answered.expect("found again");
}

/// Hangs up on everybody and counts them.
async fn rude_server() -> (std::net::SocketAddr, tokio::sync::watch::Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let (count, dials) = tokio::sync::watch::channel(0);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            count.send_modify(|dials| *dials += 1);
            drop(socket.shutdown().await);
        }
    });
    (address, dials)
}

#[tokio::test]
async fn a_thousand_calls_on_a_failing_address_are_few_dials() {
    let stage = Stage::start().await;
    let (address, dials) = rude_server().await;
    let channel = stage.channel_to(address);
    let mut early = 0;
    for _ in 0..1000 {
        let status = call(&channel, b"hi").await.expect_err("nobody there");
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        if let Some(Error::BackingOff { last, .. }) = Error::from_status(&status) {
            assert!(status.message().contains(&last.to_string()), "{status}");
            assert!(status.message().contains("next attempt in"), "{status}");
            early += 1;
        }
    }
    let dials = *dials.borrow();
    assert!((1..=10).contains(&dials), "{dials} dials");
    assert_eq!(early + dials, 1000);
}

#[tokio::test]
async fn a_deadline_covers_connecting_as_well_as_waiting() {
    let stage = Stage::start().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let unconnected = stage.channel_to(silent.local_addr().expect("bound"));
    let connected = stage.channel();
    call(&connected, b"hi").await.expect("answered");
    for channel in [unconnected, connected] {
        let status = call_within(&channel, b"hold", SHORT)
            .await
            .expect_err("too late");
        assert_eq!(status.code(), Code::DeadlineExceeded, "{status}");
        assert!(status.message().contains("deadline"), "{status}");
    }
    call(&stage.channel(), b"hi")
        .await
        .expect("the others go on");
}

/// Whoever lost interest must not take the connection that others wait for with them.
#[tokio::test]
async fn a_call_given_up_while_connecting_harms_no_other() {
    let stage = Stage::start().await;
    let channel = stage.channel();
    for _ in 0..20 {
        let gone = tokio::time::timeout(Duration::ZERO, call(&channel, b"hi")).await;
        drop(gone);
    }
    call(&channel, b"hi").await.expect("answered");
    assert_eq!(stage.client.starts().len(), 1);
}

#[tokio::test]
async fn a_message_that_is_too_large_to_read_is_the_messages_fault() {
    let stage = Stage::start().await;
    let channel = stage.channel();
    let mut stub = stub(&channel).max_decoding_message_size(10);
    let request = Request::new(tokio_stream::once(message(&[0; 1000])));
    let mut answers = stub
        .do_handshake(request)
        .await
        .expect("begun")
        .into_inner();
    let status = answers.message().await.expect_err("too large");
    assert_eq!(status.code(), Code::OutOfRange, "{status}");
    call(&channel, b"hi").await.expect("the connection lives");
}
