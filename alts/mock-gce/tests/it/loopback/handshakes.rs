//! Handshakes through two running handshakers.

use std::collections::HashSet;

use tokio::task::JoinSet;

use super::{support::*, world::*};

#[tokio::test]
async fn two_machines_shake_hands_and_learn_who_the_other_is() {
    let world = World::start().await;
    let (client, server) = (world.client_process().await, world.server_process().await);
    let shaken = shake(&client, &server, &[SERVER]).await;
    let (seen_by_client, seen_by_server) = (shaken.client.unwrap(), shaken.server.unwrap());
    let (by_client, by_server) = (
        seen_by_client.result.unwrap(),
        seen_by_server.result.unwrap(),
    );
    assert_eq!(
        by_client.peer_identity.unwrap().account_name(),
        Some(SERVER)
    );
    assert_eq!(
        by_server.peer_identity.unwrap().account_name(),
        Some(CLIENT)
    );
    assert_eq!(by_client.max_frame_size, 131_072);
    assert_eq!(by_server.max_frame_size, 1 << 20);
    assert_eq!(by_client.key_data, by_server.key_data);
    assert_eq!(by_client.key_data.len(), 44);
}

#[tokio::test]
async fn records_behind_the_last_message_are_left_to_the_library() {
    let world = World::start().await;
    let (client, server) = (world.client_process().await, world.server_process().await);
    let (mut client, first) = client.start_client(&[SERVER]).await;
    let mut server = server.call().await;
    let second = server
        .ask(server_start(&first.out_frames))
        .await
        .unwrap()
        .unwrap();
    let third = client.ask(next(&second.out_frames)).await.unwrap().unwrap();
    // A client may glue its first records to ClientFinished: as much as HTTP/2 lets it send unanswered, and
    // as libraries read at once. More in one request is refused by its header.
    let mut joined = third.out_frames.clone();
    joined.resize(third.out_frames.len() + (1 << 16), 0x5a);
    let fourth = server.ask(next(&joined)).await.unwrap().unwrap();
    assert_eq!(fourth.bytes_consumed as usize, third.out_frames.len());
    assert!(fourth.result.is_some());
}

#[tokio::test]
async fn the_wrong_target_is_refused_by_the_clients_own_handshaker() {
    let world = World::start().await;
    let (client, server) = (world.client_process().await, world.server_process().await);
    let shaken = shake(&client, &server, &["else@p.iam"]).await;
    let status = shaken.client.unwrap().status.unwrap();
    assert_eq!(status.code, 7);
    assert!(status.details.contains(SERVER), "{}", status.details);
}

#[tokio::test]
async fn clouds_do_not_believe_each_other() {
    let (here, there) = (World::start().await, World::start().await);
    let (mut client, first) = here.client_process().await.start_client(&[SERVER]).await;
    let mut server = there.server_process().await.call().await;
    let refused = server
        .ask(server_start(&first.out_frames))
        .await
        .unwrap()
        .unwrap();
    let status = refused.status.unwrap();
    assert_eq!(status.code, 16);
    assert!(
        status.details.contains("unknown authority"),
        "{}",
        status.details
    );
    // Its library may send the Abort; then the client knows too.
    let told = client
        .ask(next(&refused.out_frames))
        .await
        .unwrap()
        .unwrap()
        .status
        .unwrap();
    assert!(
        told.details
            .starts_with("peer aborted the handshake: it refuses our certificate")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_handshakes_at_once_are_none_lost_and_none_mixed_up() {
    let world = World::start().await;
    let (client, server) = (world.client_process().await, world.server_process().await);
    let mut running = JoinSet::new();
    for _ in 0..300 {
        let (client, server) = (client.clone(), server.clone());
        running.spawn(async move { shake(&client, &server, &[SERVER]).await.key() });
    }
    let keys: HashSet<Vec<u8>> = running.join_all().await.into_iter().collect();
    assert_eq!(keys.len(), 300, "every session has keys of its own");
}
