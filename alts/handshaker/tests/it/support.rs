//! A gRPC library reduced to its calls of `DoHandshake`; for tests of several crates.

use std::time::Duration;

use alts::ServiceAccount;
use alts::{
    RpcVersions,
    gcp::{
        HandshakeProtocol, HandshakerReq, HandshakerResp, Identity, NextHandshakeMessageReq,
        ServerHandshakeParameters, StartClientHandshakeReq, StartServerHandshakeReq,
        handshaker_req::ReqOneof, handshaker_service_client::HandshakerServiceClient,
    },
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{
    Status, Streaming,
    transport::{Channel, Endpoint},
};

pub(crate) const CLIENT: &str = "client@p.iam";
pub(crate) const SERVER: &str = "server@p.iam";
pub(crate) const RECORD_PROTOCOL: &str = "ALTSRP_GCM_AES128_REKEY";

/// A test that waits longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn account(name: &str) -> ServiceAccount {
    name.parse().unwrap()
}

/// What a gRPC library has in a process: one connection to the machine's handshaker.
#[derive(Clone)]
pub(crate) struct Library {
    client: HandshakerServiceClient<Channel>,
}

impl Library {
    pub(crate) async fn connect(address: std::net::SocketAddr, user_agent: &str) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        Self::connect_as(endpoint, user_agent).await
    }

    pub(crate) async fn connect_as(endpoint: Endpoint, user_agent: &str) -> Self {
        // tonic appends its own name, as C-core's wrappers do: the start is what counts.
        let channel = endpoint
            .user_agent(user_agent.to_owned())
            .unwrap()
            .connect()
            .await
            .unwrap();
        Self {
            client: HandshakerServiceClient::new(channel),
        }
    }

    pub(crate) async fn call(&self) -> Call {
        self.try_call().await.unwrap()
    }

    /// A call, if the handshaker can be reached.
    pub(crate) async fn try_call(&self) -> Result<Call, Status> {
        let (requests, stream) = mpsc::channel(4);
        let mut client = self.client.clone();
        let answers = within(client.do_handshake(ReceiverStream::new(stream))).await?;
        Ok(Call {
            requests,
            answers: answers.into_inner(),
        })
    }

    pub(crate) async fn start_client(&self, targets: &[&str]) -> (Call, HandshakerResp) {
        let mut call = self.call().await;
        let answer = call.ask(client_start(targets)).await.unwrap().unwrap();
        (call, answer)
    }
}

/// Why a client's handshake does not even begin.
pub(crate) async fn start_client_status(library: &Library) -> Status {
    let mut call = library.call().await;
    call.ask(client_start(&[SERVER])).await.unwrap_err()
}

/// One call of `DoHandshake`.
pub(crate) struct Call {
    pub(crate) requests: mpsc::Sender<HandshakerReq>,
    pub(crate) answers: Streaming<HandshakerResp>,
}

impl Call {
    pub(crate) async fn ask(
        &mut self,
        request: HandshakerReq,
    ) -> Result<Option<HandshakerResp>, Status> {
        self.requests.send(request).await.unwrap();
        self.answer().await
    }

    pub(crate) async fn answer(&mut self) -> Result<Option<HandshakerResp>, Status> {
        within(self.answers.message()).await
    }
}

pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("no answer within 20 s")
}

pub(crate) fn client_start(targets: &[&str]) -> HandshakerReq {
    request(ReqOneof::ClientStart(StartClientHandshakeReq {
        handshake_security_protocol: HandshakeProtocol::Alts.into(),
        application_protocols: vec!["grpc".to_owned()],
        record_protocols: vec![RECORD_PROTOCOL.to_owned()],
        target_identities: targets
            .iter()
            .map(|name| Identity::service_account(&account(name)))
            .collect(),
        target_name: "backend:8080".to_owned(),
        rpc_versions: Some(RpcVersions::OURS.into()),
        max_frame_size: 1 << 20,
        ..Default::default()
    }))
}

pub(crate) fn server_start(in_bytes: &[u8]) -> HandshakerReq {
    let parameters = ServerHandshakeParameters {
        record_protocols: vec![RECORD_PROTOCOL.to_owned()],
        ..Default::default()
    };
    request(ReqOneof::ServerStart(StartServerHandshakeReq {
        application_protocols: vec!["grpc".to_owned()],
        handshake_parameters: [(HandshakeProtocol::Alts.into(), parameters)].into(),
        in_bytes: in_bytes.to_vec(),
        rpc_versions: Some(RpcVersions::OURS.into()),
        max_frame_size: 131_072,
        ..Default::default()
    }))
}

pub(crate) fn next(in_bytes: &[u8]) -> HandshakerReq {
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

/// How a whole handshake between two processes ended, as each side's library sees it.
pub(crate) struct Shaken {
    pub(crate) client: Result<HandshakerResp, Status>,
    pub(crate) server: Result<HandshakerResp, Status>,
}

/// Relays a handshake by hand, as two libraries and a TCP connection would. `targets` are the
/// client's.
pub(crate) async fn shake(client: &Library, server: &Library, targets: &[&str]) -> Shaken {
    let (mut client, first) = client.start_client(targets).await;
    let mut server = server.call().await;
    let second = server
        .ask(server_start(&first.out_frames))
        .await
        .unwrap()
        .unwrap();
    let third = client.ask(next(&second.out_frames)).await;
    let third = match third {
        Ok(answer) => answer.unwrap(),
        Err(status) => {
            return Shaken {
                client: Err(status),
                server: Err(Status::cancelled("the client hung up")),
            };
        }
    };
    let fourth = server
        .ask(next(&third.out_frames))
        .await
        .map(Option::unwrap);
    Shaken {
        client: Ok(third),
        server: fourth,
    }
}

impl Shaken {
    /// Both results' keys, which must be the same.
    pub(crate) fn key(self) -> Vec<u8> {
        let [client, server] =
            [self.client, self.server].map(|answer| answer.unwrap().result.unwrap());
        assert_eq!(client.key_data, server.key_data);
        client.key_data
    }
}

/// A connection that speaks HTTP/2 and then does nothing, ever.
pub(crate) fn idle(address: std::net::SocketAddr) -> std::net::TcpStream {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    // The preface, and empty SETTINGS. It may be the one that is turned away.
    let _ = stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    stream
}
