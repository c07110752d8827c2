//! Those who only take up room at a server, with or without a credential, and what they cannot do.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{Instant, timeout},
};
use tonic::Code;

use super::{Backend, CLIENT, SERVER, account, call, expecting_server, lazy};
use crate::{
    AltsChannel, AltsStream, ServerConnections, ServerLimits, Target,
    handshaker::{
        fake::{FakeHandshaker, Flaw},
        tests::logs,
    },
};

const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// What the limits under test are set to: far above what an honest client needs here.
const LIMIT: Duration = Duration::from_secs(1);
/// What may pass until a limit shows: this machine may be busy.
const PATIENCE: Duration = Duration::from_secs(20);
const OTHER: &str = "other@project.iam.gserviceaccount.com";

/// A server within limits, and an honest client's handshaker.
struct Scene {
    client: FakeHandshaker,
    backend: Backend,
    connections: Arc<ServerConnections>,
}

async fn scene(change: impl FnOnce(&mut ServerLimits)) -> Scene {
    let client = FakeHandshaker::start(CLIENT, Flaw::None).await;
    let server = FakeHandshaker::start(SERVER, Flaw::None).await;
    let mut limits = ServerLimits::default();
    change(&mut limits);
    let handshaker = server.handshaker();
    let (backend, connections) = Backend::start_limited(handshaker, &[CLIENT, OTHER], limits).await;
    Scene {
        client,
        backend,
        connections,
    }
}

impl Scene {
    fn channel(&self) -> AltsChannel {
        lazy(
            expecting_server(self.client.handshaker()),
            self.backend.address,
        )
    }

    /// A client that is held to nothing but its handshake.
    async fn secured(&self, client: &FakeHandshaker) -> AltsStream<TcpStream> {
        let socket = dial(self.backend.address).await;
        let target = Target {
            name: "theatre",
            accounts: &[account(SERVER)],
        };
        let secured = client.handshaker().connect(socket, target).await;
        secured.expect("secured")
    }

    /// The same, and it begins HTTP/2.
    async fn speaking(&self, client: &FakeHandshaker) -> AltsStream<TcpStream> {
        let mut stream = self.secured(client).await;
        stream.write_all(PREFACE).await.expect("written");
        stream.flush().await.expect("sent");
        stream
    }

    async fn has_closed(&self, reason: &str, times: u64) {
        let closed = async {
            while self.connections.closed().get(reason).copied() < Some(times) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let closed = timeout(PATIENCE, closed).await;
        assert!(closed.is_ok(), "{reason}: {:?}", self.connections.closed());
    }
}

async fn dial(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("connected")
}

/// Somebody who has another address.
async fn dial_from_elsewhere(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind(SocketAddr::from(([127, 0, 0, 2], 0)))
        .expect("loopback");
    socket.connect(address).await.expect("connected")
}

async fn hung_up(mut stream: impl tokio::io::AsyncRead + Unpin) {
    let mut said = Vec::new();
    match timeout(PATIENCE, stream.read_to_end(&mut said)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset),
        Err(_) => panic!("it is held for ever"),
    }
}

async fn stops_within(backend: &mut Option<Backend>, limit: Duration) {
    let mut backend = backend.take().expect("running");
    backend.stop();
    let stopped = timeout(limit, backend.stopped()).await;
    stopped.expect("it never stops");
}

#[tokio::test]
async fn three_hundred_silent_secured_peers_are_gone_after_a_while_and_do_not_hold_up_a_stop() {
    const PEERS: usize = 300;
    let scene = scene(|limits| limits.opening = 4 * LIMIT).await;
    let mut peers = Vec::new();
    for _ in 0..PEERS {
        let mut peer = dial(scene.backend.address).await;
        // All that a handshake with a fake needs; the keys stay unused.
        let flights = format!("CI {CLIENT} 0 2\nCF\n");
        peer.write_all(flights.as_bytes()).await.expect("written");
        peers.push(peer);
    }
    let (silent, held) = peers.split_at_mut(PEERS / 2);
    for peer in silent.iter_mut() {
        hung_up(peer).await;
    }
    for peer in held.iter_mut() {
        hung_up(peer).await;
    }
    assert_eq!(scene.connections.open(), 0, "nothing is kept of them");
    assert_eq!(scene.connections.closed()["too slow to open"], PEERS as u64);
    call(&scene.channel(), b"hi").await.expect("served");
    // One more, which a stop does not wait for.
    let mut last = dial(scene.backend.address).await;
    let flights = format!("CI {CLIENT} 0 2\nCF\n");
    last.write_all(flights.as_bytes()).await.expect("written");
    stops_within(&mut Some(scene.backend), LIMIT).await;
}

