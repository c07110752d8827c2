//! Those who only hold things up.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use alts_authority::issuer::{Issuer, NoCredential};
use alts_daemon::clock::Clock;
use alts_handshake::{
    MachineName, MasterCertificate, MasterRequest, PeerVerifier, RootKey, Seed, Validity,
};
use alts_handshaker::{limits::Limits, metrics::Metrics, service::MachineHandshaker};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::support::*;

/// Certifies everybody.
struct Generous(RootKey);

#[tonic::async_trait]
impl Issuer for Generous {
    async fn issue(&self, request: MasterRequest) -> Result<MasterCertificate, NoCredential> {
        let validity = Validity::starting(Clock::system().now(), Duration::from_secs(3600));
        Ok(self.0.sign(&request, validity, 1))
    }
}

pub(crate) async fn handshaker(limits: Limits) -> SocketAddr {
    counted_handshaker(limits, Arc::new(Metrics::new(Clock::system()))).await
}

pub(crate) async fn counted_handshaker(limits: Limits, metrics: Arc<Metrics>) -> SocketAddr {
    let [address] = handshaker_in(limits, metrics).await;
    address
}

/// One machine that listens in several places.
async fn handshaker_in<const N: usize>(limits: Limits, metrics: Arc<Metrics>) -> [SocketAddr; N] {
    let root = RootKey::new(&Seed::new([1; 32]));
    let trust = Arc::new(PeerVerifier::of_roots([root.public()]));
    let machine = MachineName::parse("vm").unwrap();
    let issuer = Arc::new(Generous(root));
    let handshaker =
        MachineHandshaker::new(machine, account(CLIENT), issuer, trust, Clock::system());
    let handshaker = handshaker.with_limits(limits).with_metrics(metrics);
    let mut addresses = Vec::new();
    for _ in 0..N {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        addresses.push(listener.local_addr().unwrap());
        tokio::spawn(handshaker.clone().serve(listener, std::future::pending()));
    }
    addresses.try_into().unwrap()
}

/// Waits until the other side hangs up.
pub(crate) async fn hung_up(mut stream: TcpStream) {
    let mut sink = Vec::new();
    // A reset is as good as an end.
    let _ = within(stream.read_to_end(&mut sink)).await;
}

#[tokio::test]
async fn sockets_that_say_nothing_or_half_a_preface_are_closed() {
    let limits = Limits {
        preface: Duration::from_millis(100),
        ..Limits::default()
    };
    let address = handshaker(limits).await;
    let silent = TcpStream::connect(address).await.unwrap();
    let mut halting = TcpStream::connect(address).await.unwrap();
    halting.write_all(b"PRI * HTTP/2.0\r\n").await.unwrap();
    hung_up(silent).await;
    hung_up(halting).await;
    // Who spoke in time may then be silent for as long as it likes.
    let library = Library::connect(address, "grpc-c/53").await;
    library.start_client(&[SERVER]).await;
}

#[tokio::test]
async fn idle_connections_give_way_and_one_with_a_handshake_does_not() {
    let address = handshaker(Limits {
        connections: 8,
        ..Limits::default()
    })
    .await;
    let working = Library::connect(address, "grpc-c/53").await;
    let (mut call, _) = working.start_client(&[SERVER]).await;
    let idle = TcpStream::connect(address).await.unwrap();
    let mut crowd = Vec::new();
    for _ in 0..50 {
        crowd.push(TcpStream::connect(address).await.unwrap());
    }
    hung_up(idle).await;
    let late = Library::connect(address, "grpc-c/53").await;
    late.start_client(&[SERVER]).await;
    // The handshake that was under way all along goes on.
    let answer = call.ask(next(b"")).await.unwrap().unwrap();
    assert_eq!(answer.status.unwrap().code, 0);
}

#[tokio::test]
async fn handshakes_beyond_a_number_wait_and_beyond_another_are_refused() {
    let limits = Limits {
        handshakes: 1,
        waiting: 1,
        ..Limits::default()
    };
    let metrics = Arc::new(Metrics::new(Clock::system()));
    // Wherever the machine listens.
    let [address, elsewhere] = handshaker_in(limits, metrics).await;
    let library = Library::connect(address, "grpc-c/53").await;
    let other = Library::connect(elsewhere, "grpc-c/53").await;
    let (under_way, _) = library.start_client(&[SERVER]).await;
    let mut second = library.call().await;
    second.requests.send(client_start(&[SERVER])).await.unwrap();
    // Nobody says when the second one has begun to wait. Whoever comes then is refused.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = crate::suite::eventually(|| async {
        let third = tokio::time::timeout(Duration::from_millis(100), start_client_status(&other));
        third.await
    })
    .await;
    assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
    assert!(
        refused.message().contains("too many handshakes wait"),
        "{refused}"
    );
    drop(under_way);
    assert!(second.answer().await.unwrap().is_some());
}

#[tokio::test]
async fn a_first_request_larger_than_any_start_is_refused_before_it_waits_for_anything() {
    let limits = Limits {
        handshakes: 0,
        ..Limits::default()
    };
    let library = Library::connect(handshaker(limits).await, "grpc-c/53").await;
    for first in [
        server_start(&vec![0x11; 100_000]),
        client_start(&vec![SERVER; 8000]),
    ] {
        let mut call = library.call().await;
        let answer = call.ask(first).await.unwrap().unwrap();
        let status = answer.status.unwrap();
        assert_eq!(status.code, 8, "{}", status.details);
        assert!(
            status.details.contains("the limit is 98304"),
            "{}",
            status.details
        );
        assert_eq!(
            call.answer().await.unwrap_err().code(),
            tonic::Code::ResourceExhausted
        );
    }
}

/// gRPC reserves memory for what a header promises, before any of it has come.
#[tokio::test]
async fn a_request_that_promises_more_than_any_handshake_has_is_refused_by_its_header() {
    let library = Library::connect(handshaker(Limits::default()).await, "grpc-c/53").await;
    for (len, expected) in [
        (100_000, None),
        (200_000, Some(tonic::Code::ResourceExhausted)),
    ] {
        let (mut call, _) = library.start_client(&[SERVER]).await;
        let outcome = call.ask(next(&vec![0x11; len])).await;
        assert_eq!(outcome.err().map(|status| status.code()), expected, "{len}");
    }
}
