//! A peer that is not allowed: refused before any handler, and seen by the operator.

use tonic::Code;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
};

use super::*;
use crate::{
    access::Policy,
    testing::{LogCapture, Script, ScriptedStore},
};

/// The server as it is, but for the listener: over plain TCP a peer proves nothing.
async fn guarded(store: &Arc<ScriptedStore>) -> (Channel, tokio::task::JoinSet<()>) {
    let allowed = ["client@p.iam.gserviceaccount.com".parse().unwrap()];
    let gatekeeper = Gatekeeper::new(Policy::default().with_legacy(&allowed));
    let routes = article_routes(article(store), &HealthBoard::new()).unwrap();
    let (incoming, address) = listen().await;
    let mut running = tokio::task::JoinSet::new();
    running.spawn(async move {
        server(&gatekeeper, &Journal::nowhere(), None)
            .add_routes(routes)
            .serve_with_incoming(incoming)
            .await
            .unwrap();
    });
    (connect(address).await, running)
}

fn assert_refused(status: &Status) {
    assert_eq!(status.code(), Code::PermissionDenied, "{status:?}");
    assert_eq!(status.message(), "Peer ALTS AuthContext not found");
}

#[tokio::test]
async fn a_peer_that_proves_nothing_reaches_no_handler_of_any_service() {
    let store = ScriptedStore::new(Script::Cases(Vec::new()));
    let (channel, _running) = guarded(&store).await;

    let mut booking = OtBookingServiceClient::new(channel.clone());
    assert_refused(
        &booking
            .get_booking_info(request("p", "d", ""))
            .await
            .unwrap_err(),
    );
    // Not even whether the request makes sense is told.
    assert_refused(
        &booking
            .get_booking_info(request("", "", ""))
            .await
            .unwrap_err(),
    );
    let mut health = HealthClient::new(channel.clone());
    assert_refused(
        &health
            .check(HealthCheckRequest::default())
            .await
            .unwrap_err(),
    );
    assert_refused(
        &health
            .watch(HealthCheckRequest::default())
            .await
            .unwrap_err(),
    );
    let questions = tokio_stream::iter([ServerReflectionRequest::default()]);
    let reflection = ServerReflectionClient::new(channel)
        .server_reflection_info(questions)
        .await;
    assert_refused(&reflection.unwrap_err());

    assert_eq!(store.touched(), 0, "a handler ran");
}

#[tokio::test]
async fn a_refusal_is_logged_in_the_article_s_words_and_counted_as_a_call() {
    let (log, _guard) = LogCapture::start();
    let (channel, _running) = guarded(&ScriptedStore::new(Script::Cases(Vec::new()))).await;
    let mut booking = OtBookingServiceClient::new(channel);
    booking
        .get_booking_info(request("PT-1204", "DC-3904", ""))
        .await
        .unwrap_err();

    log.line("Entering interceptor ClientAuthInterceptor").await;
    let failed = log.line("Authentication of the client failed").await;
    assert!(
        failed.contains(r#""reason":"Peer ALTS AuthContext not found""#),
        "{failed}"
    );
    assert!(
        failed.contains("/otbooking.OtBookingService/getBookingInfo"),
        "{failed}"
    );
    let finished = log.line("call finished").await;
    assert!(
        finished.contains(r#""code":"PERMISSION_DENIED""#),
        "{finished}"
    );
    assert!(!log.text().contains("Received request"), "a handler ran");
}
