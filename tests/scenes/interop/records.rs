//! The record protocol between libraries, seen on the wire: keys that change after 65,536 records, and
//! frames no longer than the receiver declared.

use serde_json::Value;
use tests::SERVER_ACCOUNT;

use crate::{
    library::Library,
    world::{MIDDLE, World},
};

with_us!(keys_change_after_65_536_records_each_way);
each_stranger!(no_frame_is_longer_than_its_receiver_declared);
pairs!(strangers_learn_each_others_frame_sizes:
    grpcio_calls_cpp: Grpcio Cpp,
    cpp_calls_grpcio: Cpp Grpcio,
);

/// Records under one key and direction; the next has another key.
const RECORDS_PER_KEY: u64 = 1 << 16;
/// Messages that are more records than that, one at least each.
const MANY: &str = "66036";

async fn keys_change_after_65_536_records_each_way(client: Library, server: Library) {
    let (world, _server) = World::with_server(server).await;
    let mut relay = world.relays(&[]).await;
    let call = ["pingpong", MIDDLE, MANY, SERVER_ACCOUNT];
    let said = world.says(client, &call).await;
    assert_eq!(said["answered"].to_string(), MANY, "{said}");
    let seen = relay.seen().await.expect("it works");
    assert_eq!(seen["connections"], 1, "all on one connection");
    for side in ["client", "server"] {
        let records = number(&seen[side]["records"]);
        assert!(records > RECORDS_PER_KEY, "{seen}");
    }
}

/// What we send at most, whatever the peer takes.
const OURS_AT_MOST: u64 = 128 << 10;
/// What we declare to take; C-core counts it without the length field.
const WE_TAKE: u64 = (1 << 20) + 4;

async fn no_frame_is_longer_than_its_receiver_declared(stranger: Library) {
    // What the stranger is told to declare; the longest frames: ours, and its own.
    let table: &[(Option<u64>, u64, u64)] = match stranger {
        Library::Grpcio | Library::Cpp => &[
            (None, OURS_AT_MOST, WE_TAKE),
            (Some(16 << 10), 16 << 10, (16 << 10) + 4),
            (Some(4 << 20), OURS_AT_MOST, WE_TAKE),
        ],
        // It declares nothing, which stands for 16 KiB, and sends 4 KiB.
        Library::Go => &[(None, 16 << 10, 4 << 10)],
        Library::Java => &[(None, OURS_AT_MOST, 128 << 10)],
        Library::Ours => &[],
    };
    for (declared, ours, its) in table {
        let (from_us, to_us) = longest_frames(Library::Ours, None, stranger, *declared).await;
        let (to_us_too, from_us_too) =
            longest_frames(stranger, *declared, Library::Ours, None).await;
        let seen = [(from_us, to_us), (from_us_too, to_us_too)];
        for (our_longest, its_longest) in seen {
            // Its flow control or its batches may end frames before this limit does.
            assert!(its_longest <= *its, "{declared:?}: {seen:?}");
            if stranger != Library::Java {
                assert_eq!(our_longest, *ours, "{declared:?}: {seen:?}");
            }
            assert!(our_longest <= *ours, "{declared:?}: {seen:?}");
        }
    }
}

/// Two that declare more than we would, or less: the handshaker hands on what each said.
async fn strangers_learn_each_others_frame_sizes(client: Library, server: Library) {
    let (small, large) = (64 << 10, 4 << 20);
    for (client_takes, server_takes) in [(small, large), (large, small), (large, large)] {
        let seen = longest_frames(client, Some(client_takes), server, Some(server_takes)).await;
        if client_takes.min(server_takes) == small {
            assert_eq!(seen, (small + 4, small + 4));
        } else {
            // How much more depends on how much was at hand.
            let longest = seen.0.max(seen.1);
            assert!(longest > WE_TAKE && longest <= large + 4, "{seen:?}");
        }
    }
}

/// The longest frames that a client and a server sent, each declaring this to take.
async fn longest_frames(
    client: Library,
    client_takes: Option<u64>,
    server: Library,
    server_takes: Option<u64>,
) -> (u64, u64) {
    let world = World::new().await;
    let _server = world.serves_declaring(server, &[], server_takes).await;
    let mut relay = world.relays(&[]).await;
    let call = ["echo", MIDDLE];
    let said = world.says_declaring(client, &call, client_takes).await;
    assert_eq!(said["code"], "OK", "{said}");
    let seen = relay.seen().await.expect("it works");
    let longest = |side: &str| number(&seen[side]["longest"]);
    (longest("client"), longest("server"))
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}
