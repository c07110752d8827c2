//! What strangers cannot do to a server, and how it stops.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tonic::{Code, Request, transport::Endpoint};

use super::{Backend, CLIENT, SERVER, Stage, account, call, message, wire::Wire};
use crate::{
    ClientAuthorizationLayer, Error, client_authorization_check,
    gcp::handshaker_service_client::HandshakerServiceClient,
    handshaker::fake::{FakeHandshaker, Flaw, builder_for},
};

async fn dial(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("connected")
}

/// Waits until the server has hung up and returns what it said until then.
async fn until_closed(mut socket: TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    match socket.read_to_end(&mut said).await {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset),
    }
    said
}

/// A handshaker ties the workload's credential to this connection.
#[tokio::test]
async fn a_server_connects_to_its_handshaker_before_its_first_client_and_keeps_to_it() {
    let fake = FakeHandshaker::start(SERVER, Flaw::None).await;
    let wire = Wire::to(fake.address).await;
    let handshaker = builder_for(wire.address).build().expect("a handshaker");
    let backend = Backend::start(handshaker, &[CLIENT]).await;
    wire.has_been_dialled(1).await;

    let stage = Stage::start().await;
    for _ in 0..3 {
        let channel = stage.channel_to(backend.address);
        call(&channel, b"hi").await.expect("served");
    }
    assert_eq!(fake.starts().len(), 3);
    assert_eq!(wire.dials(), 1);
}

#[tokio::test]
async fn a_server_whose_handshaker_comes_later_starts_all_the_same() {
    let gone = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = gone.local_addr().expect("bound");
    drop(gone);
    let handshaker = builder_for(address).build().expect("a handshaker");
    let error = handshaker.prepare().await.expect_err("nobody there");
    assert!(
        matches!(error, Error::HandshakerUnreachable { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("refused"), "{error}");

    let backend = Backend::start(handshaker, &[CLIENT]).await;
    let stage = Stage::start().await;
    let channel = stage.channel_to(backend.address);
    call(&channel, b"hi").await.expect_err("no handshaker yet");
    let fake = FakeHandshaker::start_at(address, SERVER).await;
    let channel = stage.channel_to(backend.address);
    call(&channel, b"hi").await.expect("served");
    assert_eq!(fake.starts().len(), 1);
}

#[tokio::test]
async fn strangers_that_speak_something_else_are_hung_up_on() {
    let stage = Stage::start().await;
    let greetings: [&[u8]; 3] = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\x0a and so on",
        b"GET / HTTP/1.1\r\nhost: theatre\r\n\r\n",
    ];
    for greeting in greetings {
        let mut socket = dial(stage.backend.address).await;
        socket.write_all(greeting).await.expect("written");
        assert_eq!(
            until_closed(socket).await,
            b"",
            "nothing is said to strangers"
        );
    }
    let plain = Endpoint::from_shared(format!("http://{}", stage.backend.address));
    let plain = plain.expect("a URI").connect_lazy();
    let request = Request::new(tokio_stream::once(message(b"hi")));
    let outcome = HandshakerServiceClient::new(plain)
        .do_handshake(request)
        .await;
    outcome.map(drop).expect_err("no call in the clear");
    assert_eq!(stage.backend.handled(), 0);
    call(&stage.channel(), b"hi")
        .await
        .expect("and others are served");
}

#[tokio::test]
async fn records_of_a_stranger_do_not_reach_a_handler() {
    let stage = Stage::start().await;
    let mut socket = dial(stage.backend.address).await;
    let flights = format!("CI {CLIENT} 0 2\nCF\n");
    socket.write_all(flights.as_bytes()).await.expect("written");
    // Whoever relays a handshake but lacks its keys gets this far and no further.
    socket
        .write_all(&[0x2c, 0, 0, 0, 6, 0, 0, 0])
        .await
        .expect("written");
    socket.write_all(&[0; 40]).await.expect("written");
    until_closed(socket).await;
    assert_eq!(stage.backend.handled(), 0);
    call(&stage.channel(), b"hi")
        .await
        .expect("and others are served");
}

#[tokio::test]
async fn slow_and_silent_peers_delay_nobody() {
    let stage = Stage::start().await;
    let mut held = Vec::new();
    for _ in 0..200 {
        held.push(dial(stage.backend.address).await);
    }
    let mut half = dial(stage.backend.address).await;
    half.write_all(b"CI cli").await.expect("written");
    call(&stage.channel(), b"hi").await.expect("served at once");
    for _ in 0..20 {
        call(&stage.channel(), b"hi").await.expect("served at once");
    }
}

#[tokio::test]
async fn a_handshaker_that_fails_now_and_then_does_not_stop_the_server() {
    let stage = Stage::start().await;
    let flaws = [
        Flaw::FailsCall(1, Code::Unavailable),
        Flaw::EndsEarly(2),
        Flaw::NoPeer,
        Flaw::AnswersTwice,
    ];
    for flaw in flaws {
        stage.server.now(flaw);
        call(&stage.channel(), b"hi").await.expect_err("refused");
        stage.server.now(Flaw::None);
        call(&stage.channel(), b"hi").await.expect("served");
    }
}

#[tokio::test]
async fn stopping_closes_the_port_drops_the_undecided_and_finishes_what_runs() {
    let mut stage = Stage::start().await;
    let address = stage.backend.address;
    let channel = stage.channel();
    let running = tokio::spawn(async move { call(&channel, b"hold").await });
    stage.backend.has_handled(1).await;
    let undecided = dial(address).await;
    let mut halfway = dial(address).await;
    halfway.write_all(b"CI cli").await.expect("written");

    stage.backend.stop();
    assert_eq!(until_closed(undecided).await, b"");
    assert_eq!(until_closed(halfway).await, b"");
    let refused = TcpStream::connect(address)
        .await
        .expect_err("the port is closed");
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    assert!(!running.is_finished());

    stage.backend.release();
    let answer = running.await.expect("no panic").expect("answered");
    assert_eq!(answer.into_inner(), b"hold");
    stage.backend.stopped().await;
}

#[tokio::test]
async fn a_call_that_did_not_come_over_alts_is_refused() {
    let layer = ClientAuthorizationLayer::new([account(CLIENT)]);
    let backend = Backend::start_in_plaintext(layer).await;
    let plain = Endpoint::from_shared(format!("http://{}", backend.address));
    let plain = plain.expect("a URI").connect_lazy();
    let request = Request::new(tokio_stream::once(message(b"hi")));
    let outcome = HandshakerServiceClient::new(plain)
        .do_handshake(request)
        .await;
    let status = outcome.map(drop).expect_err("refused");
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(status.message(), "Peer ALTS AuthContext not found");
    assert_eq!(backend.handled(), 0);

    // The same from the functions that handlers use, with or without the layer.
    let request = Request::new(());
    for status in [
        crate::peer(&request).map(drop).expect_err("no peer"),
        client_authorization_check(&http::Extensions::new(), &[account(CLIENT)])
            .expect_err("no peer"),
    ] {
        assert_eq!(status.code(), Code::PermissionDenied);
        assert_eq!(status.message(), "Peer ALTS AuthContext not found");
    }
}
