//! One machine's handshaker as a gRPC service. Decides nothing; bounds everything in number.

use std::{fmt, sync::Arc, time::Duration};

use alts::gcp::{
    HandshakerReq, HandshakerResp,
    handshaker_service_server::{HandshakerService, HandshakerServiceServer},
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, SemaphorePermit, mpsc},
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming, transport::Server};

use crate::{
    Clock, Issuer, NoEntropy, ServiceAccount,
    config::HandshakeConfig,
    connection::{Connection, Workload},
    environment,
    faults::FaultSwitch,
    handshake::{MachineName, Resumption},
    listener::Incoming,
    metrics::Metrics,
    revocation::Revocation,
    rpc::Rpc,
    session::{Caller, SessionContext},
    slots::{MAX_CONNECTIONS, Slots, capacity},
    trust_feed::TrustFeed,
};

/// Concurrent RPCs on one connection. C-core and Go run up to 100 client and 100 server handshakes
/// over one; ours may be told to run more.
const MAX_CONCURRENT_STREAMS: u32 = 1024;

/// Handshakes under way at once, over all connections of a machine; as many more wait, and others are refused.
/// Each holds its first request of at most 96 KiB or a frame of at most 64 KiB: all of them together
/// stay below 768 MiB. (A request that is still arriving is HTTP/2's: one a call, of at most
/// `MAX_REQUEST_LEN`.)
const MAX_HANDSHAKES: usize = 4096;
const MAX_WAITING: usize = 4096;

/// Largest request, in bytes. A final one may carry records behind the handshake: a frame is at
/// most 1 MiB. It is not held: what is not needed of it goes at once.
const MAX_REQUEST_LEN: usize = 2 * 1024 * 1024;

/// Connections of dead machines are found out by pings; libraries' own come every 10 minutes.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(120);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// Answers under way per RPC: one per request, and the final status.
const ANSWERS_UNDER_WAY: usize = 2;

/// How long things may take. The defaults suit every known library; tests are in a hurry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From a connection's beginning until it speaks HTTP/2: libraries do so at once.
    pub preface: Duration,
    /// Until a call's first message: a Go server opens the call before its peer talks, and waits up
    /// to 120 s.
    pub first_message: Duration,
    /// From the first message to the result: Java's deadline is 20 s, Go's 30 s.
    pub handshake: Duration,
    /// Connections at once; the longest idle one gives way.
    pub connections: usize,
    /// Handshakes under way at once.
    pub handshakes: usize,
    /// Handshakes that wait until others have ended; more are refused.
    pub waiting: usize,
}

impl Limits {
    /// The defaults, for a process of so many listeners: together they leave it files to work with.
    #[must_use]
    pub fn shared_by(listeners: usize) -> Self {
        Self {
            connections: capacity(environment::open_files(), listeners, MAX_CONNECTIONS),
            ..Self::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            preface: Duration::from_secs(10),
            first_message: Duration::from_secs(130),
            handshake: Duration::from_secs(30),
            connections: MAX_CONNECTIONS,
            handshakes: MAX_HANDSHAKES,
            waiting: MAX_WAITING,
        }
    }
}

/// The handshakes of one machine, in number, wherever it listens.
#[derive(Debug)]
pub(crate) struct Places {
    /// Those under way and those that wait.
    all: Semaphore,
    under_way: Semaphore,
}

/// One of them; given back when dropped.
pub(crate) struct Place<'a> {
    _one: SemaphorePermit<'a>,
    _under_way: SemaphorePermit<'a>,
}

impl Places {
    fn new(limits: Limits) -> Self {
        Self {
            all: Semaphore::new(limits.handshakes + limits.waiting),
            under_way: Semaphore::new(limits.handshakes),
        }
    }

    /// Waits until others have ended. `None`: too many wait already.
    pub(crate) async fn take(&self) -> Option<Place<'_>> {
        let one = self.all.try_acquire().ok()?;
        let under_way = self.under_way.acquire().await.ok()?;
        Some(Place {
            _one: one,
            _under_way: under_way,
        })
    }
}

/// The handshaker of one machine, which runs as one service account.
pub struct MachineHandshaker<I> {
    workload: Workload<I>,
    limits: Limits,
    places: Arc<Places>,
}