#[tokio::test]
async fn a_client_that_completes_the_handshake_and_says_half_a_preface_is_not_held() {
    let scene = scene(|limits| limits.opening = LIMIT).await;
    for words in [&b""[..], b"P", &PREFACE[..23]] {
        let mut stream = scene.secured(&scene.client).await;
        stream.write_all(words).await.expect("written");
        stream.flush().await.expect("sent");
        hung_up(stream).await;
    }
    assert_eq!(scene.connections.closed()["too slow to open"], 3);
}

#[tokio::test]
async fn a_preface_in_many_records_is_a_preface() {
    let scene = scene(|_| {}).await;
    let mut stream = scene.secured(&scene.client).await;
    for byte in PREFACE {
        stream.write_all(&[*byte]).await.expect("written");
        stream.flush().await.expect("sent");
    }
    let mut settings = [0; 9];
    stream.read_exact(&mut settings).await.expect("answered");
    assert_eq!(settings[3], 4, "SETTINGS");
}

#[tokio::test]
async fn silent_sockets_keep_nobody_out_however_many() {
    let scene = scene(|limits| limits.connections = 50).await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(dial_from_elsewhere(scene.backend.address).await);
    }
    let served = timeout(LIMIT * 5, call(&scene.channel(), b"hi")).await;
    served.expect("at once").expect("served");
    scene.has_closed("server full", 151).await;
}

