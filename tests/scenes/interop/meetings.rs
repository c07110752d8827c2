//! Any two libraries that meet: who is proven to whom, what passes between them, and how many at once.

use serde_json::Value;
use tests::{
    CLIENT_ACCOUNT, INTRUDER_ACCOUNT, SERVER_ACCOUNT,
    machines::{CLIENT_VM, INTRUDER_VM},
};

use crate::{
    library::Library,
    world::{SERVER, World, outcome, soon},
};

with_everybody!(
    payloads_of_every_size_and_streams_come_back_as_sent,
    one_of_several_targets_is_enough_and_a_wrong_one_is_refused_by_name,
    a_servers_own_authorization_sees_who_calls,
);
with_us!(a_hundred_connections_at_once_are_all_answered);
each_stranger!(
    our_backend_gives_the_articles_answer_but_not_to_the_intruder,
    our_command_line_is_answered,
);

/// 1 B, 1 MiB, 32 MiB, and a bidirectional stream of two thousand messages.
async fn payloads_of_every_size_and_streams_come_back_as_sent(client: Library, server: Library) {
    let (world, _server) = World::with_server(server).await;
    let said = world.says(client, &["echo", SERVER, SERVER_ACCOUNT]).await;
    assert_eq!(said["code"], "OK", "{said}");
    assert_eq!(said["peer"], CLIENT_ACCOUNT, "the server saw who called");
}

async fn one_of_several_targets_is_enough_and_a_wrong_one_is_refused_by_name(
    client: Library,
    server: Library,
) {
    let (world, _server) = World::with_server(server).await;
    let right: [&[&str]; 4] = [
        &[],
        &[SERVER_ACCOUNT],
        &["other@x", SERVER_ACCOUNT],
        &[SERVER_ACCOUNT, "other@x"],
    ];
    for targets in right {
        let call = [&["crowd", SERVER, "1"], targets].concat();
        let said = soon(world.says(client, &call)).await;
        assert_eq!(said["answered"], 1, "{targets:?}: {said}");
    }
    let wrong = ["crowd", SERVER, "1", "other@x", "another@x"];
    let said = soon(world.says(client, &wrong)).await;
    assert_eq!(said["code"], client.says_of_a_refused_peer(), "{said}");
    let details = said["details"].as_str().expect("details");
    assert!(
        details.contains(SERVER_ACCOUNT),
        "who it really is reaches the caller: {details}"
    );
}

async fn a_servers_own_authorization_sees_who_calls(client: Library, server: Library) {
    let world = World::new().await;
    let _server = world.serves(server, &["other@x", CLIENT_ACCOUNT]).await;
    let call = ["crowd", SERVER, "1"];
    let said = outcome(world.run(CLIENT_VM, client, &call)).await;
    assert_eq!(said["answered"], 1, "{said}");
    let said = outcome(world.run(INTRUDER_VM, client, &call)).await;
    assert_eq!(said["code"], "PERMISSION_DENIED", "{said}");
    let details = said["details"].as_str().expect("details");
    assert!(details.contains(INTRUDER_ACCOUNT), "{details}");
}

async fn a_hundred_connections_at_once_are_all_answered(client: Library, server: Library) {
    let (world, _server) = World::with_server(server).await;
    let call = ["crowd", SERVER, "100", SERVER_ACCOUNT];
    let said = world.says(client, &call).await;
    assert_eq!(said["answered"], 100, "{said}");
}

/// The real backend, started as the article does.
async fn our_backend_gives_the_articles_answer_but_not_to_the_intruder(client: Library) {
    let world = World::new().await;
    let _backend = world.machines.start_server().await.expect("starts");
    for targets in [&[][..], &[SERVER_ACCOUNT]] {
        let call = [&["booking", SERVER], targets].concat();
        let said = world.says(client, &call).await;
        assert_eq!(said["bookingDate"], "01-Jun-2024 11:30", "{said}");
        assert_eq!(said["condition"], "Gall bladder stone", "{said}");
    }
    let call = ["booking", SERVER, SERVER_ACCOUNT];
    let said = outcome(world.run(INTRUDER_VM, client, &call)).await;
    assert_eq!(said["code"], "PERMISSION_DENIED", "{said}");
    let refusal = format!("Client {INTRUDER_ACCOUNT} is not authorized");
    assert_eq!(said["details"], refusal);
}

/// The real command line.
async fn our_command_line_is_answered(server: Library) {
    let (world, _server) = World::with_server(server).await;
    let client = world.machines.program(CLIENT_VM, "booking-client");
    let mut client = client.expect("built");
    client.args([SERVER, SERVER_ACCOUNT, "--output", "json"]);
    let output = client.output().await.expect("runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["bookingDate"], "01-Jun-2024 11:30");
    assert_eq!(answer["condition"], CLIENT_ACCOUNT, "it saw who called");
}
