//! The rules, numbered as in our notes on what C-core, Go and Java do with a service's answers.

use tonic::Code;

use super::*;

const RECORD: &[u8] = &[26, 0, 0, 0, 6, 0, 0, 0, 1, 2, 3];

/// A whole handshake; the answers in the order they were given, the results last.
fn whole() -> Vec<HandshakerResp> {
    let Halfway {
        client,
        server,
        server_flight,
        mut answers,
    } = halfway(ClientLibrary::Other);
    let third = finished(client.proceed(next(&server_flight), NOW));
    let fourth = finished(server.proceed(next(&third.out_frames), NOW));
    answers.extend([third, fourth]);
    answers
}

#[test]
fn rule_1_every_answer_carries_a_status() {
    for answer in whole() {
        assert_eq!(answer.status, Some(HandshakerStatus::default()));
    }
    let (answer, _) = failed(begin_server(server_start(b"PRI * HTTP/2.0")));
    assert_ne!(answer.unwrap().status.unwrap().code, 0);
}

#[test]
fn rule_2_the_result_holds_all_that_c_core_insists_on() {
    let answers = whole();
    let [client, server] = [&answers[2], &answers[3]].map(|answer| answer.result.as_ref().unwrap());
    for (result, peer, local) in [(client, SERVER, CLIENT), (server, CLIENT, SERVER)] {
        assert_eq!(
            result.peer_identity.as_ref().unwrap().account_name(),
            Some(peer)
        );
        assert_eq!(
            result.local_identity.as_ref().unwrap().account_name(),
            Some(local)
        );
        assert_eq!(result.peer_rpc_versions, Some(RpcVersions::OURS.into()));
        assert_eq!(result.application_protocol, "grpc");
        assert_eq!(result.record_protocol, "ALTSRP_GCM_AES128_REKEY");
        assert!(result.key_data.len() >= 44);
    }
    assert_eq!(client.key_data, server.key_data);
}

#[test]
fn rule_2_versions_are_present_even_when_the_peer_sent_none() {
    let start = StartClientHandshakeReq {
        rpc_versions: None,
        ..client_start()
    };
    let (first, client) = going_on(begin_client(start));
    let (second, server) = going_on(begin_server(server_start(&first.out_frames)));
    let third = finished(client.proceed(next(&second.out_frames), NOW));
    let fourth = finished(server.proceed(next(&third.out_frames), NOW));
    let versions = fourth.result.unwrap().peer_rpc_versions;
    assert_eq!(versions, Some(RpcVersions::default().into()));
}

#[test]
fn rule_3_everything_is_consumed_until_the_final_answer() {
    let (first, _) = going_on(begin_client(client_start()));
    // Java may send a single byte with server_start, then whatever comes.
    let (answer, mut server) = going_on(begin_server(server_start(&first.out_frames[..1])));
    assert_eq!((answer.bytes_consumed, answer.out_frames.len()), (1, 0));
    let (last, middle) = first.out_frames[1..].split_last().unwrap();
    for byte in middle {
        let (answer, session) = going_on(server.proceed(next(&[*byte]), NOW));
        assert_eq!((answer.bytes_consumed, answer.out_frames.len()), (1, 0));
        server = session;
    }
    let (answer, _) = going_on(server.proceed(next(&[*last]), NOW));
    assert_eq!(answer.bytes_consumed, 1);
    assert!(!answer.out_frames.is_empty());
}

#[test]
fn rule_4_the_final_answer_counts_its_own_requests_bytes_exactly() {
    let Halfway {
        client,
        server,
        server_flight,
        ..
    } = halfway(ClientLibrary::Other);
    let third = finished(client.proceed(next(&server_flight), NOW));
    assert_eq!(third.bytes_consumed as usize, server_flight.len());
    // ClientFinished in two requests, the first record behind the second.
    let (head, tail) = third.out_frames.split_at(10);
    let (_, server) = going_on(server.proceed(next(head), NOW));
    let joined = [tail, RECORD].concat();
    let fourth = finished(server.proceed(next(&joined), NOW));
    assert_eq!(fourth.bytes_consumed as usize, tail.len());
}

#[test]
fn rule_5_a_server_never_finishes_in_the_answer_to_its_start() {
    let (first, _) = going_on(begin_client(client_start()));
    let (answer, _) = going_on(begin_server(server_start(&first.out_frames)));
    assert_eq!(answer.result, None);
    // Not even when records follow: that is refused, not swallowed.
    let joined = [&first.out_frames, RECORD].concat();
    let (_, failure) = failed(begin_server(server_start(&joined)));
    assert_eq!(failure.code, Code::InvalidArgument);
}

#[test]
fn rule_7_a_failure_at_the_first_answer_is_a_message_and_the_rpcs_status() {
    for library in [ClientLibrary::Other, ClientLibrary::GrpcGo] {
        let start = server_start(b"GET / HTTP/1.1\r\n");
        let (answer, failure) = failed(begin(SERVER, library, ReqOneof::ServerStart(start)));
        let status = answer.unwrap().status.unwrap();
        assert_eq!(status.code, failure.code as u32);
        assert_eq!(status.details, failure.details);
        assert_eq!(failure.code, Code::InvalidArgument);
        assert!(
            failure.details.contains("the peer speaks HTTP/1, not ALTS"),
            "{}",
            failure.details
        );
    }
}

