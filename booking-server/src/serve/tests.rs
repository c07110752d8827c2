//! The whole server over connections that prove nobody: what it refuses, and how it stops.

use booking_proto::otbooking::{BookingRequest, ot_booking_service_client::OtBookingServiceClient};
use tokio::{sync::oneshot, task::JoinHandle};
use tokio_stream::StreamExt as _;
use tonic::{Code, Status};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use super::*;
use crate::testing::{
    LogCapture, PATIENCE, Script, ScriptedStore, article, article_store, connect, deps, listen,
};

/// A server over plain TCP, and the means to stop it.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), ServeError>>,
}

async fn start() -> Running {
    let (incoming, address) = listen().await;
    let deps = deps(&article_store().await);
    let (stop, stopped) = oneshot::channel();
    let shutdown = async { drop(stopped.await) };
    let ended = tokio::spawn(serve_incoming(incoming, address, deps, shutdown));
    Running {
        address,
        stop,
        ended,
    }
}

#[tokio::test]
async fn the_start_is_announced_with_the_address_that_was_bound() {
    let (log, _guard) = LogCapture::start();
    let running = start().await;
    let line = log.line("Booking OT service started successfully!").await;
    assert!(
        line.contains(&format!(r#""address":"{}""#, running.address)),
        "{line}"
    );
    assert!(line.contains("INFO"), "{line}");
}

#[tokio::test]
async fn calls_that_are_refused_again_and_again_do_not_flood_the_log() {
    let (log, _guard) = LogCapture::start();
    let running = start().await;
    let mut health = HealthClient::new(connect(running.address).await);
    let mut refuse = async || {
        let refused = health.check(HealthCheckRequest::default()).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    };
    refuse().await;
    log.line("call finished").await;
    for _ in 0..100 {
        refuse().await;
    }
    let text = log.text();
    for line in [
        "Entering interceptor ClientAuthInterceptor",
        "Authentication of the client failed",
        "call finished",
    ] {
        // One every ten seconds, should this machine be so slow.
        let lines = text.matches(line).count();
        assert!((1..=4).contains(&lines), "{lines} × {line}");
    }
}

#[tokio::test]
async fn an_idle_server_stops_at_once_and_gives_up_its_port() {
    let (log, _guard) = LogCapture::start();
    let running = start().await;
    let _idle_connection = connect(running.address).await;
    running.stop.send(()).unwrap();
    running.ended.await.unwrap().unwrap();
    TcpListener::bind(running.address).await.unwrap();
    assert!(
        !log.text().contains("not written in time"),
        "{}",
        log.text()
    );
}

/// A server without authorisation, whose one call waits for the test: draining is the same with
/// and without, and only ALTS could make a peer that is let in.
struct Draining {
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), ServeError>>,
    call: JoinHandle<Result<tonic::Response<booking_proto::otbooking::BookingResponse>, Status>>,
    watch: tonic::Streaming<tonic_health::pb::HealthCheckResponse>,
}

async fn with_a_call_under_way(store: &Arc<ScriptedStore>, drain_timeout: Duration) -> Draining {
    let (incoming, address) = listen().await;
    let board = HealthBoard::new();
    let routes = grpc::article_routes(article(store), &board).unwrap();
    let server = tonic::transport::Server::builder().add_routes(routes);
    let (stop, stopped) = oneshot::channel();
    let shutdown = async { drop(stopped.await) };
    let ended = tokio::spawn(until_drained(board, drain_timeout, shutdown, |stop| {
        server.serve_with_incoming_shutdown(incoming, stop)
    }));

    let channel = connect(address).await;
    let mut health = HealthClient::new(channel.clone());
    let watch = health
        .watch(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner();
    let mut client = OtBookingServiceClient::new(channel);
    let request = BookingRequest {
        patient_id: "p".into(),
        doctor_id: "d".into(),
        ..Default::default()
    };
    let call = tokio::spawn(async move { client.get_booking_info(request).await });
    store.asked.notified().await;
    Draining {
        stop,
        ended,
        call,
        watch,
    }
}

#[tokio::test]
async fn a_call_under_way_is_finished_before_the_server_ends() {
    let store = ScriptedStore::new(Script::Wait);
    let mut draining = with_a_call_under_way(&store, PATIENCE).await;
    draining.stop.send(()).unwrap();
    // The watcher is told, and its stream is no reason to wait.
    let told = time::timeout(PATIENCE, async {
        while draining.watch.next().await.is_some() {}
    });
    told.await.expect("the watcher is still watching");
    assert!(!draining.ended.is_finished());
    store.gate.add_permits(1);
    assert_eq!(
        draining.call.await.unwrap().unwrap_err().code(),
        Code::NotFound
    );
    draining.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_that_never_ends_holds_the_server_up_only_until_the_deadline() {
    let (log, _guard) = LogCapture::start();
    let store = ScriptedStore::new(Script::Wait);
    let draining = with_a_call_under_way(&store, Duration::from_millis(20)).await;
    draining.stop.send(()).unwrap();
    let ended = time::timeout(PATIENCE, draining.ended).await;
    ended.expect("the server waits for ever").unwrap().unwrap();
    assert!(log.text().contains("the drain deadline passed"));
    draining.call.abort();
}
