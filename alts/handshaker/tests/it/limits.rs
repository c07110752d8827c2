//! Many at once, and those who only hold things up.

use std::{
    collections::HashSet, net::SocketAddr, path::Path, process::Command, sync::Arc, time::Duration,
};

use alts_handshaker::{
    Clock, Issuer, Limits, MachineHandshaker, NoCredential,
    handshake::{MachineName, MasterCertificate, MasterRequest, RootKey, Seed, Trust, Validity},
    metrics::Metrics,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{binary::*, support::*};

/// Handshakes at once, and connections.
const COUNT: usize = 1000;

/// Machines that call the one.
const CALLERS: usize = 8;

/// A process's memory that is in use, in bytes.
fn resident(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib: usize = line
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    kib * 1024
}

fn caller(n: usize) -> String {
    format!("caller-{}@p.iam", n % CALLERS)
}

/// A mock with a machine that is called, and machines of several accounts that call it.
fn crowded_mock(dir: &Path, command: Command) -> Mock {
    let machine = |name: &str, account: &str| {
        format!(
            "[[machine]]\nname = \"{name}\"\naddress = \"127.0.0.1:0\"\nservice_account = \
             \"{account}\"\n"
        )
    };
    let callers = (0..CALLERS).map(|n| machine(&format!("caller-{n}"), &caller(n)));
    let config = machine("called", SERVER) + &callers.collect::<String>();
    Mock::start_with(dir, &config, command)
}

/// A handshake that has come half-way: both sides hold keys, and neither has seen the other's last
/// message.
struct Halfway {
    client: Call,
    server: Call,
    flight: Vec<u8>,
    caller: String,
}

impl Halfway {
    async fn come(caller: String, client: &Library, server: &Library) -> Self {
        let (client, first) = client.start_client(&[SERVER]).await;
        let mut server = server.call().await;
        let second = server.ask(server_start(&first.out_frames)).await;
        Self {
            client,
            server,
            flight: second.unwrap().unwrap().out_frames,
            caller,
        }
    }

    /// Ends it; the key. Each side must see the other, and nobody else.
    async fn end(mut self) -> Vec<u8> {
        let third = self.client.ask(next(&self.flight)).await.unwrap().unwrap();
        let fourth = self.server.ask(next(&third.out_frames)).await;
        let [ours, theirs] = [third, fourth.unwrap().unwrap()].map(|answer| answer.result.unwrap());
        let name = |identity: Option<alts::gcp::Identity>| {
            identity.unwrap().account_name().unwrap().to_owned()
        };
        assert_eq!(name(ours.peer_identity), SERVER);
        assert_eq!(name(theirs.peer_identity), self.caller);
        assert_eq!(ours.key_data, theirs.key_data);
        ours.key_data
    }
}

/// A thousand at once on one handshaker, all of them half-way at the same time; the process's memory
/// then, in bytes. The process plays the callers' handshakers too: two sessions for each.
async fn a_thousand(process: u32, callers: &[Library], server: &Library) -> usize {
    let mut halfway = Vec::with_capacity(COUNT);
    for n in 0..COUNT {
        halfway.push(Halfway::come(caller(n), &callers[n % CALLERS], server).await);
    }
    let resident = resident(process);
    let mut running = JoinSet::new();
    for handshake in halfway {
        running.spawn(handshake.end());
    }
    let keys: HashSet<Vec<u8>> = running.join_all().await.into_iter().collect();
    assert_eq!(keys.len(), COUNT, "no two have a key in common");
    resident
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_handshakes_at_once_are_none_lost_none_mixed_up_and_cheap() {
    /// A session is its certificates, keys and half a frame (4 KiB), twice; a call is two tasks, a
    /// channel and two HTTP/2 streams (10 KiB), twice. Twice that again for the allocator.
    const PER_HANDSHAKE: usize = 64 * 1024;
    /// A leak would show in every thousand; the allocator needs a few to settle.
    const TO_SETTLE: usize = 4;
    const LEAK: usize = 4 * 1024;
    let dir = tempfile::tempdir().unwrap();
    let mock = crowded_mock(dir.path(), Command::new(BINARY));
    let addresses = mock.handshakers();
    let library = |n: usize| Library::connect(addresses[n], "grpc-java-netty/1.63.0");
    let server = library(0).await;
    let mut callers = Vec::new();
    for n in 0..CALLERS {
        callers.push(library(n + 1).await);
    }
    let process = mock.child.id();
    let before = resident(process);
    let first = a_thousand(process, &callers, &server).await;
    let held = first.saturating_sub(before) / COUNT;
    assert!(held < PER_HANDSHAKE, "{held} bytes for each");
    let mut settled = first;
    for _ in 0..TO_SETTLE {
        settled = a_thousand(process, &callers, &server).await;
    }
    // What they held is given back: the next thousand live in the same memory.
    let last = a_thousand(process, &callers, &server).await;
    let more = last.saturating_sub(settled) / COUNT;
    assert!(more < LEAK, "{more} bytes more for each");
    eprintln!("{held} bytes for each of a thousand, {more} more in the last one");

    let metrics = stdout(&run(&["metrics", "--admin", &mock.admin]));
    let ended = metrics.lines().filter(|line| {
        line.starts_with("alts_handshakes_total{machine=\"called\"")
            && line.contains("side=\"server\",outcome=\"established\"")
    });
    let ended: usize = ended
        .map(|line| line.rsplit(' ').next().unwrap().parse::<usize>().unwrap())
        .sum();
    assert_eq!(ended, (TO_SETTLE + 2) * COUNT, "{metrics}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_at_once_are_served_each() {
    // C-core has one per handshake; a handshaker allows 1,024.
    alts_handshaker::allow_many_files();
    let dir = tempfile::tempdir().unwrap();
    let mock = crowded_mock(dir.path(), Command::new(BINARY));
    let addresses = mock.handshakers();
    let client = Library::connect(addresses[1], "grpc-java-netty/1.63.0").await;
    let before = resident(mock.child.id());
    let mut halfway = Vec::new();
    for _ in 0..COUNT {
        let server = Library::connect(addresses[0], "grpc-c/53").await;
        halfway.push((Halfway::come(caller(0), &client, &server).await, server));
    }
    let held = resident(mock.child.id()).saturating_sub(before) / COUNT;
    // A connection's buffers and windows (20 KiB), its credential, and a handshake as above.
    assert!(held < 128 * 1024, "{held} bytes for each");
    eprintln!("{held} bytes for each connection with a handshake");
    let mut keys = HashSet::new();
    for (handshake, _server) in halfway {
        keys.insert(handshake.end().await);
    }
    assert_eq!(keys.len(), COUNT);
}

/// A connection that speaks HTTP/2 and then does nothing, ever.
pub(crate) fn idle(address: SocketAddr) -> std::net::TcpStream {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    // The preface, and empty SETTINGS. It may be the one that is turned away.
    let _ = stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    stream
}

#[tokio::test]
async fn idle_connections_cannot_use_up_the_files_that_a_process_may_open() {
    let dir = tempfile::tempdir().unwrap();
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -n 256; exec \"$0\" \"$@\"", BINARY]);
    let mock = crowded_mock(dir.path(), limited);
    let addresses = mock.handshakers();
    let crowd: Vec<_> = (0..400).map(|_| idle(addresses[0])).collect();
    let server = Library::connect(addresses[0], "grpc-c/53").await;
    let client = Library::connect(addresses[1], "grpc-c/53").await;
    let handshake = Halfway::come(caller(0), &client, &server).await;
    handshake.end().await;
    drop(crowd);
}

struct Generous(RootKey);

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
    let trust = Arc::new(Trust::of_roots([root.public()]));
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
