//! Many at once, and those who only hold things up.

use std::{collections::HashSet, time::Duration};

use alts_handshaker::{
    Clock, Issuer, Limits, MachineHandshaker, NoCredential,
    handshake::{MachineName, MasterCertificate, MasterRequest, RootKey, Seed, Trust, Validity},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::support::*;

/// This process's memory that is in use, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    let kib: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_handshakes_at_once_are_none_lost_none_mixed_up_and_cheap() {
    const COUNT: usize = 1000;
    let world = World::start().await;
    let (client, server) = (world.client_process().await, world.server_process().await);
    let before = resident();
    // All are half-way at the same time: a thousand on either handshaker.
    let mut halfway = Vec::with_capacity(COUNT);
    for _ in 0..COUNT {
        let (call, first) = client.start_client(&[SERVER]).await;
        let mut peer = server.call().await;
        let second = peer
            .ask(server_start(&first.out_frames))
            .await
            .unwrap()
            .unwrap();
        halfway.push((call, peer, second.out_frames));
    }
    let held = resident().saturating_sub(before);
    // Two handshakes and this test's own two calls each.
    assert!(
        held / COUNT < 100 * 1024,
        "{} bytes per pair of handshakes",
        held / COUNT
    );
    let mut running = JoinSet::new();
    for (mut call, mut peer, flight) in halfway {
        running.spawn(async move {
            let third = call.ask(next(&flight)).await.unwrap().unwrap();
            let fourth = peer.ask(next(&third.out_frames)).await.unwrap().unwrap();
            let [ours, theirs] = [third, fourth].map(|answer| answer.result.unwrap().key_data);
            assert_eq!(ours, theirs);
            ours
        });
    }
    let keys: HashSet<Vec<u8>> = running.join_all().await.into_iter().collect();
    assert_eq!(keys.len(), COUNT);
    let metrics = world.mock.metrics().render();
    let established = "side=\"client\",outcome=\"established\",code=\"Ok\",resumed=\"false\"} 1000";
    assert!(metrics.contains(established), "{metrics}");
}

struct Generous(RootKey);

impl Issuer for Generous {
    async fn issue(&self, request: MasterRequest) -> Result<MasterCertificate, NoCredential> {
        let validity = Validity::starting(Clock::system().now(), Duration::from_secs(3600));
        Ok(self.0.sign(&request, validity, 1))
    }
}

async fn handshaker(limits: Limits) -> std::net::SocketAddr {
    let root = RootKey::new(&Seed::new([1; 32]));
    let trust = std::sync::Arc::new(Trust::of_roots([root.public()]));
    let machine = MachineName::parse("vm").unwrap();
    let issuer = std::sync::Arc::new(Generous(root));
    let handshaker =
        MachineHandshaker::new(machine, account(CLIENT), issuer, trust, Clock::system());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(
        handshaker
            .with_limits(limits)
            .serve(listener, std::future::pending()),
    );
    address
}

/// Waits until the other side hangs up.
async fn hung_up(mut stream: TcpStream) {
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
async fn a_library_that_reads_nothing_costs_its_own_call_and_for_a_bounded_time() {
    let limits = Limits {
        handshake: Duration::from_millis(200),
        ..Limits::default()
    };
    let address = handshaker(limits).await;
    let library = Library::connect(address, "grpc-c/53").await;
    let deaf = library.call().await;
    // Answers pile up to their bound, and then the call has to wait; nobody reads.
    for _ in 0..4 {
        let _ = deaf.requests.send(next(b"")).await;
    }
    let mut stuck = library.call().await;
    stuck.requests.send(client_start(&[SERVER])).await.unwrap();
    for _ in 0..8 {
        if stuck.requests.send(next(b"")).await.is_err() {
            break;
        }
    }
    // Others on the same connection are served meanwhile.
    library.start_client(&[SERVER]).await;
    // And the stuck one has ended by itself: its last answer is the reason.
    let status = loop {
        match stuck.answer().await {
            Ok(Some(_)) => {}
            Ok(None) => break None,
            Err(status) => break Some(status),
        }
    };
    assert_eq!(status.unwrap().code(), tonic::Code::DeadlineExceeded);
}