impl<I: Issuer> MachineHandshaker<I> {
    /// Speaks for `account` with credentials from `issuer`; believes whom `trust` believes.
    pub fn new(
        machine: MachineName,
        account: ServiceAccount,
        issuer: Arc<I>,
        trust: impl Into<TrustFeed>,
        clock: Clock,
    ) -> Self {
        let trust = trust.into();
        Self {
            workload: Workload {
                machine,
                session: SessionContext::new(account, trust.current()),
                trust,
                issuer,
                revocation: Revocation::default(),
                faults: None,
                metrics: Arc::new(Metrics::new(clock.clone())),
                clock,
            },
            limits: Limits::default(),
            places: Arc::new(Places::new(Limits::default())),
        }
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self {
            limits,
            places: Arc::new(Places::new(limits)),
            ..self
        }
    }

    /// The same, counting into `metrics`.
    #[must_use]
    pub fn with_metrics(mut self, metrics: Arc<Metrics>) -> Self {
        self.workload.metrics = metrics;
        self
    }

    /// The same, treating disabled peers so.
    #[must_use]
    pub fn with_revocation(mut self, revocation: Revocation) -> Self {
        self.workload.revocation = revocation;
        self
    }

    /// The same, making handshakes as configured. Policies about certificates are a matter of trust
    /// and come with that.
    ///
    /// # Errors
    /// When there is no randomness for the resumption key.
    pub fn with_handshake(mut self, config: &HandshakeConfig) -> Result<Self, NoEntropy> {
        let workload = &mut self.workload;
        let session = &mut workload.session;
        session.ciphers = config.ciphers();
        session.names = Arc::new(config.names.clone());
        session.resumption = match config.resumption() {
            None => None,
            Some(settings) => {
                let (account, now) = (session.account.clone(), workload.clock.now());
                let resumption = Resumption::new(account, &environment::seed()?, settings, now);
                Some(Arc::new(resumption))
            }
        };
        Ok(self)
    }

    /// The same, failing on purpose when told to. For tests, never for service.
    #[must_use]
    pub fn with_faults(mut self, faults: Option<Arc<FaultSwitch>>) -> Self {
        self.workload.faults = faults;
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
        let workload = Arc::new(self.workload);
        let slots = Slots::new(self.limits.connections);
        let incoming = Incoming::new(listener, workload, slots, self.limits.preface);
        let service = Service::<I> {
            limits: self.limits,
            places: self.places,
            issuer: std::marker::PhantomData,
        };
        let service =
            HandshakerServiceServer::new(service).max_decoding_message_size(MAX_REQUEST_LEN);
        Server::builder()
            .max_concurrent_streams(MAX_CONCURRENT_STREAMS)
            // Libraries cancel finished calls in bursts: a hundred resets at once are no attack
            // here.
            .http2_max_pending_accept_reset_streams(Some(MAX_CONCURRENT_STREAMS as usize))
            .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
            .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
            .serve_with_incoming_shutdown(service, incoming, stop)
            .await
    }
}

impl<I> Clone for MachineHandshaker<I> {
    /// One machine that listens in several places.
    fn clone(&self) -> Self {
        Self {
            workload: self.workload.clone(),
            limits: self.limits,
            places: Arc::clone(&self.places),
        }
    }
}

impl<I> fmt::Debug for MachineHandshaker<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let workload = &self.workload;
        write!(
            f,
            "MachineHandshaker({} as {})",
            workload.machine, workload.session.account
        )
    }
}

/// What tonic calls.
struct Service<I> {
    limits: Limits,
    places: Arc<Places>,
    issuer: std::marker::PhantomData<fn() -> I>,
}

#[tonic::async_trait]
impl<I: Issuer> HandshakerService for Service<I> {
    type DoHandshakeStream = ReceiverStream<Result<HandshakerResp, Status>>;

    async fn do_handshake(
        &self,
        request: Request<Streaming<HandshakerReq>>,
    ) -> Result<Response<Self::DoHandshakeStream>, Status> {
        let connection = request
            .extensions()
            .get::<Arc<Connection<I>>>()
            .cloned()
            .ok_or_else(|| {
                Status::internal(
                    "the connection is unknown; connect through the handshaker's listener",
                )
            })?;
        let user_agent = request.metadata().get("user-agent");
        let caller = Caller::from_user_agent(user_agent.and_then(|agent| agent.to_str().ok()));
        let (answers, stream) = mpsc::channel(ANSWERS_UNDER_WAY);
        let rpc = Rpc::new(
            connection,
            self.limits,
            Arc::clone(&self.places),
            caller,
            request.into_inner(),
            answers,
        );
        tokio::spawn(rpc.run());
        // At once, not with the first answer: some libraries send nothing before they have headers.
        Ok(Response::new(ReceiverStream::new(stream)))
    }
}
