//! What each fault knob does, as a library and its peer see it.

use alts::gcp::HandshakerResp;
use mock_gce::faults::proto::{
    SetFaultsRequest, ShowFaultsRequest, machines_client::MachinesClient,
};
use tonic::{Code, Status, transport::Channel};

use super::{support::*, world::*};

async fn admin(world: &World) -> MachinesClient<Channel> {
    MachinesClient::connect(format!("http://{}", world.mock.admin))
        .await
        .unwrap()
}

async fn set(world: &World, machine: &str, faults: &str) -> Result<(), Status> {
    let request = SetFaultsRequest {
        machine: machine.to_owned(),
        faults: faults.to_owned(),
    };
    admin(world).await.set_faults(request).await.map(|_| ())
}

/// How a handshake ends whose client's machine has this fault: the client's last answer, and the
/// server's.
async fn with_client_fault(fault: &str) -> (HandshakerResp, Option<HandshakerResp>) {
    let world = World::start().await;
    set(&world, "client-vm", fault).await.unwrap();
    let (client, server) = (world.client_process().await, world.server_process().await);
    let (mut client, first) = client.start_client(&[SERVER]).await;
    let mut server = server.call().await;
    let second = server
        .ask(server_start(&first.out_frames))
        .await
        .unwrap()
        .unwrap();
    if second.status.as_ref().unwrap().code != 0 {
        return (first, Some(second));
    }
    let third = client.ask(next(&second.out_frames)).await.unwrap().unwrap();
    if third.out_frames.is_empty() {
        return (third, None);
    }
    let fourth = server.ask(next(&third.out_frames)).await.unwrap().unwrap();
    (third, Some(fourth))
}

fn status_of(answer: &HandshakerResp) -> (u32, &str) {
    let status = answer.status.as_ref().unwrap();
    (status.code, &status.details)
}

#[tokio::test]
async fn a_wrong_credential_is_refused_by_the_peer_for_what_is_wrong_with_it() {
    for (fault, expected) in [
        ("bad-signature", "the master key's signature is wrong"),
        ("expired", "it expired"),
        ("not-yet-valid", "it becomes valid in"),
        ("revoked", "it is revoked"),
        ("wrong-issuer", "unknown authority"),
    ] {
        let (_, refused) = with_client_fault(fault).await;
        let refused = refused.unwrap();
        let (code, details) = status_of(&refused);
        assert_eq!(code, 16, "{fault}: {details}");
        assert!(details.contains(expected), "{fault}: {details}");
    }
}

#[tokio::test]
async fn a_servers_wrong_credential_is_refused_at_its_first_handshake() {
    for (fault, expected) in [
        ("bad-signature", "the master key's signature is wrong"),
        ("expired", "it expired"),
        ("not-yet-valid", "it becomes valid in"),
        ("revoked", "it is revoked"),
        ("wrong-issuer", "unknown authority"),
    ] {
        let world = World::start().await;
        let (client, server) = (world.client_process().await, world.server_process().await);
        shake(&client, &server, &[SERVER]).await.key();
        // The client has begun, and so knows the list of before, when the server's is revoked.
        set(&world, "server-vm", fault).await.unwrap();
        let told = shake(&client, &server, &[SERVER]).await.client.unwrap();
        let (code, details) = status_of(&told);
        assert_eq!(code, 16, "{fault}: {details}");
        assert!(details.contains(expected), "{fault}: {details}");
        // Cleared, the machine's own credential is as good as it was.
        set(&world, "server-vm", "").await.unwrap();
        shake(&client, &server, &[SERVER]).await.key();
    }
}

#[tokio::test]
async fn a_wrong_mac_is_refused_by_the_peer() {
    let (good, refused) = with_client_fault("bad-mac").await;
    assert!(good.result.is_some());
    let refused = refused.unwrap();
    let (code, details) = status_of(&refused);
    assert_eq!(code, 16);
    assert!(
        details.contains("ClientFinished does not match"),
        "{details}"
    );
}

