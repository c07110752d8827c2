//! The server under test: a service that echoes and waits on command, behind the layer that
//! authorises, on an `AltsIncoming`.
//!
//! The service is `grpc.gcp.HandshakerService` only because its generated code is at hand; here
//! it hands back what it is given. Some words are commands:
//!
//! | words | answer |
//! |---|---|
//! | `who` | what the handler knows of its caller |
//! | `hold` | the same words, once [`Backend::release`] was called; nothing before |
//! | `stream` | the words at once, and again after [`Backend::release`] |

use std::{net::SocketAddr, sync::Arc};

use http::uri::Scheme;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, mpsc, oneshot, watch},
    task::JoinHandle,
};
use tokio_stream::{Stream, wrappers::ReceiverStream};
use tonic::{
    Request, Response, Status, Streaming,
    transport::{
        Server,
        server::{Connected, TcpIncoming},
    },
};
use tower::util::MapRequestLayer;

use super::account;
use crate::{
    AltsConnectInfo, AltsIncoming, ClientAuthorizationLayer, Handshaker, ServerConnections,
    ServerLimits,
    gcp::{
        HandshakerReq, HandshakerResp,
        handshaker_req::ReqOneof,
        handshaker_service_server::{HandshakerService, HandshakerServiceServer},
    },
};

/// A running server.
pub(super) struct Backend {
    pub(super) address: SocketAddr,
    service: Echo,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Backend {
    pub(super) async fn start(handshaker: Handshaker, allowed: &[&str]) -> Self {
        let layer = ClientAuthorizationLayer::new(allowed.iter().map(|name| account(name)));
        Self::start_with(handshaker, layer).await
    }

    pub(super) async fn start_with(
        handshaker: Handshaker,
        layer: ClientAuthorizationLayer,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        Self::serve(AltsIncoming::new(listener, handshaker), address, layer)
    }

    /// The same within other limits, which allows these accounts.
    pub(super) async fn start_limited(
        handshaker: Handshaker,
        allowed: &[&str],
        limits: ServerLimits,
    ) -> (Self, Arc<ServerConnections>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let layer = ClientAuthorizationLayer::new(allowed.iter().map(|name| account(name)));
        let incoming = AltsIncoming::with_limits(listener, handshaker, limits);
        let connections = incoming.connections();
        (Self::serve(incoming, address, layer), connections)
    }

    /// The same, but HTTP/1 is allowed too: such a server says nothing before it has read the client's first bytes.
    pub(super) async fn start_that_waits_for_the_preface(handshaker: Handshaker) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let incoming = AltsIncoming::new(listener, handshaker);
        let layer = ClientAuthorizationLayer::allowing(Arc::new(|_| true));
        Self::serve_on(
            Server::builder().accept_http1(true),
            incoming,
            address,
            layer,
        )
    }

    /// The same service and layer without ALTS.
    pub(super) async fn start_in_plaintext(layer: ClientAuthorizationLayer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        Self::serve(TcpIncoming::from(listener), address, layer)
    }

    pub(super) fn serve<IO, E>(
        incoming: impl Stream<Item = Result<IO, E>> + Send + 'static,
        address: SocketAddr,
        layer: ClientAuthorizationLayer,
    ) -> Self
    where
        IO: tokio::io::AsyncRead + tokio::io::AsyncWrite + Connected + Unpin + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
    {
        Self::serve_on(Server::builder(), incoming, address, layer)
    }

    fn serve_on<IO, E>(
        server: Server,
        incoming: impl Stream<Item = Result<IO, E>> + Send + 'static,
        address: SocketAddr,
        layer: ClientAuthorizationLayer,
    ) -> Self
    where
        IO: tokio::io::AsyncRead + tokio::io::AsyncWrite + Connected + Unpin + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
    {
        let service = Echo {
            handled: Arc::new(watch::Sender::new(0)),
            gate: Arc::new(Semaphore::new(0)),
        };
        let (stop, stopped) = oneshot::channel();
        let serving = server
            .layer(layer)
            .layer(MapRequestLayer::new(note_uri))
            .add_service(HandshakerServiceServer::new(service.clone()))
            .serve_with_incoming_shutdown(incoming, async {
                drop(stopped.await);
            });
        Self {
            address,
            service,
            stop: Some(stop),
            served: tokio::spawn(serving),
        }
    }

