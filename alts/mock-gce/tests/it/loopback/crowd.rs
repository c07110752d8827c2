//! Many at once.

use std::{collections::HashSet, path::Path, process::Command};

use tokio::task::JoinSet;

use super::{binary::*, support::*};

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
        // As libraries do: a connection whose calls are dropped before they end is given up by HTTP/2.
        for call in [&mut self.client, &mut self.server] {
            assert_eq!(call.answer().await.unwrap(), None);
        }
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
    let mock = crowded_mock(dir.path(), Command::new(MOCK_GCE));
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
    alts_daemon::connections::allow_many_files();
    let dir = tempfile::tempdir().unwrap();
    let mock = crowded_mock(dir.path(), Command::new(MOCK_GCE));
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

#[tokio::test]
async fn idle_connections_cannot_use_up_the_files_that_a_process_may_open() {
    let dir = tempfile::tempdir().unwrap();
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -n 256; exec \"$0\" \"$@\"", MOCK_GCE]);
    let mock = crowded_mock(dir.path(), limited);
    let addresses = mock.handshakers();
    let crowd: Vec<_> = (0..400).map(|_| idle(addresses[0])).collect();
    let server = Library::connect(addresses[0], "grpc-c/53").await;
    let client = Library::connect(addresses[1], "grpc-c/53").await;
    let handshake = Halfway::come(caller(0), &client, &server).await;
    handshake.end().await;
    drop(crowd);
}
