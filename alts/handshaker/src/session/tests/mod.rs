//! The rules of a handshaker service that three gRPC libraries share, each by name, and what
//! clients may ask.
//!
//! Rules 6, 10, 11 and 12 speak of the RPC and its connection; `tests/it` holds them against the
//! running service.

mod requests;
mod resumption;
mod rules;

use std::time::Duration;

use alts::{
    RpcVersions,
    gcp::{
        HandshakeProtocol, HandshakerStatus, Identity, NextHandshakeMessageReq,
        ServerHandshakeParameters, StartClientHandshakeReq, StartServerHandshakeReq,
    },
};
use alts_handshake::{MachineName, MasterKey, RootKey, Seed, Validity};

use super::*;

pub(super) const CLIENT: &str = "client@p.iam";
pub(super) const SERVER: &str = "server@p.iam";
pub(super) const NOW: Timestamp = Timestamp::from_unix_s(1_700_000_000);

pub(super) fn account(name: &str) -> ServiceAccount {
    name.parse().unwrap()
}

fn root() -> RootKey {
    RootKey::new(&Seed::new([1; 32]))
}

pub(super) fn context(name: &str) -> SessionContext {
    SessionContext::new(account(name))
}

pub(super) fn verifier() -> Arc<PeerVerifier> {
    Arc::new(PeerVerifier::of_roots([root().public()]))
}

pub(super) fn credential(name: &str) -> Arc<HandshakeCredential> {
    let hour = Duration::from_secs(3600);
    let key = MasterKey::new(account(name), &Seed::new([name.len() as u8; 32]));
    let request = key.request(MachineName::parse("vm").unwrap());
    let master = key.certified(root().sign(&request, Validity::starting(NOW, hour), 1));
    Arc::new(master.issue(&Seed::new([name.len() as u8 + 1; 32]), NOW, hour))
}

/// As C-core asks.
pub(super) fn client_start() -> StartClientHandshakeReq {
    StartClientHandshakeReq {
        handshake_security_protocol: HandshakeProtocol::Alts.into(),
        application_protocols: vec!["grpc".to_owned()],
        record_protocols: vec!["ALTSRP_GCM_AES128_REKEY".to_owned()],
        target_identities: vec![Identity::service_account(&account(SERVER))],
        target_name: "backend:8080".to_owned(),
        rpc_versions: Some(RpcVersions::OURS.into()),
        max_frame_size: 1 << 20,
        ..Default::default()
    }
}

/// As Go asks: no frame size.
pub(super) fn server_start(in_bytes: &[u8]) -> StartServerHandshakeReq {
    let parameters = ServerHandshakeParameters {
        record_protocols: vec!["ALTSRP_GCM_AES128_REKEY".to_owned()],
        ..Default::default()
    };
    StartServerHandshakeReq {
        application_protocols: vec!["grpc".to_owned()],
        handshake_parameters: [(HandshakeProtocol::Alts.into(), parameters)].into(),
        in_bytes: in_bytes.to_vec(),
        rpc_versions: Some(RpcVersions::OURS.into()),
        ..Default::default()
    }
}

pub(super) fn request(oneof: ReqOneof) -> HandshakerReq {
    HandshakerReq {
        req_oneof: Some(oneof),
    }
}

pub(super) fn next(in_bytes: &[u8]) -> HandshakerReq {
    request(ReqOneof::Next(NextHandshakeMessageReq {
        in_bytes: in_bytes.to_vec(),
        network_latency_ms: 0,
    }))
}

pub(super) fn begin(name: &str, library: ClientLibrary, oneof: ReqOneof) -> Step {
    let entropy = Entropy::new(&[name.len() as u8; Entropy::LEN]);
    Session::begin(
        &context(name),
        verifier(),
        library,
        request(oneof),
        Ok(credential(name)),
        entropy,
        NOW,
    )
}

pub(super) fn begin_client(start: StartClientHandshakeReq) -> Step {
    begin(CLIENT, ClientLibrary::Other, ReqOneof::ClientStart(start))
}

pub(super) fn begin_server(start: StartServerHandshakeReq) -> Step {
    begin(SERVER, ClientLibrary::Other, ReqOneof::ServerStart(start))
}

/// Takes a step apart as one that goes on.
pub(super) fn going_on(step: Step) -> (HandshakerResp, Session) {
    match step {
        Step::Continue { answer, session } => (answer, session),
        other => panic!("does not go on: {other:?}"),
    }
}

pub(super) fn finished(step: Step) -> HandshakerResp {
    match step {
        Step::Finished { answer, .. } => answer,
        other => panic!("not finished: {other:?}"),
    }
}

pub(super) fn failed(step: Step) -> (Option<HandshakerResp>, Failure) {
    match step {
        Step::Failed { answer, failure } => (answer, failure),
        other => panic!("not failed: {other:?}"),
    }
}

/// Both sessions up to where each waits for its last flight: the client for the first, the server
/// for the second.
pub(super) struct Halfway {
    pub(super) client: Session,
    pub(super) server: Session,
    pub(super) server_flight: Vec<u8>,
    pub(super) answers: Vec<HandshakerResp>,
}

pub(super) fn halfway(library: ClientLibrary) -> Halfway {
    let (first, client) = going_on(begin(
        CLIENT,
        library,
        ReqOneof::ClientStart(client_start()),
    ));
    let start = server_start(&first.out_frames);
    let (second, server) = going_on(begin(SERVER, library, ReqOneof::ServerStart(start)));
    Halfway {
        client,
        server,
        server_flight: second.out_frames.clone(),
        answers: vec![first, second],
    }
}
