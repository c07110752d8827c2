//! The rules that speak of the call and its connection.

use alts::gcp::HandshakerReq;
use tokio::task::JoinSet;
use tonic::Code;

use super::{support::*, world::*};

#[tokio::test]
async fn rule_6_the_service_ends_the_call_itself_after_the_result() {
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
    server.ask(next(&third.out_frames)).await.unwrap().unwrap();
    // Neither library half-closed, as C-core never does. The end, and OK, come all the same.
    assert_eq!(client.answer().await.unwrap(), None);
    assert_eq!(server.answer().await.unwrap(), None);
}

#[tokio::test]
async fn rule_7_the_calls_status_is_the_messages() {
    let world = World::start().await;
    let mut call = world.server_process().await.call().await;
    let answer = call
        .ask(server_start(b"GET / HTTP/1.1\r\n"))
        .await
        .unwrap()
        .unwrap();
    let told = answer.status.unwrap();
    let status = call.answer().await.unwrap_err();
    assert_eq!(
        (status.code() as u32, status.message()),
        (told.code, told.details.as_str())
    );
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn rule_8_grpc_go_sees_a_late_failure_as_the_calls_failure() {
    let world = World::start().await;
    let address = world.mock.machines[0].address;
    for (user_agent, message_first) in [("grpc-go/1.33.3", false), ("grpc-java-netty/1.63.0", true)]
    {
        let library = Library::connect(address, user_agent).await;
        let (mut call, _) = library.start_client(&[SERVER]).await;
        let answer = call.ask(next(b"HTTP/1.1 400 Bad Request")).await;
        let status = if message_first {
            let told = answer.unwrap().unwrap().status.unwrap();
            assert_eq!(told.code, 3);
            call.answer().await.unwrap_err()
        } else {
            answer.unwrap_err()
        };
        assert_eq!(status.code(), Code::InvalidArgument, "{user_agent}");
        assert!(
            status.message().contains("the peer speaks HTTP/1"),
            "{}",
            status.message()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_10_and_11_hundreds_of_silent_calls_on_one_connection_disturb_nobody() {
    let world = World::start().await;
    let (client, server) = (world.client_process().await, world.server_process().await);
    let mut silent = Vec::new();
    for _ in 0..500 {
        silent.push(server.call().await);
    }
    shake(&client, &server, &[SERVER]).await.key();
    // And one that was silent all along still works.
    let mut late = silent.pop().unwrap();
    let (_, first) = client.start_client(&[SERVER]).await;
    assert!(
        late.ask(server_start(&first.out_frames))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_11_calls_cancelled_at_any_point_leave_the_connection_usable() {
    let world = World::start().await;
    let (client, server) = (world.client_process().await, world.server_process().await);
    let mut running = JoinSet::new();
    for i in 0..300 {
        let (client, server) = (client.clone(), server.clone());
        running.spawn(async move {
            let mut call = client.call().await;
            if i % 3 == 0 {
                return;
            }
            let first = call.ask(client_start(&[SERVER])).await.unwrap().unwrap();
            if i % 3 == 1 {
                return;
            }
            let mut other = server.call().await;
            other.ask(server_start(&first.out_frames)).await.unwrap();
        });
    }
    running.join_all().await;
    shake(&client, &server, &[SERVER]).await.key();
}

#[tokio::test]
async fn a_call_that_is_half_closed_early_is_ended() {
    let world = World::start().await;
    let library = world.client_process().await;
    let (mut call, _) = library.start_client(&[SERVER]).await;
    let (closed, _) = tokio::sync::mpsc::channel::<HandshakerReq>(1);
    drop(std::mem::replace(&mut call.requests, closed));
    assert_eq!(call.answer().await.unwrap_err().code(), Code::Cancelled);
}

#[tokio::test]
async fn pipelined_requests_are_answered_one_by_one_in_order() {
    let world = World::start().await;
    let server = world.server_process().await;
    let (_, first) = world.client_process().await.start_client(&[SERVER]).await;
    let (head, tail) = first.out_frames.split_at(20);
    let mut call = server.call().await;
    call.requests.send(server_start(head)).await.unwrap();
    call.requests.send(next(tail)).await.unwrap();
    assert_eq!(call.answer().await.unwrap().unwrap().bytes_consumed, 20);
    let second = call.answer().await.unwrap().unwrap();
    assert_eq!(second.bytes_consumed as usize, tail.len());
    assert!(!second.out_frames.is_empty());
}