#[test]
fn rule_7_holds_for_a_client_without_a_credential_only_if_it_is_c_core() {
    let cause = NoCredential::Disabled(account(CLIENT));
    for (library, told) in [
        (ClientLibrary::CCore, true),
        (ClientLibrary::GrpcGo, false),
        (ClientLibrary::Other, false),
    ] {
        let oneof = ReqOneof::ClientStart(client_start());
        let (answer, failure) = failed(without_credential(library, CLIENT, oneof, &cause));
        assert_eq!(failure.code, Code::Unavailable);
        assert!(
            failure.details.contains("the account is disabled"),
            "{}",
            failure.details
        );
        let told_details = answer.map(|answer| answer.status.unwrap().details);
        assert_eq!(told_details, told.then_some(failure.details));
    }
}

#[test]
fn rule_7_does_not_hold_for_a_server_without_a_credential_whose_peer_learns_why() {
    let Halfway { client, .. } = halfway(ClientLibrary::Other);
    let cause = NoCredential::Disabled(account(SERVER));
    let oneof = ReqOneof::ServerStart(server_start(b"anything"));
    let (answer, failure) = failed(without_credential(
        ClientLibrary::Other,
        SERVER,
        oneof,
        &cause,
    ));
    assert_eq!(failure.code, Code::Unavailable);
    let answer = answer.unwrap();
    assert_eq!(
        (answer.status, answer.bytes_consumed),
        (Some(HandshakerStatus::default()), 8)
    );

    let (told, failure) = failed(client.proceed(next(&answer.out_frames), NOW));
    let status = told.unwrap().status.unwrap();
    assert_eq!((status.code, failure.code), (16, Code::Unauthenticated));
    let expected = "peer aborted the handshake: no credential \
                    (in the peer's own, unverified words: \"server@p.iam is disabled\")";
    assert_eq!(status.details, expected);
}

fn without_credential(
    library: ClientLibrary,
    name: &str,
    oneof: ReqOneof,
    cause: &NoCredential,
) -> Step {
    let entropy = Entropy::new(&[0; Entropy::LEN]);
    Session::begin(
        &context(name),
        verifier(),
        library,
        request(oneof),
        Err(cause.clone()),
        entropy,
        NOW,
    )
}

#[test]
fn rule_8_a_later_failure_is_a_message_for_all_but_grpc_go() {
    for (library, told) in [
        (ClientLibrary::CCore, true),
        (ClientLibrary::Other, true),
        (ClientLibrary::GrpcGo, false),
    ] {
        let Halfway {
            client,
            server,
            mut server_flight,
            ..
        } = halfway(library);
        *server_flight.last_mut().unwrap() ^= 1;
        let (answer, failure) = failed(client.proceed(next(&server_flight), NOW));
        assert_eq!(failure.code, Code::Unauthenticated);
        assert_eq!(answer.is_some(), told);
        if let Some(answer) = answer {
            assert_eq!(answer.status.unwrap().code, 16);
            // For libraries that send it: the Abort.
            assert!(!answer.out_frames.is_empty());
        }
        let (answer, failure) = failed(server.proceed(HandshakerReq::default(), NOW));
        assert_eq!(
            (answer.is_some(), failure.code),
            (told, Code::InvalidArgument)
        );
    }
}

#[test]
fn rules_7_and_8_know_libraries_by_their_user_agents() {
    for (agent, library) in [
        (Some("grpc-go/1.33.3"), ClientLibrary::GrpcGo),
        (Some("grpc-c/29.0.0 (linux; chttp2)"), ClientLibrary::CCore),
        (Some("grpc-python/1.85.1 grpc-c/53"), ClientLibrary::CCore),
        (Some("grpc-java-netty/1.63.0"), ClientLibrary::Other),
        (Some("my-grpc-go/1"), ClientLibrary::Other),
        (Some("my-grpc-c/1"), ClientLibrary::Other),
        (None, ClientLibrary::Other),
    ] {
        assert_eq!(ClientLibrary::from_user_agent(agent), library, "{agent:?}");
    }
}

#[test]
fn rule_9_one_answer_per_request_even_to_an_empty_one() {
    // grpc-go sends an empty `next` after its peer has closed.
    let Halfway { client, server, .. } = halfway(ClientLibrary::GrpcGo);
    for session in [client, server] {
        let (answer, _) = going_on(session.proceed(next(&[]), NOW));
        assert_eq!(answer.bytes_consumed, 0);
        assert!(answer.out_frames.is_empty() && answer.result.is_none());
    }
}

#[test]
fn rule_13_versions_and_frame_sizes_are_relayed_as_they_were_told() {
    let answers = whole();
    let sizes = [2, 3].map(|i| answers[i].result.as_ref().unwrap().max_frame_size);
    // The server declared none, the client 1 MiB: each learns the other's.
    assert_eq!(sizes, [0, 1 << 20]);
}

#[test]
fn rule_14_a_frame_above_64_kib_is_refused_before_it_is_buffered() {
    let header = [0xfd, 0xff, 0, 0, 0x11, 0, 0, 0];
    let (_, failure) = failed(begin_server(server_start(&header)));
    assert_eq!(failure.code, Code::ResourceExhausted);
    let Halfway { client, .. } = halfway(ClientLibrary::Other);
    let (_, failure) = failed(client.proceed(next(&header), NOW));
    assert_eq!(failure.code, Code::ResourceExhausted);
}

#[test]
fn the_wrong_target_is_permission_denied_at_the_client() {
    let start = StartClientHandshakeReq {
        target_identities: vec![Identity::service_account(&account("else@p.iam"))],
        ..client_start()
    };
    let (first, client) = going_on(begin_client(start));
    let (second, _) = going_on(begin_server(server_start(&first.out_frames)));
    let (answer, failure) = failed(client.proceed(next(&second.out_frames), NOW));
    assert_eq!(
        (answer.unwrap().status.unwrap().code, failure.code),
        (7, Code::PermissionDenied)
    );
    assert!(failure.details.contains("server@p.iam") && failure.details.contains("else@p.iam"));
}
