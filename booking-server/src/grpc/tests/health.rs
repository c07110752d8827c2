//! Health and reflection, as an orchestrator and a person with `grpcurl` see them.

use std::collections::BTreeSet;

use booking_proto::otbooking::ot_booking_service_server::SERVICE_NAME;
use booking_store::StoreError;
use tokio_stream::StreamExt as _;
use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use super::*;
use crate::testing::{Script, ScriptedStore};

fn of(service: &str) -> HealthCheckRequest {
    HealthCheckRequest {
        service: service.into(),
    }
}

async fn check(open: &Open, service: &str) -> Result<ServingStatus, Code> {
    let mut client = HealthClient::new(connect(open.address).await);
    let answer = client.check(of(service)).await;
    answer
        .map(|answer| answer.into_inner().status())
        .map_err(|status| status.code())
}

#[tokio::test]
async fn both_names_serve_while_the_store_can_be_read_and_not_otherwise() {
    let store = ScriptedStore::new(Script::Cases(Vec::new()));
    let open = Open::over(&store).await;
    for service in ["", SERVICE_NAME] {
        *store.script.lock().unwrap() = Script::Cases(Vec::new());
        assert_eq!(
            check(&open, service).await,
            Ok(ServingStatus::Serving),
            "{service:?}"
        );
        *store.script.lock().unwrap() = Script::Fail(|| StoreError::Gone);
        assert_eq!(
            check(&open, service).await,
            Ok(ServingStatus::NotServing),
            "{service:?}"
        );
    }
    assert_eq!(check(&open, "no.such.Service").await, Err(Code::NotFound));
}

#[tokio::test]
async fn a_draining_server_does_not_serve_whatever_the_store_says() {
    let open = Open::over(&ScriptedStore::new(Script::Cases(Vec::new()))).await;
    open.board.drain();
    for service in ["", SERVICE_NAME] {
        assert_eq!(
            check(&open, service).await,
            Ok(ServingStatus::NotServing),
            "{service:?}"
        );
    }
}

#[tokio::test]
async fn a_watcher_is_told_of_every_change_and_let_go_at_the_drain() {
    let store = ScriptedStore::new(Script::Cases(Vec::new()));
    let open = Open::over(&store).await;
    let mut client = HealthClient::new(connect(open.address).await);
    let mut watch = client.watch(of(SERVICE_NAME)).await.unwrap().into_inner();
    let mut next = async || watch.next().await.map(|update| update.unwrap().status());

    assert_eq!(next().await, Some(ServingStatus::Serving));
    *store.script.lock().unwrap() = Script::Fail(|| StoreError::Gone);
    assert_eq!(check(&open, "").await, Ok(ServingStatus::NotServing));
    assert_eq!(next().await, Some(ServingStatus::NotServing));
    *store.script.lock().unwrap() = Script::Cases(Vec::new());
    assert_eq!(check(&open, "").await, Ok(ServingStatus::Serving));
    assert_eq!(next().await, Some(ServingStatus::Serving));
    open.board.drain();
    assert_eq!(next().await, Some(ServingStatus::NotServing));
    assert_eq!(next().await, None);
}

#[tokio::test]
async fn a_watcher_of_an_unknown_service_is_told_so_and_may_wait() {
    let open = Open::over(&ScriptedStore::new(Script::Cases(Vec::new()))).await;
    let mut client = HealthClient::new(connect(open.address).await);
    let mut watch = client
        .watch(of("no.such.Service"))
        .await
        .unwrap()
        .into_inner();
    let first = watch.next().await.unwrap().unwrap();
    assert_eq!(first.status(), ServingStatus::ServiceUnknown);
    open.board.drain();
    assert!(watch.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn the_monitor_notices_a_lost_store_by_itself() {
    let store = ScriptedStore::new(Script::Fail(|| StoreError::Gone));
    let board = HealthBoard::new();
    let mut watcher = board.subscribe();
    let monitor = tokio::spawn(board.clone().monitor(Arc::clone(&store)));
    watcher.changed().await.unwrap();
    assert_eq!(
        watcher.borrow_and_update().status(),
        ServingStatus::NotServing
    );
    *store.script.lock().unwrap() = Script::Cases(Vec::new());
    watcher.changed().await.unwrap();
    assert_eq!(watcher.borrow_and_update().status(), ServingStatus::Serving);
    monitor.abort();
}

#[tokio::test]
async fn reflection_lists_the_services_and_explains_the_contract() {
    let open = Open::over(&ScriptedStore::new(Script::Cases(Vec::new()))).await;
    let mut client = ServerReflectionClient::new(connect(open.address).await);
    let ask = |question| ServerReflectionRequest {
        host: String::new(),
        message_request: Some(question),
    };
    let questions = tokio_stream::iter([
        ask(MessageRequest::ListServices(String::new())),
        ask(MessageRequest::FileContainingSymbol(format!(
            "{SERVICE_NAME}.getBookingInfo"
        ))),
        ask(MessageRequest::FileContainingSymbol(
            "google.rpc.BadRequest".to_owned(),
        )),
    ]);
    let mut answers = client
        .server_reflection_info(questions)
        .await
        .unwrap()
        .into_inner();
    let mut next = async || {
        answers
            .next()
            .await
            .unwrap()
            .unwrap()
            .message_response
            .unwrap()
    };

    let MessageResponse::ListServicesResponse(list) = next().await else {
        panic!("no list")
    };
    let services: BTreeSet<_> = list
        .service
        .into_iter()
        .map(|service| service.name)
        .collect();
    for expected in [
        SERVICE_NAME,
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
    ] {
        assert!(
            services.contains(expected),
            "{expected} is not in {services:?}"
        );
    }
    for about in ["the service", "the details of a refusal"] {
        let MessageResponse::FileDescriptorResponse(file) = next().await else {
            panic!("no file about {about}")
        };
        assert_eq!(file.file_descriptor_proto.len(), 1, "{about}");
    }
}
