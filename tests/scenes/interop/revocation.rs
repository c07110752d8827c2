//! Accounts disabled and enabled, servers and handshakers started again, with a stranger on one
//! end: the article's steps as other languages see them.

use tests::{CLIENT_ACCOUNT, SERVER_ACCOUNT};
use tonic::Code;

use crate::{
    stranger::Stranger,
    world::{cloud, our_client, payload, soon, the_backend},
};

each_stranger!(
    a_stranger_whose_account_is_disabled_gets_no_further_than_its_handshaker,
    a_strangers_call_to_a_server_that_is_disabled_and_restarted_fails_with_the_reason,
    a_strangers_server_that_is_disabled_serves_until_it_is_restarted,
    a_strangers_channel_outlives_our_restarts,
    our_channel_outlives_a_strangers_restart,
);

async fn a_stranger_whose_account_is_disabled_gets_no_further_than_its_handshaker(
    stranger: Stranger,
) {
    let cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, address) = the_backend(folder.path(), "127.0.0.1:0").await;
    let call = ["booking", &address, SERVER_ACCOUNT];
    cloud
        .accounts(&["disable", CLIENT_ACCOUNT])
        .await
        .expect("disabled");
    let said = soon(stranger.says(&call)).await;
    assert_eq!(
        said["code"],
        stranger.says_of_a_silent_handshaker(),
        "{said}"
    );
    let details = said["details"].as_str().expect("details");
    assert!(
        details.contains("the account is disabled"),
        "the reason reaches the caller: {details}"
    );
    cloud
        .accounts(&["enable", CLIENT_ACCOUNT])
        .await
        .expect("enabled");
    let said = soon(stranger.says(&call)).await;
    assert_eq!(said["code"], "OK", "{said}");
}

async fn a_strangers_call_to_a_server_that_is_disabled_and_restarted_fails_with_the_reason(
    stranger: Stranger,
) {
    let cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (mut server, address) = the_backend(folder.path(), "127.0.0.1:0").await;
    let call = ["booking", &address, SERVER_ACCOUNT];
    let said = soon(stranger.says(&call)).await;
    assert_eq!(said["code"], "OK", "both accounts enabled: {said}");
    cloud
        .accounts(&["disable", SERVER_ACCOUNT])
        .await
        .expect("disabled");
    let said = soon(stranger.says(&call)).await;
    assert_eq!(said["code"], "OK", "it holds its credential: {said}");
    server.stop().await.expect("stops");
    let (_server, _) = the_backend(folder.path(), &address).await;
    let said = soon(stranger.says(&call)).await;
    assert_eq!(said["code"], stranger.says_of_a_refused_peer(), "{said}");
    let details = said["details"].as_str().expect("details");
    assert!(details.contains("no credential"), "{details}");
    cloud
        .accounts(&["enable", SERVER_ACCOUNT])
        .await
        .expect("enabled");
    let said = soon(stranger.says(&call)).await;
    assert_eq!(said["code"], "OK", "without another restart: {said}");
}

async fn a_strangers_server_that_is_disabled_serves_until_it_is_restarted(stranger: Stranger) {
    let cloud = cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    let (mut server, address) = stranger.serves(&["0"]).await;
    let port = address.rsplit(':').next().expect("a port").to_owned();
    let call = || async {
        our_client(&address, &[SERVER_ACCOUNT])
            .unary(payload(1))
            .await
    };
    soon(call()).await.expect("both accounts enabled");
    cloud
        .accounts(&["disable", SERVER_ACCOUNT])
        .await
        .expect("disabled");
    match soon(call()).await {
        Ok(_) => assert!(stranger.keeps_its_credential()),
        Err(refused) => {
            assert!(!stranger.keeps_its_credential(), "{refused}");
            assert_eq!(refused.code(), Code::Unknown, "{refused}");
        }
    }
    server.kill().await.expect("stops");
    let (_server, _) = stranger.serves(&[&port]).await;
    let refused = soon(call()).await.expect_err("it gets no new one");
    assert_eq!(refused.code(), Code::Unknown, "{refused}");
    cloud
        .accounts(&["enable", SERVER_ACCOUNT])
        .await
        .expect("enabled");
    soon(call()).await.expect("without another restart");
}

async fn a_strangers_channel_outlives_our_restarts(stranger: Stranger) {
    let mut cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (mut server, address) = the_backend(folder.path(), "127.0.0.1:0").await;
    let mut talk = stranger.talks(&[&address, SERVER_ACCOUNT]);
    let said = soon(talk.call()).await;
    // The backend has no echo; an answer that says so has come through.
    assert_eq!(said["code"], "UNIMPLEMENTED", "{said}");
    cloud
        .accounts(&["disable", CLIENT_ACCOUNT])
        .await
        .expect("disabled");
    let said = soon(talk.call()).await;
    assert_eq!(
        said["code"], "UNIMPLEMENTED",
        "an open connection stays open: {said}"
    );
    cloud
        .accounts(&["enable", CLIENT_ACCOUNT])
        .await
        .expect("enabled");
    cloud.restart().await.expect("restarts");
    server.stop().await.expect("stops");
    let (_server, _) = the_backend(folder.path(), &address).await;
    let said = soon(talk.call_patiently()).await;
    assert_eq!(said["code"], "UNIMPLEMENTED", "{said}");
}

async fn our_channel_outlives_a_strangers_restart(stranger: Stranger) {
    let _cloud = cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    let (mut server, address) = stranger.serves(&["0"]).await;
    let port = address.rsplit(':').next().expect("a port").to_owned();
    let mut client = our_client(&address, &[SERVER_ACCOUNT]);
    soon(client.unary(payload(1))).await.expect("answered");
    server.kill().await.expect("stops");
    let (_server, _) = stranger.serves(&[&port]).await;
    soon(client.unary(payload(1))).await.expect("it came back");
}
