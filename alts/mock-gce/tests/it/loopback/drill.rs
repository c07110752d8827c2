//! What disabling an account does, and to whom: it stops credentials from being issued and recalls
//! none.

use tonic::Code;

use super::{support::*, world::*};

#[tokio::test]
async fn a_disabled_clients_new_process_is_refused_by_its_own_handshaker() {
    let world = World::start().await;
    world.set_disabled(CLIENT, true).await;
    let client = world.client_process().await;
    let mut call = client.call().await;
    // No message: grpc-java reports UNAVAILABLE only for a failed call.
    let status = call.ask(client_start(&[SERVER])).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(
        status.message(),
        "no credential for client@p.iam: the account is disabled; enable it: alts-handshaker \
         accounts enable client@p.iam"
    );
    // The same connection gets one as soon as there is one to be had.
    world.set_disabled(CLIENT, false).await;
    let server = world.server_process().await;
    shake(&client, &server, &[SERVER]).await.key();
}

#[tokio::test]
async fn a_disabled_servers_running_process_still_answers_and_its_restart_does_not() {
    let world = World::start().await;
    let (client, server) = (world.client_process().await, world.server_process().await);
    shake(&client, &server, &[SERVER]).await.key();

    world.set_disabled(SERVER, true).await;
    shake(&client, &server, &[SERVER]).await.key();

    let restarted = world.server_process().await;
    let (mut client_call, first) = client.start_client(&[SERVER]).await;
    let mut server_call = restarted.call().await;
    let answer = server_call
        .ask(server_start(&first.out_frames))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(answer.status.unwrap().code, 0);
    assert_eq!(answer.bytes_consumed as usize, first.out_frames.len());
    assert_eq!(
        server_call.answer().await.unwrap_err().code(),
        Code::Unavailable
    );
    let told = client_call
        .ask(next(&answer.out_frames))
        .await
        .unwrap()
        .unwrap();
    let status = told.status.unwrap();
    assert_eq!(status.code, 16);
    assert_eq!(
        status.details,
        "peer aborted the handshake: no credential (in the peer's own, unverified words: \
         \"server@p.iam is disabled\")"
    );

    world.set_disabled(SERVER, false).await;
    shake(&client, &restarted, &[SERVER]).await.key();
}

#[tokio::test]
async fn a_restart_of_the_mock_keeps_accounts_switches_and_trust() {
    let world = World::start().await;
    let old_client = world.client_process().await;
    let (_, from_before) = old_client.start_client(&[SERVER]).await;
    world.set_disabled(CLIENT, true).await;
    drop(old_client);

    let world = world.restarted().await;
    let client = world.client_process().await;
    let status = client
        .call()
        .await
        .ask(client_start(&[SERVER]))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    // The authority is the same: a certificate it issued before is still believed.
    let mut server = world.server_process().await.call().await;
    let answer = server
        .ask(server_start(&from_before.out_frames))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(answer.status.unwrap().code, 0);
}

#[tokio::test]
async fn a_mock_that_asks_at_each_handshake_refuses_a_disabled_peer_at_once() {
    let world = World::start_with("[revocation]\nmode = \"handshake\"\n").await;
    let (client, server) = (world.client_process().await, world.server_process().await);
    shake(&client, &server, &[SERVER]).await.key();
    world.set_disabled(SERVER, true).await;
    let told = shake(&client, &server, &[SERVER])
        .await
        .client
        .unwrap()
        .status
        .unwrap();
    assert_eq!(told.code, 16);
    assert!(
        told.details
            .contains("the account server@p.iam is disabled"),
        "{}",
        told.details
    );
    world.set_disabled(SERVER, false).await;
    shake(&client, &server, &[SERVER]).await.key();
}
