//! Everything malformed that may reach a handshaker or an authority, and in which words it is refused.
//!
//! Four tables of what comes over the wire: handshake bytes, requests of a library, requests of a
//! machine, revocation lists. Each row is an input and its refusal, and no two refusals of a table
//! have the same words. The tables of single fields are beside the code that reads them:
//!
//! | of | in |
//! |---|---|
//! | handshake messages, tickets in them | `src/handshake/tests/fields.rs` |
//! | certificates | `src/handshake/tests/chains.rs` |
//! | tickets (never refused: a full handshake follows) | `src/handshake/tests/resumption.rs` |
//! | identity tokens, key sets | `src/identity/token_tests.rs`, `jwks.rs` |
//! | configurations | `src/config/*_tests.rs` |

use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

use alts::gcp::{
    HandshakeProtocol, HandshakerReq, Identity, handshaker_req::ReqOneof, identity::IdentityOneof,
};
use alts_handshaker::{
    authority::proto::{
        IssueMasterRequest, authority_client::AuthorityClient, issue_master_request::Proof,
    },
    handshake::{Crl, MachineName, Roots},
    identity::Claim,
};
use serde_json::{Value, json};
use tonic::{Code, Status, transport::Channel};

use crate::{google, suite::*, support::*};

/// Collects a table's refusals: each must be in one line, as expected, and unlike all others.
#[derive(Default)]
struct Table(BTreeMap<String, &'static str>);

impl Table {
    fn row(&mut self, what: &'static str, said: String, expected: &str) {
        assert!(said.contains(expected), "{what}: {said}");
        assert_eq!(said.lines().count(), 1, "{what}: {said}");
        if let Some(other) = self.0.insert(said, what) {
            panic!("{what} and {other} are refused in the same words");
        }
    }

    fn status(&mut self, what: &'static str, status: &Status, code: Code, expected: &str) {
        assert_eq!(status.code(), code, "{what}: {status}");
        self.row(what, status.message().to_owned(), expected);
    }
}

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
            "version 0 of alts-local, this side version 1",
        ),
        (
            "a later version",
            |good| [&good[..9], &[2], &good[10..]].concat(),
            InvalidArgument,
            "version 2 of alts-local, this side version 1",
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
    let host = || Identity {
        identity_oneof: Some(IdentityOneof::Hostname("host".to_owned())),
        ..Identity::default()
    };
    assert_eq!(host().account_name(), None);
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

/// A machine's request that is good but for what a row changes.
struct Asked {
    request: IssueMasterRequest,
    claims: Value,
    header: Value,
    /// Signs the token anew when it is sent; `None` leaves the proof as it is.
    signs: bool,
}

impl Asked {
    fn new() -> Self {
        // The public half of the key whose seed is all ones: any will do.
        let key = "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c";
        let bytes = (0..64).step_by(2);
        let key: Vec<u8> = bytes
            .map(|at| u8::from_str_radix(&key[at..at + 2], 16).unwrap())
            .collect();
        let claim = Claim {
            machine: &MachineName::parse("client-vm").unwrap(),
            account: &account(CLIENT),
            public_key: &key.clone().try_into().unwrap(),
            nonce: &[7; 16],
        };
        Self {
            claims: google::claims(&claim.audience(), CLIENT, "client-vm", now_s()),
            header: json!({"alg": "RS256", "kid": google::KID}),
            signs: true,
            request: IssueMasterRequest {
                machine: "client-vm".to_owned(),
                service_account: CLIENT.to_owned(),
                public_key: key,
                nonce: vec![7; 16],
                proof: None,
            },
        }
    }

    async fn of(mut self, authority: &mut AuthorityClient<Channel>) -> Result<Vec<u8>, Status> {
        if self.signs {
            let token = google::token_with(&self.header, &self.claims);
            self.request.proof = Some(Proof::GceIdentityToken(token));
        }
        let answer = within(authority.issue_master(self.request)).await?;
        Ok(answer.into_inner().certificate)
    }
}

fn now_s() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs()
}

/// An authority that takes identity tokens of one project, by keys in a file.
async fn authority_with_gce() -> (Suite, AuthorityClient<Channel>, tempfile::TempDir) {
    let files = tempfile::tempdir().unwrap();
    let keys = files.path().join("jwks.json");
    std::fs::write(&keys, google::jwks()).unwrap();
    let gce = format!(
        "[gce]\nprojects = [\"grpc-alts-demo\"]\nkeys = {:?}\n",
        keys.display()
    );
    let suite = Suite::start(Settings {
        gce,
        ..Settings::default()
    })
    .await;
    let authority = AuthorityClient::connect(format!("http://{}", suite.address));
    (suite, authority.await.unwrap(), files)
}

