//! A mock cloud with two machines, and a gRPC library reduced to its calls of `DoHandshake`.

use std::{path::Path, time::Duration};

use alts::{
    RpcVersions,
    gcp::{
        HandshakeProtocol, HandshakerReq, HandshakerResp, Identity, NextHandshakeMessageReq,
        ServerHandshakeParameters, StartClientHandshakeReq, StartServerHandshakeReq,
        handshaker_req::ReqOneof, handshaker_service_client::HandshakerServiceClient,
    },
};
use alts_handshaker::{Clock, ServiceAccount, config::Config, mock::MockCloud};
use tempfile::TempDir;
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

fn config(more: &str) -> Config {
    let text = format!(
        "{more}[admin]\naddress = \"127.0.0.1:0\"\n\
         [[machine]]\nname = \"client-vm\"\naddress = \"127.0.0.1:0\"\nservice_account = \
             \"{CLIENT}\"\n\
         [[machine]]\nname = \"server-vm\"\naddress = \"127.0.0.1:0\"\nservice_account = \
             \"{SERVER}\"\n"
    );
    Config::parse(&text, "test.toml").unwrap()
}

/// A running mock and its state.
pub(crate) struct World {
    pub(crate) mock: MockCloud,
    pub(crate) state: TempDir,
    more: &'static str,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with("").await
    }

    /// With more in its configuration.
    pub(crate) async fn start_with(more: &'static str) -> Self {
        let state = tempfile::tempdir().unwrap();
        let mock = start_mock(state.path(), more).await;
        Self { mock, state, more }
    }

    pub(crate) async fn restarted(self) -> Self {
        self.mock.stop().await;
        let mock = start_mock(self.state.path(), self.more).await;
        Self { mock, ..self }
    }

    /// A new process on the client's machine.
    pub(crate) async fn client_process(&self) -> Library {
        Library::connect(self.mock.machines()[0].address, "grpc-java-netty/1.63.0").await
    }

    /// A new process on the server's machine.
    pub(crate) async fn server_process(&self) -> Library {
        Library::connect(self.mock.machines()[1].address, "grpc-java-netty/1.63.0").await
    }

    pub(crate) async fn set_disabled(&self, email: &str, disabled: bool) {
        use alts_handshaker::admin::proto::{
            DisableAccountRequest, EnableAccountRequest, accounts_client::AccountsClient,
        };
        let mut admin = AccountsClient::connect(format!("http://{}", self.mock.admin()))
            .await
            .unwrap();
        let email = email.to_owned();
        if disabled {
            admin
                .disable_account(DisableAccountRequest { email })
                .await
                .unwrap();
        } else {
            admin
                .enable_account(EnableAccountRequest { email })
                .await
                .unwrap();
        }
    }
}

async fn start_mock(state: &Path, more: &str) -> MockCloud {
    MockCloud::start(&config(more), state, Clock::system())
        .await
        .unwrap()
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

    /// One that lets nobody send it anything: its calls' windows are empty.
    pub(crate) async fn deaf(address: std::net::SocketAddr) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        Self::connect_as(endpoint.initial_stream_window_size(0), "grpc-c/53").await
    }

    async fn connect_as(endpoint: Endpoint, user_agent: &str) -> Self {
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

    /// Begins a handshake, if it can be begun: the call, and what it has to say to the peer.
    pub(crate) async fn try_start_client(
        &self,
        targets: &[&str],
    ) -> Result<(Call, Vec<u8>), Status> {
        let mut call = self.try_call().await?;
        let answer = call.try_ask(client_start(targets)).await?;
        Ok((call, answer.out_frames))
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

    /// The same of a handshaker that may be gone, or may end the call.
    pub(crate) async fn try_ask(
        &mut self,
        request: HandshakerReq,
    ) -> Result<HandshakerResp, Status> {
        // A call that has ended takes no request, and its end says why.
        let _ = self.requests.send(request).await;
        let answer = self.answer().await?;
        answer.ok_or_else(|| Status::cancelled("the call ended without an answer"))
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