#[tokio::test]
async fn a_stranger_that_connects_again_and_again_keeps_nobody_out_of_a_server_full_of_speakers() {
    let scene = scene(|limits| limits.connections = 100).await;
    let mut speakers = Vec::new();
    for _ in 0..100 {
        speakers.push(scene.speaking(&scene.client).await);
    }
    scene.has_closed("server full", 25).await;
    let address = scene.backend.address;
    let stranger = tokio::spawn(async move {
        let mut sockets = std::collections::VecDeque::new();
        loop {
            sockets.push_back(dial_from_elsewhere(address).await);
            while sockets.len() > 30 {
                sockets.pop_front();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    scene.has_closed("server full", 35).await;
    // Not everybody is near.
    let socket = dial(address).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let target = Target {
        name: "theatre",
        accounts: &[account(SERVER)],
    };
    let secured = scene.client.handshaker().connect(socket, target).await;
    let mut honest = secured.expect("secured");
    honest.write_all(PREFACE).await.expect("written");
    honest.flush().await.expect("sent");
    let mut settings = [0; 9];
    honest.read_exact(&mut settings).await.expect("served");
    call(&scene.channel(), b"hi").await.expect("served");
    stranger.abort();
}

#[tokio::test]
async fn half_a_hello_from_many_sockets_does_not_keep_others_from_shaking_hands() {
    let client = FakeHandshaker::start(CLIENT, Flaw::None).await;
    let server = FakeHandshaker::start(SERVER, Flaw::None).await;
    let builder = server.builder().max_concurrent_handshakes(5);
    let handshaker = builder.patience_when_busy(LIMIT).build();
    let backend = Backend::start(handshaker.expect("a handshaker"), &[CLIENT]).await;
    let mut half = Vec::new();
    for _ in 0..150 {
        let mut socket = dial_from_elsewhere(backend.address).await;
        socket.write_all(b"CI cli").await.expect("written");
        half.push(socket);
    }
    server.begun(2).await;
    let began = Instant::now();
    let channel = lazy(expecting_server(client.handshaker()), backend.address);
    call(&channel, b"hi").await.expect("served");
    // In the order of arrival it would be thirty times the patience.
    assert!(began.elapsed() < 5 * LIMIT, "{:?}", began.elapsed());
}

#[tokio::test]
async fn calls_to_servers_that_fall_silent_do_not_keep_others_from_going_out() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let silent = silent.expect("a port");
    let mute = silent.local_addr().expect("bound");
    let scene = scene(|_| {}).await;
    let builder = scene.client.builder().max_concurrent_handshakes(4);
    let handshaker = builder.patience_when_busy(LIMIT).build();
    let handshaker = handshaker.expect("a handshaker");
    for _ in 0..10 {
        let channel = lazy(expecting_server(handshaker.clone()), mute);
        let given_up = timeout(LIMIT / 20, call(&channel, b"hi")).await;
        given_up.map(drop).expect_err("nobody answers");
    }
    let began = Instant::now();
    let channel = lazy(expecting_server(handshaker), scene.backend.address);
    call(&channel, b"hi").await.expect("served");
    assert!(began.elapsed() < 5 * LIMIT, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_frame_that_never_ends_is_not_held_for_ever() {
    let scene = scene(|limits| limits.frame = LIMIT).await;
    let mut whole = scene.speaking(&scene.client).await;
    let mut stream = scene.speaking(&scene.client).await;
    let mut settings = [0; 9];
    stream.read_exact(&mut settings).await.expect("served");
    // The header of a frame of 1 MiB, and some of it.
    let socket = stream.transport_for_tests();
    let mut begun = vec![0x5a; 2000];
    begun[..8].copy_from_slice(&[0, 0, 16, 0, 6, 0, 0, 0]);
    socket.write_all(&begun).await.expect("written");
    socket.flush().await.expect("sent");
    hung_up(stream).await;
    assert_eq!(scene.connections.closed()["unfinished frame"], 1);
    // One that is merely silent stays.
    let mut settings = [0; 9];
    whole.read_exact(&mut settings).await.expect("answered");
    assert_eq!(scene.connections.open(), 1);
}

#[tokio::test]
async fn one_account_with_very_many_connections_does_not_keep_another_out() {
    let scene = scene(|limits| {
        limits.connections = 24;
        limits.connections_per_account = 15;
    })
    .await;
    let other = FakeHandshaker::start(OTHER, Flaw::None).await;
    let honest = lazy(expecting_server(other.handshaker()), scene.backend.address);
    call(&honest, b"hi").await.expect("served");
    let mut many = Vec::new();
    for _ in 0..60 {
        many.push(scene.speaking(&scene.client).await);
    }
    scene.has_closed("account full", 45).await;
    call(&honest, b"hi").await.expect("the same connection");
    let late = lazy(expecting_server(other.handshaker()), scene.backend.address);
    call(&late, b"hi").await.expect("and a new one");
    assert_eq!(other.starts().len(), 2);
}

#[tokio::test]
async fn whoever_is_refused_and_says_no_more_is_hung_up_on() {
    let scene = scene(|limits| limits.opening = LIMIT).await;
    let stranger = FakeHandshaker::start("stranger@x", Flaw::None).await;
    let channel = lazy(
        expecting_server(stranger.handshaker()),
        scene.backend.address,
    );
    let friend = scene.channel();
    call(&friend, b"hi").await.expect("served");
    let status = call(&channel, b"hi").await.expect_err("refused");
    assert_eq!(status.code(), Code::PermissionDenied);
    scene.has_closed("refused", 1).await;
    assert_eq!(scene.connections.open(), 1, "the friend's");
}

#[tokio::test]
async fn a_connection_on_which_nothing_is_said_is_closed_and_dialled_again_by_the_next_call() {
    let scene = scene(|limits| limits.idle = LIMIT).await;
    let channel = scene.channel();
    call(&channel, b"hi").await.expect("served");
    scene.has_closed("idle", 1).await;
    // The server has closed it: a call of the moment before the client hears of that is lost with it, and no more than that one.
    if let Err(status) = call(&channel, b"hi").await {
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        call(&channel, b"hi").await.expect("on a new connection");
    }
    assert_eq!(scene.client.starts().len(), 2);
}

#[tokio::test]
async fn a_stop_ends_within_the_drain_though_a_peer_is_silent_and_a_call_never_ends() {
    let scene = scene(|limits| {
        limits.opening = LIMIT;
        limits.drain = 3 * LIMIT;
    })
    .await;
    let _silent = scene.speaking(&scene.client).await;
    let channel = scene.channel();
    let endless = tokio::spawn(async move { call(&channel, b"hold").await });
    scene.backend.has_handled(1).await;
    let began = Instant::now();
    stops_within(&mut Some(scene.backend), PATIENCE).await;
    // What runs has the time that it was promised.
    assert!(began.elapsed() >= 3 * LIMIT, "{:?}", began.elapsed());
    let status = endless.await.expect("no panic").expect_err("cut");
    assert_eq!(status.code(), Code::Unavailable);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_the_silent_longer_than_for_newcomers() {
    let scene = scene(|limits| {
        limits.opening = LIMIT;
        limits.drain = 1000 * LIMIT;
    })
    .await;
    let _silent = scene.speaking(&scene.client).await;
    call(&scene.channel(), b"hi").await.expect("served");
    stops_within(&mut Some(scene.backend), PATIENCE).await;
}

/// The runtime has one thread, so that the server is heard.
#[tokio::test]
async fn strangers_that_knock_again_and_again_do_not_flood_the_log() {
    let scene = scene(|_| {}).await;
    logs::listen();
    for _ in 0..100 {
        let mut socket = dial(scene.backend.address).await;
        socket
            .write_all(b"GET / HTTP/1.1\n")
            .await
            .expect("written");
        hung_up(socket).await;
    }
    let lines = logs::heard();
    let about = |(_, text): &&(_, String)| text.contains("handshake refused");
    // One every ten seconds, should this machine be so slow.
    assert!((1..=4).contains(&lines.iter().filter(about).count()));
    assert_eq!(scene.connections.closed()["handshake refused"], 100);
}
