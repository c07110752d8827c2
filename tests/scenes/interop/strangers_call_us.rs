//! Strangers as clients of our servers.

use tests::{CLIENT_ACCOUNT, INTRUDER_ACCOUNT, SERVER_ACCOUNT};

use crate::{
    stranger::Stranger,
    world::{cloud, soon, the_backend, we_serve},
};

each_stranger!(
    our_backend_gives_the_articles_answer,
    one_of_several_targets_is_enough,
    we_are_refused_when_we_are_not_the_target,
    our_backend_refuses_an_account_that_nobody_allowed,
    payloads_of_every_size_and_streams_come_back_as_sent,
    a_hundred_connections_at_once_are_all_answered,
);

async fn our_backend_gives_the_articles_answer(stranger: Stranger) {
    let _cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, address) = the_backend(folder.path(), "127.0.0.1:0").await;
    for targets in [&[][..], &[SERVER_ACCOUNT]] {
        let said = stranger
            .says(&[&["booking", &address], targets].concat())
            .await;
        assert_eq!(said["bookingDate"], "01-Jun-2024 11:30", "{said}");
        assert_eq!(said["condition"], "Gall bladder stone", "{said}");
    }
}

async fn one_of_several_targets_is_enough(stranger: Stranger) {
    let _cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let address = we_serve().await;
    for targets in [["other@x", SERVER_ACCOUNT], [SERVER_ACCOUNT, "other@x"]] {
        let said = stranger
            .says(&[&["crowd", &address, "1"], &targets[..]].concat())
            .await;
        assert_eq!(said["answered"], 1, "{said}");
    }
}

async fn we_are_refused_when_we_are_not_the_target(stranger: Stranger) {
    let _cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let address = we_serve().await;
    let said = soon(stranger.says(&["echo", &address, "other@x", "another@x"])).await;
    assert_eq!(said["code"], stranger.says_of_a_refused_peer(), "{said}");
    let details = said["details"].as_str().expect("details");
    assert!(
        details.contains(SERVER_ACCOUNT),
        "who we really are reaches the caller: {details}"
    );
}

async fn our_backend_refuses_an_account_that_nobody_allowed(stranger: Stranger) {
    let _cloud = cloud(INTRUDER_ACCOUNT, SERVER_ACCOUNT).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, address) = the_backend(folder.path(), "127.0.0.1:0").await;
    let said = stranger.says(&["booking", &address]).await;
    assert_eq!(said["code"], "PERMISSION_DENIED", "{said}");
    assert_eq!(
        said["details"],
        format!("Client {INTRUDER_ACCOUNT} is not authorized")
    );
}

async fn payloads_of_every_size_and_streams_come_back_as_sent(stranger: Stranger) {
    let _cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let address = we_serve().await;
    let said = stranger.says(&["echo", &address, SERVER_ACCOUNT]).await;
    assert_eq!(said["code"], "OK", "{said}");
    assert_eq!(said["peer"], CLIENT_ACCOUNT, "we saw who called");
}

async fn a_hundred_connections_at_once_are_all_answered(stranger: Stranger) {
    let _cloud = cloud(CLIENT_ACCOUNT, SERVER_ACCOUNT).await;
    let address = we_serve().await;
    let said = stranger
        .says(&["crowd", &address, "100", SERVER_ACCOUNT])
        .await;
    assert_eq!(said["answered"], 100, "{said}");
}
