//! One library's conversation with its handshaker, and a whole handshake by hand.

use std::time::Duration;

use alts::gcp::{
    HandshakeProtocol, HandshakerReq, HandshakerResp, NextHandshakeMessageReq, RpcProtocolVersions,
    ServerHandshakeParameters, StartClientHandshakeReq, StartServerHandshakeReq,
    handshaker_req::ReqOneof, handshaker_service_client::HandshakerServiceClient,
    rpc_protocol_versions::Version,
};
use anyhow::{Context, Result};
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{
    Status, Streaming,
    transport::{Channel, Endpoint},
};

/// Where every library looks.
pub(crate) const HANDSHAKER: &str = "metadata.google.internal.:8080";
/// The one record protocol.
const RECORD_PROTOCOL: &str = "ALTSRP_GCM_AES128_REKEY";
/// How long an answer may take; libraries wait for 20 s.
const PATIENCE: Duration = Duration::from_secs(15);

/// A process with a connection to its handshaker.
#[derive(Clone)]
pub(crate) struct Library(HandshakerServiceClient<Channel>);

impl Library {
    pub(crate) async fn named(user_agent: &str) -> Result<Self> {
        Self::over(endpoint()?.user_agent(user_agent.to_owned())?).await
    }

    pub(crate) async fn over(endpoint: Endpoint) -> Result<Self> {
        let channel = endpoint.connect().await.context("no handshaker")?;
        Ok(Self(HandshakerServiceClient::new(channel)))
    }

    pub(crate) async fn call(&self) -> Result<Call> {
        let (requests, stream) = mpsc::channel(4);
        let call = self.0.clone();
        let mut call = call.max_decoding_message_size(1 << 20);
        let answers = call.do_handshake(ReceiverStream::new(stream)).await?;
        Ok(Call {
            requests,
            answers: answers.into_inner(),
        })
    }
}

pub(crate) fn endpoint() -> Result<Endpoint> {
    Ok(Endpoint::from_shared(format!("http://{HANDSHAKER}"))?)
}

/// One RPC.
pub(crate) struct Call {
    requests: mpsc::Sender<HandshakerReq>,
    answers: Streaming<HandshakerResp>,
}

impl Call {
    /// The answer to a request.
    pub(crate) async fn ask(&mut self, request: HandshakerReq) -> Result<HandshakerResp> {
        let answer = self.try_ask(request).await?;
        answer?.context("the RPC ended in place of an answer")
    }

    /// The same, when it may be the RPC's status.
    pub(crate) async fn try_ask(
        &mut self,
        request: HandshakerReq,
    ) -> Result<Result<Option<HandshakerResp>, Status>> {
        // A call that has ended takes no request, and its end says why.
        let _ = self.requests.send(request).await;
        self.next().await
    }

    /// What comes without being asked for.
    pub(crate) async fn next(&mut self) -> Result<Result<Option<HandshakerResp>, Status>> {
        let answer = timeout(PATIENCE, self.answers.message()).await;
        answer.context("no answer, and no end")
    }
}

/// The four answers of a handshake between two libraries, with `records` behind its last message.
pub(crate) struct Whole {
    pub(crate) client: Call,
    pub(crate) server: Call,
    pub(crate) answers: [HandshakerResp; 4],
}

/// What each side declares.
#[derive(Clone, Copy, Default)]
pub(crate) struct Declared {
    pub(crate) frame_size: u32,
    pub(crate) minor: u32,
}

pub(crate) async fn shake(library: &Library, records: &[u8]) -> Result<Whole> {
    let declared = Declared {
        frame_size: 1 << 17,
        minor: 1,
    };
    shake_declaring(library, declared, declared, records).await
}

pub(crate) async fn shake_declaring(
    library: &Library,
    client_is: Declared,
    server_is: Declared,
    records: &[u8],
) -> Result<Whole> {
    let (mut client, mut server) = (library.call().await?, library.call().await?);
    let first = client.ask(client_start(client_is)).await?;
    let second = server
        .ask(server_start(&first.out_frames, server_is))
        .await?;
    let third = client.ask(further(&second.out_frames)).await?;
    let last = [&third.out_frames, records].concat();
    let fourth = server.ask(further(&last)).await?;
    Ok(Whole {
        client,
        server,
        answers: [first, second, third, fourth],
    })
}

fn versions(minor: u32) -> Option<RpcProtocolVersions> {
    let version = |minor| Some(Version { major: 2, minor });
    Some(RpcProtocolVersions {
        max_rpc_version: version(minor),
        min_rpc_version: version(1),
    })
}

pub(crate) fn client_start(declared: Declared) -> HandshakerReq {
    request(ReqOneof::ClientStart(StartClientHandshakeReq {
        handshake_security_protocol: HandshakeProtocol::Alts.into(),
        application_protocols: vec!["grpc".to_owned()],
        record_protocols: vec![RECORD_PROTOCOL.to_owned()],
        target_name: "somebody:8080".to_owned(),
        rpc_versions: versions(declared.minor),
        max_frame_size: declared.frame_size,
        ..Default::default()
    }))
}

pub(crate) fn server_start(in_bytes: &[u8], declared: Declared) -> HandshakerReq {
    let parameters = ServerHandshakeParameters {
        record_protocols: vec![RECORD_PROTOCOL.to_owned()],
        ..Default::default()
    };
    request(ReqOneof::ServerStart(StartServerHandshakeReq {
        application_protocols: vec!["grpc".to_owned()],
        handshake_parameters: [(HandshakeProtocol::Alts.into(), parameters)].into(),
        in_bytes: in_bytes.to_vec(),
        rpc_versions: versions(declared.minor),
        max_frame_size: declared.frame_size,
        ..Default::default()
    }))
}

pub(crate) fn further(in_bytes: &[u8]) -> HandshakerReq {
    request(ReqOneof::Next(NextHandshakeMessageReq {
        in_bytes: in_bytes.to_vec(),
        network_latency_ms: 0,
    }))
}

fn request(oneof: ReqOneof) -> HandshakerReq {
    HandshakerReq {
        req_oneof: Some(oneof),
    }
}
