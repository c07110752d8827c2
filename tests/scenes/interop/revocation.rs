//! Accounts disabled and enabled, servers started again: the article's steps with any library on
//! either end.

use tests::{CLIENT_ACCOUNT, SERVER_ACCOUNT};

use crate::{
    library::Library,
    world::{SERVER, World, soon},
};

each_library!(a_client_whose_account_is_disabled_gets_no_further_than_its_handshaker);
with_us!(
    a_server_that_is_disabled_serves_until_it_is_restarted,
    a_channel_outlives_its_accounts_and_its_servers_rest,
);

/// One call of a new process.
const CALL: [&str; 4] = ["crowd", SERVER, "1", SERVER_ACCOUNT];

async fn a_client_whose_account_is_disabled_gets_no_further_than_its_handshaker(client: Library) {
    let (world, _server) = World::with_server(Library::Ours).await;
    world.accounts("disable", CLIENT_ACCOUNT).await;
    let said = soon(world.says(client, &CALL)).await;
    let expected = client.says_of_a_silent_handshaker();
    assert_eq!(said["code"], expected, "{said}");
    let details = said["details"].as_str().expect("details");
    assert!(
        details.contains("the account is disabled"),
        "the reason reaches the caller: {details}"
    );
    world.accounts("enable", CLIENT_ACCOUNT).await;
    let said = soon(world.says(client, &CALL)).await;
    assert_eq!(said["code"], "OK", "{said}");
}

async fn a_server_that_is_disabled_serves_until_it_is_restarted(client: Library, server: Library) {
    let (world, mut running) = World::with_server(server).await;
    let said = soon(world.says(client, &CALL)).await;
    assert_eq!(said["code"], "OK", "both accounts enabled: {said}");

    world.accounts("disable", SERVER_ACCOUNT).await;
    let refused = client.says_of_a_failed_handshake();
    let said = soon(world.says(client, &CALL)).await;
    let expected = if server.keeps_its_credential() {
        "OK"
    } else {
        refused
    };
    assert_eq!(said["code"], expected, "disabled and still running: {said}");

    running.kill().await.expect("stops");
    let _restarted = world.serves(server, &[]).await;
    let said = soon(world.says(client, &CALL)).await;
    assert_eq!(said["code"], refused, "it gets no new credential: {said}");
    let details = said["details"].as_str().expect("details");
    assert!(details.contains("no credential"), "{details}");

    world.accounts("enable", SERVER_ACCOUNT).await;
    let said = soon(world.says(client, &CALL)).await;
    assert_eq!(said["code"], "OK", "without another restart: {said}");
}

async fn a_channel_outlives_its_accounts_and_its_servers_rest(client: Library, server: Library) {
    let (world, mut running) = World::with_server(server).await;
    let mut talk = world.talks(client, &[SERVER, SERVER_ACCOUNT]);
    let said = soon(talk.call()).await.expect("it lives");
    assert_eq!(said["code"], "OK", "{said}");
    world.accounts("disable", CLIENT_ACCOUNT).await;
    let said = soon(talk.call()).await.expect("it lives");
    assert_eq!(said["code"], "OK", "an open connection stays open: {said}");
    world.accounts("enable", CLIENT_ACCOUNT).await;
    running.kill().await.expect("stops");
    let _restarted = world.serves(server, &[]).await;
    let mut said = soon(talk.call_patiently()).await.expect("it lives");
    if client == Library::Cpp && said["details"] == "Socket closed" {
        // It polls only while it calls, and so has learnt by this call that the connection is gone.
        said = soon(talk.call_patiently()).await.expect("it lives");
    }
    assert_eq!(said["code"], "OK", "it came back: {said}");
}
