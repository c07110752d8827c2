//! Strangers as servers of our clients.

use alts::AltsContext;
use serde_json::Value;
use tests::{
    CLIENT_ACCOUNT, INTRUDER_ACCOUNT, SERVER_ACCOUNT,
    echo::{PEER_KEY, contract::Payload},
    process::program,
};
use tokio::process::Command;
use tokio_stream::StreamExt;
use tonic::Code;

use crate::{
    stranger::Stranger,
    world::{OURS, cloud, our_client, payload, soon},
};

each_stranger!(
    our_command_line_is_answered,
    payloads_of_every_size_and_streams_come_back,
    a_server_that_is_not_our_target_is_refused_by_name,
    a_servers_own_authorization_sees_who_we_are,
    a_hundred_connections_at_once_are_all_answered,
);

async fn our_command_line_is_answered(stranger: Stranger) {
    let _cloud = cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    let (_server, address) = stranger.serves(&["0"]).await;
    let output = Command::new(program("booking-client").expect("built"))
        .args([&address, SERVER_ACCOUNT, "--output", "json"])
        .args(["--handshaker-address", OURS])
        .output()
        .await
        .expect("runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["bookingDate"], "01-Jun-2024 11:30");
    assert_eq!(answer["condition"], CLIENT_ACCOUNT, "it saw who called");
}

async fn payloads_of_every_size_and_streams_come_back(stranger: Stranger) {
    let _cloud = cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    let (_server, address) = stranger.serves(&["0"]).await;
    let mut client = our_client(&address, &["other@x", SERVER_ACCOUNT]);
    for len in [1, 1 << 20, 32 << 20] {
        let sent = payload(len);
        let answer = client.unary(sent.clone()).await.expect("answered");
        let seen = answer.metadata().get(PEER_KEY).expect("the caller");
        assert_eq!(seen, CLIENT_ACCOUNT);
        let proven = answer.extensions().get::<AltsContext>().expect("a context");
        assert_eq!(proven.peer_service_account().as_str(), SERVER_ACCOUNT);
        assert!(answer.into_inner() == sent, "{len} bytes came back altered");
    }
    let sent: Vec<_> = (0..2000).map(|n| payload(n % 3000)).collect();
    let answers = client.chat(tokio_stream::iter(sent.clone())).await;
    let back: Vec<Payload> = answers
        .expect("a stream")
        .into_inner()
        .map(|payload| payload.expect("a payload"))
        .collect()
        .await;
    assert!(back == sent, "the stream came back altered");
}

async fn a_server_that_is_not_our_target_is_refused_by_name(stranger: Stranger) {
    let _cloud = cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    let (_server, address) = stranger.serves(&["0"]).await;
    let refused = soon(our_client(&address, &["other@x"]).unary(payload(1))).await;
    let refused = refused.expect_err("refused");
    assert_eq!(refused.code(), Code::Unavailable, "{refused}");
    assert!(refused.message().contains(SERVER_ACCOUNT), "{refused}");
}

async fn a_servers_own_authorization_sees_who_we_are(stranger: Stranger) {
    let _cloud = cloud(SERVER_ACCOUNT, INTRUDER_ACCOUNT).await;
    let (_choosy, address) = stranger.serves(&["0", CLIENT_ACCOUNT]).await;
    let refused = our_client(&address, &[]).unary(payload(1)).await;
    let refused = refused.expect_err("refused");
    assert_eq!(refused.code(), Code::PermissionDenied, "{refused}");
    assert!(refused.message().contains(INTRUDER_ACCOUNT), "{refused}");
    let (_server, address) = stranger
        .serves(&["0", CLIENT_ACCOUNT, INTRUDER_ACCOUNT])
        .await;
    let answer = our_client(&address, &[]).unary(payload(1)).await;
    assert_eq!(answer.expect("allowed").into_inner(), payload(1));
}

async fn a_hundred_connections_at_once_are_all_answered(stranger: Stranger) {
    let _cloud = cloud(SERVER_ACCOUNT, CLIENT_ACCOUNT).await;
    let (_server, address) = stranger.serves(&["0"]).await;
    let calls: Vec<_> = (0..100)
        .map(|n| {
            let mut client = our_client(&address, &[SERVER_ACCOUNT]);
            tokio::spawn(async move { client.unary(payload(n)).await })
        })
        .collect();
    for (n, call) in calls.into_iter().enumerate() {
        let answer = call.await.expect("no panic");
        let answer = answer.unwrap_or_else(|status| panic!("call {n}: {status}"));
        assert_eq!(answer.into_inner(), payload(n));
    }
}
