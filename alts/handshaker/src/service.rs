//! One machine's handshaker as a gRPC service. Decides nothing; bounds everything in number.

use std::{fmt, sync::Arc, time::Duration};

use alts::ServiceAccount;
use alts::gcp::{
    HandshakerReq, HandshakerResp,
    handshaker_service_server::{HandshakerService, HandshakerServiceServer},
};
use alts_authority::{issuer::Issuer, verifier_feed::VerifierFeed};
use alts_daemon::{
    clock::Clock,
    listener::Incoming,
    rng::{self, NoEntropy},
};
use alts_handshake::{MachineName, Resumption};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming, transport::Server};

use crate::{
    call::Call,
    config::handshake::HandshakeConfig,
    connection::{Connection, Workload},
    hook::CallHook,
    limits::{HandshakeLimiter, Limits},
    metrics::Metrics,
    peer_check::PeerCheck,
    session::{ClientLibrary, SessionContext},
};

/// Concurrent RPCs on one connection. C-core and Go run up to 100 client and 100 server handshakes
/// over one; ours may be told to run more.
const MAX_CONCURRENT_STREAMS: u32 = 1024;

/// Largest request, in bytes: gRPC reserves as much for each header that promises it. A final one may
/// carry records behind the handshake, of which a client of HTTP/2 sends 64 KiB before it is answered.
const MAX_REQUEST_LEN: usize = 128 * 1024;

/// Connections of dead machines are found out by pings; libraries' own come every 10 minutes.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(120);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// Answers under way per RPC: one per request, and the final status.
const ANSWERS_UNDER_WAY: usize = 2;

/// The handshaker of one machine, which runs as one service account. A clone is the same machine,
/// listening in another place.
#[derive(Clone)]
pub struct MachineHandshaker(Workload);

impl MachineHandshaker {
    /// Speaks for `account` with credentials from `issuer`; believes whom `verifier` believes.
    pub fn new(
        machine: MachineName,
        account: ServiceAccount,
        issuer: Arc<impl Issuer>,
        verifier: impl Into<VerifierFeed>,
        clock: Clock,
    ) -> Self {
        Self(Workload {
            machine,
            session: SessionContext::new(account),
            verifier: verifier.into(),
            issuer,
            peer_check: PeerCheck::default(),
            hook: None,
            metrics: Arc::new(Metrics::new(clock.clone())),
            clock,
            limits: Limits::default(),
            limiter: Arc::new(HandshakeLimiter::new(Limits::default())),
        })
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.0.limits = limits;
        self.0.limiter = Arc::new(HandshakeLimiter::new(limits));
        self
    }

    /// The same, counting into `metrics`.
    #[must_use]
    pub fn with_metrics(mut self, metrics: Arc<Metrics>) -> Self {
        self.0.metrics = metrics;
        self
    }

    /// The same, treating disabled peers so.
    #[must_use]
    pub fn with_peer_check(mut self, peer_check: PeerCheck) -> Self {
        self.0.peer_check = peer_check;
        self
    }

    /// The same, making handshakes as configured. Policies about certificates are a matter of trust
    /// and come with that.
    ///
    /// # Errors
    /// When there is no randomness for the key that seals tickets.
    pub fn with_handshake(mut self, config: &HandshakeConfig) -> Result<Self, NoEntropy> {
        let workload = &mut self.0;
        let session = &mut workload.session;
        session.names = Arc::new(config.names.clone());
        session.resumption = None;
        if config.resumption {
            let (account, now) = (session.account.clone(), workload.clock.now());
            let resumption = Resumption::new(account, &rng::seed()?, now);
            session.resumption = Some(Arc::new(resumption));
        }
        Ok(self)
    }

    /// The same, with somebody who may make its calls fail on purpose. For tests, never for service.
    #[must_use]
    pub fn with_hook(mut self, hook: Arc<dyn CallHook>) -> Self {
        self.0.hook = Some(hook);
        self
    }

    /// Serves until `stop` resolves, then until the handshakes under way have ended.
    ///
    /// Whoever can connect to `listener` speaks as this machine's account: it must be reachable by
    /// its workloads alone.
    ///
    /// # Errors
    /// When tonic cannot serve.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), tonic::transport::Error> {
        let workload = Arc::new(self.0);
        let Limits {
            connections,
            preface,
            ..
        } = workload.limits;
        let incoming = Incoming::new(listener, workload, connections, preface);
        let service =
            HandshakerServiceServer::new(Service).max_decoding_message_size(MAX_REQUEST_LEN);
        Server::builder()
            .max_concurrent_streams(MAX_CONCURRENT_STREAMS)
            .initial_stream_window_size(MAX_REQUEST_LEN as u32)
            // Libraries cancel finished calls in bursts: a hundred resets at once are no attack
            // here.
            .http2_max_pending_accept_reset_streams(Some(MAX_CONCURRENT_STREAMS as usize))
            .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
            .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
            .serve_with_incoming_shutdown(service, incoming, stop)
            .await
    }
}

impl fmt::Debug for MachineHandshaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Workload {
            machine, session, ..
        } = &self.0;
        write!(f, "MachineHandshaker({machine} as {})", session.account)
    }
}

/// What tonic calls.
struct Service;

#[tonic::async_trait]
impl HandshakerService for Service {
    type DoHandshakeStream = ReceiverStream<Result<HandshakerResp, Status>>;

    async fn do_handshake(
        &self,
        request: Request<Streaming<HandshakerReq>>,
    ) -> Result<Response<Self::DoHandshakeStream>, Status> {
        let connection = request
            .extensions()
            .get::<Arc<Connection>>()
            .cloned()
            .ok_or_else(|| {
                Status::internal(
                    "the connection is unknown; connect through the handshaker's listener",
                )
            })?;
        let user_agent = request.metadata().get("user-agent");
        let user_agent = user_agent.and_then(|agent| agent.to_str().ok());
        let library = ClientLibrary::from_user_agent(user_agent);
        let (answers, stream) = mpsc::channel(ANSWERS_UNDER_WAY);
        tokio::spawn(Call::new(connection, library, request.into_inner(), answers).run());
        // At once, not with the first answer: some libraries send nothing before they have headers.
        Ok(Response::new(ReceiverStream::new(stream)))
    }
}
