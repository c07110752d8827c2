//! What a library may send to its handshaker, and what its peer may.

use alts::gcp::{
    HandshakeProtocol, HandshakerReq, Identity, handshaker_req::ReqOneof, identity::IdentityOneof,
};
use tonic::{Code, Status};

use super::{support::*, table::Table, world::*};

fn frame(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&length.to_le_bytes(), &kind.to_le_bytes(), body].concat()
}

#[tokio::test]
async fn every_kind_of_malformed_handshake_bytes_is_refused_in_words_of_its_own() {
    use Code::{InvalidArgument, ResourceExhausted, Unauthenticated};
    /// Makes bytes of the good first message, which is ClientInit.
    type Bytes = fn(&[u8]) -> Vec<u8>;
    let rows: Vec<(&str, Bytes, Code, &str)> = vec![
        (
            "HTTP/1",
            |_| b"GET / HTTP/1.1\r\n".to_vec(),
            InvalidArgument,
            "the peer speaks HTTP/1, not ALTS",
        ),
        (
            "HTTP/2",
            |_| b"PRI * HTTP/2.0\r\n".to_vec(),
            InvalidArgument,
            "speaks plaintext HTTP/2, not ALTS",
        ),
        (
            "TLS",
            |_| vec![22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3],
            InvalidArgument,
            "speaks TLS, not ALTS",
        ),
        (
            "a record",
            |_| frame(6, &[0; 40]),
            InvalidArgument,
            "unknown frame type 0x6",
        ),
        (
            "an unknown type",
            |_| frame(0x77, &[]),
            InvalidArgument,
            "unknown frame type 0x77",
        ),
        (
            "a length below its type's",
            |_| [3, 0, 0, 0, 0x11, 0, 0, 0].to_vec(),
            InvalidArgument,
            "a length of 3, below its own type",
        ),
        (
            "a frame of 64 KiB and a byte",
            |_| [0xfd, 0xff, 0, 0, 0x11, 0, 0, 0].to_vec(),
            ResourceExhausted,
            "65537 bytes is above the limit of 65536",
        ),
        (
            "the server's message",
            |_| frame(0x12, &[]),
            InvalidArgument,
            "ServerInit came where ClientInit was due",
        ),
        (
            "the last message first",
            |_| frame(0x14, &[]),
            InvalidArgument,
            "ClientFinished came where ClientInit was due",
        ),
        (
            "a body that is no protobuf",
            |_| frame(0x11, &[0xff; 20]),
            InvalidArgument,
            "a ClientInit frame does not decode",
        ),
        (
            "an empty message",
            |_| frame(0x11, &[]),
            InvalidArgument,
            "version 0 of alts-local, this side version 2",
        ),
        (
            "a later version",
            |good| [&good[..9], &[3], &good[10..]].concat(),
            InvalidArgument,
            "version 3 of alts-local, this side version 2",
        ),
        (
            "bytes behind the message",
            |good| [good, &[0; 7]].concat(),
            InvalidArgument,
            "7 bytes follow ClientInit",
        ),
        (
            "an abort",
            |_| frame(0x1f, &[]),
            Unauthenticated,
            "peer aborted the handshake",
        ),
    ];
    let world = World::start().await;
    let (client, server) = (world.client_process().await, world.server_process().await);
    let (_, first) = client.start_client(&[SERVER]).await;
    let mut table = Table::default();
    for (what, bytes, code, words) in rows {
        let mut call = server.call().await;
        let answer = call.ask(server_start(&bytes(&first.out_frames))).await;
        let told = answer.unwrap().unwrap().status.unwrap();
        let status = Status::new(Code::from(i32::try_from(told.code).unwrap()), told.details);
        table.status(what, &status, code, words);
        // And the call ends with what the message said.
        assert_eq!(call.answer().await.unwrap_err().message(), status.message());
    }
    // After all that, a good one.
    shake(&client, &server, &[SERVER]).await.key();
}

#[tokio::test]
async fn every_kind_of_senseless_request_is_refused_in_words_of_its_own() {
    use Code::{FailedPrecondition, InvalidArgument, PermissionDenied};
    fn client(change: fn(&mut alts::gcp::StartClientHandshakeReq)) -> Vec<HandshakerReq> {
        let mut request = client_start(&[SERVER]);
        if let Some(ReqOneof::ClientStart(start)) = &mut request.req_oneof {
            change(start);
        }
        vec![request]
    }
    fn server(change: fn(&mut alts::gcp::StartServerHandshakeReq)) -> Vec<HandshakerReq> {
        let mut request = server_start(b"");
        if let Some(ReqOneof::ServerStart(start)) = &mut request.req_oneof {
            change(start);
        }
        vec![request]
    }
    let rows = [
        (
            "nothing",
            vec![HandshakerReq::default()],
            InvalidArgument,
            "neither a start nor a next message",
        ),
        (
            "next before a start",
            vec![next(b"")],
            FailedPrecondition,
            "must be client_start or server_start",
        ),
        (
            "a second start",
            vec![client_start(&[]), client_start(&[])],
            FailedPrecondition,
            "this is another start",
        ),
        (
            "TLS",
            client(|start| start.handshake_security_protocol = HandshakeProtocol::Tls.into()),
            InvalidArgument,
            "only the handshake protocol ALTS",
        ),
        (
            "a server that knows no ALTS",
            server(|start| start.handshake_parameters.clear()),
            InvalidArgument,
            "add them under key 2",
        ),
        (
            "no application protocol",
            client(|start| start.application_protocols.clear()),
            InvalidArgument,
            "offer grpc",
        ),
        (
            "no record protocol that is known",
            client(|start| start.record_protocols = vec!["ALTSRP_X".to_owned()]),
            InvalidArgument,
            "offer ALTSRP_GCM_AES128_REKEY",
        ),
        (
            "a list without end",
            client(|start| start.record_protocols = vec!["x".to_owned(); 17]),
            InvalidArgument,
            "more than 16 entries",
        ),
        (
            "a name without end",
            client(|start| start.target_name = "x".repeat(4097)),
            InvalidArgument,
            "longer than 4096 bytes",
        ),
        (
            "a target that is no account",
            client(|start| {
                start.target_identities = vec![Identity {
                    identity_oneof: Some(IdentityOneof::Hostname("host".to_owned())),
                    ..Identity::default()
                }];
            }),
            InvalidArgument,
            "name service accounts only",
        ),
        (
            "somebody else's identity",
            client(|start| start.local_identity = Some(Identity::service_account(&account("x@p")))),
            PermissionDenied,
            "speaks for client@p.iam only",
        ),
    ];
    let world = World::start().await;
    let (on_client, on_server) = (world.client_process().await, world.server_process().await);
    let mut table = Table::default();
    for (what, requests, code, words) in rows {
        let is_server = matches!(requests[0].req_oneof, Some(ReqOneof::ServerStart(_)));
        let library = if is_server { &on_server } else { &on_client };
        let mut call = library.call().await;
        let mut last = None;
        for request in requests {
            last = call.ask(request).await.unwrap();
        }
        let told = last.unwrap().status.unwrap();
        let status = Status::new(Code::from(i32::try_from(told.code).unwrap()), told.details);
        table.status(what, &status, code, words);
    }
}
