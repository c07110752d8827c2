//! Calls that go well, and what each side learns of the other.

use std::sync::{Arc, Mutex};

use tokio::task::JoinSet;
use tonic::{Code, Request, transport::Endpoint};

use super::{
    Backend, CLIENT, SERVER, SHORT, Stage, account, call, call_within, expecting_server, message,
    stub,
};
use crate::{
    AltsChannel, AltsConnector, AltsContext, AuthorizationEvent, ClientAuthorizationLayer, Error,
    RpcVersions, ServiceAccount, gcp,
};

#[tokio::test]
async fn each_side_learns_who_the_other_has_proven_to_be() {
    let stage = Stage::start().await;
    let channel = stage.channel();
    assert_eq!(channel.peer(), None, "nobody before the first call");
    let response = call(&channel, b"who").await.expect("answered");

    let context = response.extensions().get::<AltsContext>().expect("a peer");
    assert_eq!(context.peer_service_account().as_str(), SERVER);
    let local = context.local_service_account().map(ServiceAccount::as_str);
    assert_eq!(local, Some(CLIENT));
    assert_eq!(context.application_protocol(), "grpc");
    assert_eq!(context.record_protocol(), "ALTSRP_GCM_AES128_REKEY");
    assert_eq!(
        context.security_level(),
        gcp::SecurityLevel::IntegrityAndPrivacy
    );
    assert_eq!(context.peer_rpc_versions(), RpcVersions::OURS);
    assert_eq!(context.peer_attributes()["zone"], "fake-a");
    assert_eq!(channel.peer().as_ref(), Some(context));

    let seen = String::from_utf8(response.into_inner()).expect("text");
    let expected = format!(
        "{CLIENT} with ALTSRP_GCM_AES128_REKEY INTEGRITY_AND_PRIVACY 2.1 to 2.1 \
         {{\"zone\": \"fake-a\"}} from 127.0.0.1 to https://{}",
        stage.backend.address
    );
    assert_eq!(seen, expected);
}

/// Envoy waits for the client's preface too.
#[tokio::test]
async fn a_server_that_waits_for_the_clients_preface_is_not_waited_for() {
    let stage = Stage::start().await;
    let backend = Backend::start_that_waits_for_the_preface(stage.server.handshaker()).await;
    let channel = stage.channel_to(backend.address);
    let answered = call_within(&channel, b"hi", SHORT).await.expect("answered");
    assert_eq!(answered.into_inner(), b"hi");
}

#[tokio::test]
async fn a_channel_uses_one_connection_for_all_its_calls() {
    let stage = Stage::start().await;
    let channel = stage.channel();
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let channel = channel.clone();
        calls.spawn(async move { call(&channel, b"hi").await.map(drop) });
    }
    for outcome in calls.join_all().await {
        outcome.expect("answered");
    }
    assert_eq!(stage.client.starts().len(), 1);
    assert_eq!(stage.backend.handled(), 50);
}

#[tokio::test]
async fn large_messages_arrive_whole_in_both_directions() {
    const LEN: usize = 12 << 20;
    let stage = Stage::start().await;
    let sent: Vec<u8> = (0..LEN).map(|n| (n % 251).to_le_bytes()[0]).collect();
    // The backend keeps tonic's limit of 4 MiB a message, so it takes several.
    for piece in sent.chunks(3 << 20) {
        let answer = call(&stage.channel(), piece).await.expect("answered");
        assert!(answer.into_inner() == piece);
    }
}

#[tokio::test]
async fn a_hundred_connections_at_once_all_serve() {
    let stage = Stage::start().await;
    let mut calls = JoinSet::new();
    for _ in 0..100 {
        let channel = stage.channel();
        calls.spawn(async move { call(&channel, b"hi").await.map(drop) });
    }
    for outcome in calls.join_all().await {
        outcome.expect("answered");
    }
    assert_eq!(stage.server.starts().len(), 100);
}

