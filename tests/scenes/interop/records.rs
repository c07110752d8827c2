//! The record protocol between strangers and us, seen on the wire: keys that change after 65,536
//! records, and frames no longer than the receiver declared.

use tests::{CLIENT_ACCOUNT, SERVER_ACCOUNT, echo::contract::Payload};
use tokio::process::Command;
use tokio_stream::StreamExt;

use crate::{
    stranger::{Machine, Stranger, outcome, serving},
    wiretap::{Mischief, Wiretap},
    world::{cloud, our_client, payload, strange_cloud, we_serve},
};

/// Records under one key and direction; the next has another key.
const RECORDS_PER_KEY: u64 = 1 << 16;
/// Messages that are more records than that, one at least each.
const MANY: u64 = RECORDS_PER_KEY + 500;

scenes!(strangers_learn_each_others_frame_sizes: Grpcio grpcio, Cpp cpp);
each_stranger!(
    keys_change_under_a_strangers_stream,
    keys_change_under_our_stream_to_a_stranger,
    no_frame_is_longer_than_its_receiver_declared,
);

async fn keys_change_under_a_strangers_stream(stranger: Stranger) {
    let _cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let tap = Wiretap::on(&we_serve().await, Mischief::None).await;
    let said = stranger
        .says(&["pingpong", &tap.address, &MANY.to_string()])
        .await;
    assert_eq!(said["answered"], MANY, "{said}");
    keys_changed(&tap);
}

async fn keys_change_under_our_stream_to_a_stranger(stranger: Stranger) {
    let _cloud = cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    let (_server, address) = stranger.serves(&["0"]).await;
    let tap = Wiretap::on(&address, Mischief::None).await;
    let (ask, asked) = tokio::sync::mpsc::channel(1);
    let requests = tokio_stream::wrappers::ReceiverStream::new(asked);
    let mut client = our_client(&tap.address, &[SERVER_ACCOUNT]);
    // Some servers send their headers with the first answer only.
    ask.send(number(0)).await.expect("a listener");
    let answers = client.chat(requests).await.expect("a stream");
    let mut answers = answers.into_inner();
    for n in 0..MANY {
        let answer = answers.next().await.expect("an answer").expect("OK");
        assert_eq!(answer, number(n));
        ask.send(number(n + 1)).await.expect("a listener");
    }
    keys_changed(&tap);
}

fn number(n: u64) -> Payload {
    Payload {
        data: n.to_le_bytes().to_vec().into(),
    }
}

fn keys_changed(tap: &Wiretap) {
    assert_eq!(tap.connections(), 1, "all on one connection");
    let (client, server) = (tap.client.records(), tap.server.records());
    assert!(
        client > RECORDS_PER_KEY && server > RECORDS_PER_KEY,
        "{client}, {server} records"
    );
}

/// What we send at most, whatever the peer takes.
const OURS_AT_MOST: u64 = 128 << 10;
/// What we declare to take; C-core counts it without the length field.
const WE_TAKE: u64 = (1 << 20) + 4;

async fn no_frame_is_longer_than_its_receiver_declared(stranger: Stranger) {
    // What the stranger is told to declare; the longest frames: ours, and its own.
    let table: &[(Option<u64>, u64, u64)] = match stranger {
        Stranger::Grpcio | Stranger::Cpp => &[
            (None, OURS_AT_MOST, WE_TAKE),
            (Some(16 << 10), 16 << 10, (16 << 10) + 4),
            (Some(4 << 20), OURS_AT_MOST, WE_TAKE),
        ],
        // It declares nothing, which stands for 16 KiB, and sends 4 KiB.
        Stranger::Go => &[(None, 16 << 10, 4 << 10)],
        Stranger::Java => &[(None, OURS_AT_MOST, 128 << 10)],
    };
    let _cloud = cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    for (declared, ours, its) in table {
        let seen = [
            frames_with_a_server(stranger, *declared).await,
            frames_with_a_client(stranger, *declared).await,
        ];
        for (our_longest, its_longest) in seen {
            // Its flow control or its batches may end frames before this limit does.
            assert!(its_longest <= *its, "{declared:?}: {seen:?}");
            if stranger != Stranger::Java {
                assert_eq!(our_longest, *ours, "{declared:?}: {seen:?}");
            }
            assert!(our_longest <= *ours, "{declared:?}: {seen:?}");
        }
    }
}

/// The longest frames, ours and its, when a stranger serves us.
async fn frames_with_a_server(stranger: Stranger, declared: Option<u64>) -> (u64, u64) {
    let server = declaring(declared, stranger, Machine::First, &["serve", "0"]);
    let (_server, address) = serving(server).await;
    let tap = Wiretap::on(&address, Mischief::None).await;
    let sent = payload(8 << 20);
    let answer = our_client(&tap.address, &[]).unary(sent.clone()).await;
    assert!(answer.expect("answered").into_inner() == sent);
    (tap.client.longest(), tap.server.longest())
}

/// The same when it calls us.
async fn frames_with_a_client(stranger: Stranger, declared: Option<u64>) -> (u64, u64) {
    let tap = Wiretap::on(&we_serve().await, Mischief::None).await;
    let call = declaring(declared, stranger, Machine::First, &["echo", &tap.address]);
    let said = outcome(call).await;
    assert_eq!(said["code"], "OK", "{said}");
    (tap.server.longest(), tap.client.longest())
}

/// Two that declare more than we would, or less: the handshaker hands on what each said.
async fn strangers_learn_each_others_frame_sizes(stranger: Stranger) {
    let (small, large) = (64 << 10, 4 << 20);
    let _cloud = strange_cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    for (client, server) in [(small, large), (large, small), (large, large)] {
        let serve = declaring(Some(server), Stranger::Cpp, Machine::First, &["serve", "0"]);
        let (_server, address) = serving(serve).await;
        let tap = Wiretap::on(&address, Mischief::None).await;
        let call = ["echo", &tap.address];
        let said = outcome(declaring(Some(client), stranger, Machine::Second, &call)).await;
        assert_eq!(said["code"], "OK", "{said}");
        let seen = (tap.client.longest(), tap.server.longest());
        if client.min(server) == small {
            assert_eq!(seen, (small + 4, small + 4));
        } else {
            // How much more depends on how much was at hand.
            let longest = seen.0.max(seen.1);
            assert!(longest > WE_TAKE && longest <= large + 4, "{seen:?}");
        }
    }
}

fn declaring(size: Option<u64>, stranger: Stranger, machine: Machine, args: &[&str]) -> Command {
    let mut command = stranger.on(machine, args);
    if let Some(size) = size {
        command.env("STRANGER_MAX_FRAME_SIZE", size.to_string());
    }
    command
}
