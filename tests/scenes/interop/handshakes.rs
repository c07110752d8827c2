//! Networks that cut, join and damage what they carry, peers that say nothing or something else, and
//! handshakers that are not there.

use tests::{SERVER_ACCOUNT, machines::CLIENT_VM};

use crate::{
    library::Library,
    world::{MIDDLE, SERVER, World, soon},
};

with_us!(
    a_handshake_may_arrive_in_drops_and_in_lumps,
    a_damaged_record_ends_the_call,
);
each_library!(
    silent_connections_keep_nobody_out,
    bytes_that_are_not_alts_do_a_server_no_harm,
    a_client_that_reaches_no_alts_is_told_at_once,
    a_client_recovers_when_its_handshaker_comes,
);

/// A record that belongs to a message, whatever the library sends before it.
const A_LATE_RECORD: &str = "10";

async fn a_handshake_may_arrive_in_drops_and_in_lumps(client: Library, server: Library) {
    let (world, _server) = World::with_server(server).await;
    for portions in ["drip", "coalesce"] {
        let relay = world.relays(&[portions]).await;
        let call = ["crowd", MIDDLE, "3", SERVER_ACCOUNT];
        let said = soon(world.says(client, &call)).await;
        assert_eq!(said["answered"], 3, "{portions}: {said}");
        relay.end().await.expect("ends");
    }
}

async fn a_damaged_record_ends_the_call(client: Library, server: Library) {
    let (world, _server) = World::with_server(server).await;
    for (record, expected) in [
        ("flip-server-record", client.says_of_a_damaged_record()),
        // The server closes the connection.
        ("flip-client-record", "UNAVAILABLE"),
    ] {
        let relay = world.relays(&[record, A_LATE_RECORD]).await;
        let said = soon(world.says(client, &["echo", MIDDLE])).await;
        assert_eq!(said["code"], expected, "{record}: {said}");
        relay.end().await.expect("ends");
    }
}

async fn silent_connections_keep_nobody_out(server: Library) {
    let (world, _server) = World::with_server(server).await;
    let _silent = world.meddles(&["silent", SERVER, "30"]).await;
    let said = soon(world.says(Library::Ours, &["crowd", SERVER, "1"])).await;
    assert_eq!(said["answered"], 1, "{said}");
}

async fn bytes_that_are_not_alts_do_a_server_no_harm(server: Library) {
    let (world, _server) = World::with_server(server).await;
    let _heard_out = soon(world.meddles(&["plaintext", SERVER])).await;
    let said = soon(world.says(Library::Ours, &["crowd", SERVER, "1"])).await;
    assert_eq!(said["answered"], 1, "{said}");
}

async fn a_client_that_reaches_no_alts_is_told_at_once(client: Library) {
    let world = World::new().await;
    let _pretender = world.pretends().await;
    let said = soon(world.says(client, &["crowd", MIDDLE, "1"])).await;
    assert_eq!(said["code"], client.says_of_a_failed_handshake(), "{said}");
    let details = said["details"].as_str().expect("details");
    assert!(details.contains("plaintext HTTP/2, not ALTS"), "{details}");
}

async fn a_client_recovers_when_its_handshaker_comes(client: Library) {
    let (world, _server) = World::with_server(Library::Ours).await;
    world.way_to_the_handshaker(CLIENT_VM, false).await;
    let mut talk = world.talks(client, &[SERVER, SERVER_ACCOUNT]);
    if client != Library::Go {
        // grpc-go waits for its handshaker for as long as it waits for a connection.
        let said = soon(talk.call()).await.expect("it lives");
        let expected = client.says_of_a_silent_handshaker();
        assert_eq!(said["code"], expected, "{said}");
    }
    let (said, ()) = soon(async {
        tokio::join!(
            talk.call_patiently(),
            world.way_to_the_handshaker(CLIENT_VM, true)
        )
    })
    .await;
    let said = said.expect("it lives");
    assert_eq!(said["code"], "OK", "{said}");
}