#[tokio::test]
async fn an_eager_channel_is_connected_or_says_why_not() {
    let stage = Stage::start().await;
    let address = stage.backend.address.to_string();
    let channel = expecting_server(stage.client.handshaker())
        .connect(&address)
        .await;
    let channel = channel.expect("connected");
    let peer = channel.peer().expect("connected already");
    assert_eq!(peer.peer_service_account().as_str(), SERVER);
    call(&channel, b"hi").await.expect("answered");

    let stranger = AltsChannel::builder(stage.client.handshaker())
        .target_service_accounts([account("other@x"), account("another@x")])
        .connect(&address)
        .await
        .expect_err("not a target");
    assert!(matches!(stranger, Error::NotATarget { .. }), "{stranger}");
}

#[tokio::test]
async fn an_endpoint_of_the_callers_own_can_be_secured() {
    let stage = Stage::start().await;
    let connector = AltsConnector::new(stage.client.handshaker(), [account(SERVER)]);
    let good = Endpoint::from_shared(format!("http://{}", stage.backend.address));
    let good = AltsChannel::from_endpoint(good.expect("a URI"), connector.clone());
    let dead = Endpoint::from_static("http://127.0.0.1:1");
    let dead = AltsChannel::from_endpoint(dead, connector);

    call(&dead, b"hi").await.expect_err("nobody there");
    let response = call(&good, b"hi")
        .await
        .expect("one address is not the other");
    assert!(response.extensions().get::<AltsContext>().is_some());
    assert_eq!(dead.peer(), None);
}

#[test]
fn addresses_are_host_and_port() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let _in_runtime = runtime.enter();
    let handshaker = crate::Handshaker::builder().allow_untrusted(true).build();
    let handshaker = handshaker.expect("a handshaker");
    let connect = |address: &str| AltsChannel::builder(handshaker.clone()).connect_lazy(address);
    for address in ["10.128.0.2:8080", "[::1]:8080", "backend.internal.:443"] {
        assert!(connect(address).is_ok(), "{address}");
    }
    for address in [
        "",
        "host",
        ":80",
        "host:",
        "host:x",
        "host:99999",
        "http://h:1",
        "a b:1",
    ] {
        let error = connect(address).expect_err(address);
        assert!(error.to_string().contains("is not HOST:PORT"), "{error}");
        assert_eq!(error.code(), Code::InvalidArgument);
    }
}

#[tokio::test]
async fn a_caller_off_the_list_is_refused_before_the_handler_runs() {
    let stage = Stage::start().await;
    let events: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&events);
    let layer = ClientAuthorizationLayer::new([account("other@x"), account("another@x")]);
    let layer = layer.observe(Arc::new(move |event: &AuthorizationEvent<'_>| {
        let line = match event {
            AuthorizationEvent::Entered { peer, path } => {
                let peer = peer.expect("over ALTS").peer_service_account();
                format!("{peer} calls {path}")
            }
            AuthorizationEvent::Refused { status, .. } => format!("refused: {}", status.message()),
        };
        log.lock().expect("unpoisoned").push(line);
    }));
    let backend = Backend::start_with(stage.server.handshaker(), layer).await;
    let channel = stage.channel_to(backend.address);

    // Even a message that does not end is not waited for.
    let endless =
        tokio_stream::StreamExt::chain(tokio_stream::once(message(b"hi")), tokio_stream::pending());
    let status = stub(&channel).do_handshake(Request::new(endless)).await;
    let status = status.expect_err("refused");
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(
        status.message(),
        format!("Client {CLIENT} is not authorized")
    );
    assert!(
        Error::from_status(&status).is_none(),
        "the server's own word"
    );
    assert_eq!(backend.handled(), 0);
    let events = events.lock().expect("unpoisoned").clone();
    let expected = [
        format!("{CLIENT} calls /grpc.gcp.HandshakerService/DoHandshake"),
        format!("refused: Client {CLIENT} is not authorized"),
    ];
    assert_eq!(events, expected);

    let nobody = Backend::start(stage.server.handshaker(), &[]).await;
    let status = call(&stage.channel_to(nobody.address), b"hi").await;
    let status = status.expect_err("an empty list allows nobody");
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(nobody.handled(), 0);
}