#[tokio::test]
async fn results_lack_what_they_are_told_to_lack() {
    let (answer, _) = with_client_fault("short-key").await;
    assert_eq!(answer.result.unwrap().key_data.len(), 16);
    let (answer, _) = with_client_fault("missing-local-identity").await;
    assert_eq!(answer.result.unwrap().local_identity, None);
    let (answer, _) = with_client_fault("missing-versions").await;
    assert_eq!(answer.result.unwrap().peer_rpc_versions, None);
    let (answer, _) = with_client_fault("max-frame-size=17").await;
    assert_eq!(answer.result.unwrap().max_frame_size, 17);
    let (answer, _) = with_client_fault("missing-status").await;
    assert_eq!(answer.status, None);
    let (good, _) = with_client_fault("delay=1ms").await;
    let (short, _) = with_client_fault("wrong-consumed").await;
    assert_eq!(short.bytes_consumed + 1, good.bytes_consumed);
}

#[tokio::test]
async fn an_error_comes_late_and_a_target_is_refused() {
    for (fault, code) in [("late-error", 13), ("refuse-target", 7)] {
        let (answer, _) = with_client_fault(fault).await;
        let (found, details) = status_of(&answer);
        assert_eq!(found, code);
        assert!(details.contains(fault), "{details}");
        assert!(answer.result.is_none());
    }
}

#[tokio::test]
async fn frames_come_in_two_answers_the_second_of_which_nobody_asked_for() {
    let world = World::start().await;
    set(&world, "client-vm", "split=3").await.unwrap();
    let (mut call, first) = world.client_process().await.start_client(&[SERVER]).await;
    assert_eq!(first.out_frames.len(), 3);
    let rest = call.answer().await.unwrap().unwrap();
    let whole = [first.out_frames, rest.out_frames].concat();
    let mut server = world.server_process().await.call().await;
    let answer = server.ask(server_start(&whole)).await.unwrap().unwrap();
    assert!(!answer.out_frames.is_empty());
}

#[tokio::test]
async fn a_call_is_dropped_or_left_open_at_its_end() {
    let world = World::start().await;
    let (client, server) = (world.client_process().await, world.server_process().await);
    for (fault, ends) in [("drop-mid-way", true), ("leave-open", false)] {
        set(&world, "client-vm", fault).await.unwrap();
        let (mut call, first) = client.start_client(&[SERVER]).await;
        let mut peer = server.call().await;
        let second = peer
            .ask(server_start(&first.out_frames))
            .await
            .unwrap()
            .unwrap();
        let third = call.ask(next(&second.out_frames)).await.unwrap();
        assert_eq!(third.is_none(), ends, "{fault}");
        if !ends {
            let patience = std::time::Duration::from_millis(200);
            let open = tokio::time::timeout(patience, call.answers.message()).await;
            assert!(open.is_err(), "the call ended");
        }
    }
    // Cleared, all is well again.
    set(&world, "client-vm", "").await.unwrap();
    shake(&client, &server, &[SERVER]).await.key();
}

#[tokio::test]
async fn calls_wait_for_each_other_when_streams_are_limited() {
    let world = World::start().await;
    set(&world, "client-vm", "limit-streams=1").await.unwrap();
    let client = world.client_process().await;
    let (held, _) = client.start_client(&[SERVER]).await;
    let mut waiting = client.call().await;
    waiting
        .requests
        .send(client_start(&[SERVER]))
        .await
        .unwrap();
    let patience = std::time::Duration::from_millis(200);
    let early = tokio::time::timeout(patience, waiting.answers.message()).await;
    assert!(early.is_err(), "it did not wait");
    drop(held);
    assert!(waiting.answer().await.unwrap().is_some());
}

#[tokio::test]
async fn faults_are_one_machines_and_shown_and_checked() {
    let world = World::start().await;
    set(&world, "client-vm", "delay=5ms,bad-mac").await.unwrap();
    let show = ShowFaultsRequest {
        machine: String::new(),
    };
    let shown = admin(&world)
        .await
        .show_faults(show)
        .await
        .unwrap()
        .into_inner();
    let shown: Vec<_> = shown
        .machines
        .iter()
        .map(|m| (m.machine.as_str(), m.faults.as_str()))
        .collect();
    assert_eq!(
        shown,
        [("client-vm", "delay=5ms,bad-mac"), ("server-vm", "")]
    );
    let unknown = set(&world, "moon", "bad-mac").await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    assert!(
        unknown.message().contains("client-vm, server-vm"),
        "{}",
        unknown.message()
    );
    let bad = set(&world, "client-vm", "bad-luck").await.unwrap_err();
    assert_eq!(bad.code(), Code::InvalidArgument);
}
