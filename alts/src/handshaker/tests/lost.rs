//! Handshakers out of reach, and peers whose connection breaks: told apart, and from refusals.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf, duplex},
    net::{TcpListener, TcpStream},
};
use tonic::Code;

use super::{ANYBODY, CLIENT, SERVER, assert_seen};
use crate::{
    Error,
    handshaker::{
        CLIENT_HANDSHAKE_TIMEOUT,
        fake::{FakeHandshaker, Flaw, builder_for},
    },
};

#[tokio::test]
async fn a_handshaker_that_is_not_there_is_out_of_reach() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let handshaker = builder_for(address).build().expect("a handshaker");
    let (near, _far) = duplex(1024);
    let error = handshaker
        .connect(near, ANYBODY)
        .await
        .expect_err("nobody there");
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(
        error
            .remedy()
            .starts_with("start the handshaker, or name its address with "),
        "{}",
        error.remedy()
    );
    assert_seen(
        error,
        Code::Unavailable,
        &format!("the handshaker at {address} is out of reach: "),
    );
}

#[tokio::test]
async fn a_handshaker_that_goes_away_in_the_middle_is_out_of_reach() {
    let fake = FakeHandshaker::start(CLIENT, Flaw::Stalls(1)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let handshaker = builder_for(address).build().expect("a handshaker");
    let (near, _far) = duplex(1024);
    let between = async {
        let (mut library, _) = listener.accept().await.expect("accepted");
        let mut service = TcpStream::connect(fake.address).await.expect("dialled");
        tokio::select! {
            copied = tokio::io::copy_bidirectional(&mut library, &mut service) => {
                panic!("over too early: {copied:?}")
            }
            () = fake.begun(1) => {}
        }
    };
    let (outcome, ()) = tokio::join!(handshaker.connect(near, ANYBODY), between);
    assert_seen(
        outcome.expect_err("gone"),
        Code::Unavailable,
        &format!("the handshaker at {address} is out of reach: "),
    );
}

/// The first handshake is lost with its connection, and no other.
#[tokio::test]
async fn a_handshaker_that_falls_silent_is_given_up_and_dialled_again() {
    let fake = FakeHandshaker::start(CLIENT, Flaw::Stalls(1)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let handshaker = builder_for(address)
        .handshake_timeout(CLIENT_HANDSHAKE_TIMEOUT)
        .build()
        .expect("a handshaker");
    let between = async {
        let mut held = Vec::new();
        loop {
            let (mut library, _) = listener.accept().await.expect("accepted");
            let mut service = TcpStream::connect(fake.address).await.expect("dialled");
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut library, &mut service) => {}
                () = fake.begun(1), if held.is_empty() => fake.now(Flaw::Refuses(1, Code::Unavailable)),
            }
            held.push((library, service));
        }
    };
    let handshakes = async {
        let began = Instant::now();
        let (near, _far) = duplex(1024);
        let silent = handshaker.connect(near, ANYBODY).await;
        assert_seen(
            silent.expect_err("silent"),
            Code::Unavailable,
            &format!("the handshaker at {address} is out of reach: "),
        );
        assert!(
            began.elapsed() < CLIENT_HANDSHAKE_TIMEOUT,
            "found by asking"
        );

        let began = Instant::now();
        let (near, _far) = duplex(1024);
        let answered = handshaker.connect(near, ANYBODY).await;
        let error = answered.expect_err("refused, in words");
        assert!(matches!(error, Error::NoCredential { .. }), "{error}");
        assert!(began.elapsed() < Duration::from_secs(5), "{error}");
    };
    tokio::select! {
        () = handshakes => {}
        () = between => {}
    }
}

#[tokio::test]
async fn something_else_at_the_handshakers_address_is_out_of_reach_too() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let handshaker = builder_for(address).build().expect("a handshaker");
    let web_server = async {
        let (mut socket, _) = listener.accept().await.expect("accepted");
        let page = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
        drop(socket.write_all(page).await);
    };
    let (near, _far) = duplex(1024);
    let (outcome, ()) = tokio::join!(handshaker.connect(near, ANYBODY), web_server);
    assert_seen(
        outcome.expect_err("no gRPC"),
        Code::Unavailable,
        "is out of reach",
    );
}

/// A transport that fails with a reset after giving what it has.
#[derive(Debug)]
struct Reset(&'static [u8]);

impl AsyncRead for Reset {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.0.is_empty() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        buf.put_slice(std::mem::take(&mut self.0));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Reset {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_told_from_one_that_ends() {
    let fake = FakeHandshaker::start(SERVER, Flaw::None).await;
    let handshaker = fake.handshaker();
    let broke = "the connection failed during the handshake: ";
    for given in [&b""[..], b"CI client@x 0 2\n"] {
        let error = handshaker.accept(Reset(given)).await.expect_err("broken");
        assert_seen(error, Code::Unavailable, broke);
    }
    let error = handshaker
        .connect(Reset(b""), ANYBODY)
        .await
        .expect_err("broken");
    assert_seen(error, Code::Unavailable, broke);

    let error = handshaker
        .accept(tokio::io::empty())
        .await
        .expect_err("closed");
    assert_seen(
        error,
        Code::Unavailable,
        "the peer closed the connection during the handshake",
    );
    assert_eq!(
        fake.starts().len(),
        2,
        "nobody is bothered for a peer that said nothing"
    );
}