#[tokio::test]
async fn every_kind_of_unproven_request_for_a_certificate_is_refused_in_words_of_its_own() {
    use Code::{InvalidArgument, Unauthenticated};
    type Change = fn(&mut Asked);
    fn unsigned(asked: &mut Asked, proof: Option<Proof>) {
        asked.signs = false;
        asked.request.proof = proof;
    }
    let rows: Vec<(&str, Change, Code, &str)> = vec![
        (
            "no proof",
            |a| unsigned(a, None),
            InvalidArgument,
            "the request proves nothing",
        ),
        (
            "half a proof",
            |a| unsigned(a, Some(Proof::EnrolmentMac(vec![1; 31]))),
            InvalidArgument,
            "an enrolment proof has 32 bytes",
        ),
        (
            "a guess at the secret",
            |a| unsigned(a, Some(Proof::EnrolmentMac(vec![1; 32]))),
            Unauthenticated,
            "client-vm is not enrolled with this secret",
        ),
        (
            "no key",
            |a| a.request.public_key.clear(),
            InvalidArgument,
            "is no Ed25519 key",
        ),
        (
            "half a nonce",
            |a| a.request.nonce.truncate(8),
            InvalidArgument,
            "a nonce has 16 bytes",
        ),
        (
            "a machine without a name",
            |a| a.request.machine.clear(),
            InvalidArgument,
            "a machine's name is",
        ),
        (
            "an account that is none",
            |a| a.request.service_account = "a b".to_owned(),
            InvalidArgument,
            "cannot be part of a service account",
        ),
        (
            "a token that is none",
            |a| unsigned(a, Some(Proof::GceIdentityToken("x".to_owned()))),
            Unauthenticated,
            "the identity token is malformed",
        ),
        (
            "another algorithm",
            |a| a.header["alg"] = json!("HS256"),
            Unauthenticated,
            "signed with \"HS256\", and only RS256",
        ),
        (
            "no algorithm",
            |a| a.header["alg"] = json!("none"),
            Unauthenticated,
            "signed with \"none\"",
        ),
        (
            "another key",
            |a| a.header["kid"] = json!("k2"),
            Unauthenticated,
            "the unknown key \"k2\"",
        ),
        (
            "another request's token",
            |a| a.request.nonce = vec![8; 16],
            Unauthenticated,
            "for another audience",
        ),
        (
            "another issuer",
            |a| a.claims["iss"] = json!("https://evil.example"),
            Unauthenticated,
            "issued by \"https://evil.example\"",
        ),
        (
            "expired",
            |a| {
                a.claims["iat"] = json!(now_s() - 8000);
                a.claims["exp"] = json!(now_s() - 4400);
            },
            Unauthenticated,
            "the identity token expired 4400 s ago",
        ),
        (
            "from the future",
            |a| {
                a.claims["iat"] = json!(now_s() + 4000);
                a.claims["exp"] = json!(now_s() + 7600);
            },
            Unauthenticated,
            "becomes valid in 4000 s",
        ),
        (
            "no verified e-mail",
            |a| {
                a.claims.as_object_mut().unwrap().remove("email_verified");
            },
            Unauthenticated,
            "e-mail is not verified",
        ),
        (
            "another project",
            |a| a.claims["google"]["compute_engine"]["project_id"] = json!("evil"),
            Unauthenticated,
            "of project \"evil\"",
        ),
        (
            "another machine",
            |a| a.claims["google"]["compute_engine"]["instance_name"] = json!("other-vm"),
            Unauthenticated,
            "the machine's name is \"other-vm\"",
        ),
        (
            "another account",
            |a| a.claims["email"] = json!("else@p"),
            Unauthenticated,
            "the machine runs as \"else@p\"",
        ),
    ];
    let (suite, mut authority, _files) = authority_with_gce().await;
    let mut table = Table::default();
    for (what, change, code, words) in rows {
        let mut asked = Asked::new();
        change(&mut asked);
        let status = asked.of(&mut authority).await.expect_err(what);
        table.status(what, &status, code, words);
    }
    assert!(suite.authority().cloud().issued(None).is_empty());
    // But for what was changed, it would have been certified.
    assert!(!Asked::new().of(&mut authority).await.unwrap().is_empty());
}

#[tokio::test]
async fn every_kind_of_wrong_revocation_list_is_refused_in_words_of_its_own() {
    type Change = fn(&mut Vec<u8>);
    let rows: [(&str, Change, &str); 5] = [
        ("nothing", Vec::clear, "its length is malformed"),
        ("something else", |list| list[0] ^= 1, "is malformed"),
        (
            "another signer's",
            |list| list[8] ^= 1,
            "signed by the unknown authority",
        ),
        (
            "an altered date",
            |list| list[16] ^= 1,
            "find out who changed it",
        ),
        (
            "a list without end",
            |list| list.resize(16 * 1024 * 1024 + 1, 0),
            "the limit is 16 MiB",
        ),
    ];
    let suite = Suite::start(Settings::default()).await;
    let cloud = suite.authority().cloud();
    let (good, _) = cloud.crl();
    let roots: Roots = cloud.root_keys().public().into_iter().collect();
    assert!(Crl::open(&good, &roots).is_ok());
    let mut table = Table::default();
    for (what, change, words) in rows {
        let mut list = good.to_vec();
        change(&mut list);
        let refused = Crl::open(&list, &roots).unwrap_err();
        table.row(what, refused.to_string(), words);
    }
}