    /// How many calls have reached the handler.
    pub(super) fn handled(&self) -> usize {
        *self.service.handled.borrow()
    }

    /// Waits until so many calls have reached the handler.
    pub(super) async fn has_handled(&self, calls: usize) {
        let mut handled = self.service.handled.subscribe();
        handled.wait_for(|&n| n >= calls).await.expect("running");
    }

    /// Lets one held call go on.
    pub(super) fn release(&self) {
        self.service.gate.add_permits(1);
    }

    /// Asks it to stop; calls that are under way may finish.
    pub(super) fn stop(&mut self) {
        let stop = self.stop.take().expect("stopped once");
        stop.send(()).expect("running");
    }

    /// Waits until it has stopped.
    pub(super) async fn stopped(self) {
        self.served.await.expect("no panic").expect("no error");
    }
}

/// What the caller asked for, as `:scheme` and `:authority`.
#[derive(Debug, Clone)]
struct Uri(http::Uri);

fn note_uri<B>(mut request: http::Request<B>) -> http::Request<B> {
    let uri = Uri(request.uri().clone());
    request.extensions_mut().insert(uri);
    request
}

#[derive(Debug, Clone)]
struct Echo {
    handled: Arc<watch::Sender<usize>>,
    gate: Arc<Semaphore>,
}

impl Echo {
    async fn released(&self) {
        self.gate.acquire().await.expect("never closed").forget();
    }
}

#[tonic::async_trait]
impl HandshakerService for Echo {
    type DoHandshakeStream = ReceiverStream<Result<HandshakerResp, Status>>;

    async fn do_handshake(
        &self,
        request: Request<Streaming<HandshakerReq>>,
    ) -> Result<Response<Self::DoHandshakeStream>, Status> {
        self.handled.send_modify(|calls| *calls += 1);
        let caller = describe_caller(&request)?;
        let mut messages = request.into_inner();
        let first = words(messages.message().await?)?;
        let (answers, receiver) = mpsc::channel(4);
        match &first[..] {
            b"who" => drop(answers.send(echo(caller.into_bytes())).await),
            b"hold" => {
                self.released().await;
                drop(answers.send(echo(first)).await);
            }
            b"stream" => {
                let echoes = self.clone();
                tokio::spawn(async move {
                    drop(answers.send(echo(first.clone())).await);
                    echoes.released().await;
                    drop(answers.send(echo(first)).await);
                });
            }
            _ => drop(answers.send(echo(first)).await),
        }
        Ok(Response::new(ReceiverStream::new(receiver)))
    }
}

fn words(message: Option<HandshakerReq>) -> Result<Vec<u8>, Status> {
    match message.and_then(|message| message.req_oneof) {
        Some(ReqOneof::Next(next)) => Ok(next.in_bytes),
        other => Err(Status::invalid_argument(format!("{other:?}"))),
    }
}

fn echo(out_frames: Vec<u8>) -> Result<HandshakerResp, Status> {
    Ok(HandshakerResp {
        out_frames,
        ..Default::default()
    })
}

fn describe_caller<T>(request: &Request<T>) -> Result<String, Status> {
    let peer = crate::peer(request)?;
    let info = request.extensions().get::<AltsConnectInfo>();
    let remote = info.and_then(AltsConnectInfo::remote_addr);
    assert_eq!(remote, request.remote_addr(), "where tonic looks for it");
    let remote = remote.map_or_else(|| "nowhere".to_owned(), |address| address.ip().to_string());
    let uri = &request.extensions().get::<Uri>().expect("noted").0;
    Ok(format!(
        "{} with {} {} {} {:?} from {remote} to {}://{}",
        peer.peer_service_account(),
        peer.record_protocol(),
        peer.security_level(),
        peer.peer_rpc_versions(),
        peer.peer_attributes(),
        uri.scheme().map_or("none", Scheme::as_str),
        uri.authority()
            .map_or("none", |authority| authority.as_str()),
    ))
}
