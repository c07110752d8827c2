//! One machine's handshaker: the gRPC shell around [`Session`]. Decides nothing; bounds everything
//! in time and number.

use std::{
    fmt,
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

use alts::gcp::{
    HandshakerReq, HandshakerResp,
    handshaker_service_server::{HandshakerService, HandshakerServiceServer},
};
use tokio::{net::TcpListener, sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming, transport::Server};

use crate::{
    Clock, Issuer, ServiceAccount,
    connection::{Connection, Workload},
    environment,
    handshake::{Cipher, MachineName, Trust},
    listener::Incoming,
    log::{Outcome, log_rpc},
    session::{Caller, Failure, Session, SessionContext, Side, Turn},
};

/// Concurrent RPCs on one connection. C-core and Go run up to 100 client and 100 server handshakes
/// over one; ours may be told to run more.
const MAX_CONCURRENT_STREAMS: u32 = 1024;

/// Largest request, in bytes. A final one may carry records behind the handshake: a frame is at
/// most 1 MiB.
const MAX_REQUEST_LEN: usize = 2 * 1024 * 1024;

/// How long a failure's status may wait for a library that reads nothing.
const STATUS_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections of dead machines are found out by pings; libraries' own come every 10 minutes.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(120);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// Answers under way per RPC: one per request, and the final status.
const ANSWERS_UNDER_WAY: usize = 2;

/// How long a call may take. The defaults suit every known library; tests are in a hurry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the first message: a Go server opens the call before its peer talks, and waits up to
    /// 120 s.
    pub first_message: Duration,
    /// From the first message to the result: Java's deadline is 20 s, Go's 30 s.
    pub handshake: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            first_message: Duration::from_secs(130),
            handshake: Duration::from_secs(30),
        }
    }
}

/// The handshaker of one machine, which runs as one service account.
pub struct MachineHandshaker<I> {
    workload: Arc<Workload<I>>,
    limits: Limits,
}

impl<I: Issuer> MachineHandshaker<I> {
    /// Speaks for `account` with credentials from `issuer`; believes whom `trust` believes.
    pub fn new(
        machine: MachineName,
        account: ServiceAccount,
        issuer: Arc<I>,
        trust: Arc<Trust>,
        clock: Clock,
    ) -> Self {
        Self {
            workload: Arc::new(Workload {
                machine,
                session: SessionContext {
                    account,
                    trust,
                    ciphers: vec![Cipher::Pfs],
                },
                issuer,
                clock,
            }),
            limits: Limits::default(),
        }
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
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
        let incoming = Incoming::new(listener, Arc::clone(&self.workload));
        let service = HandshakerServiceServer::new(self).max_decoding_message_size(MAX_REQUEST_LEN);
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

#[tonic::async_trait]
impl<I: Issuer> HandshakerService for MachineHandshaker<I> {
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
        let rpc = Rpc {
            connection,
            limits: self.limits,
            caller,
            requests: request.into_inner(),
            answers,
        };
        tokio::spawn(rpc.run());
        Ok(Response::new(ReceiverStream::new(stream)))
    }
}

/// One call of `DoHandshake`.
struct Rpc<I> {
    connection: Arc<Connection<I>>,
    limits: Limits,
    caller: Caller,
    requests: Streaming<HandshakerReq>,
    answers: mpsc::Sender<Result<HandshakerResp, Status>>,
}

impl<I: Issuer> Rpc<I> {
    async fn run(mut self) {
        let answers = self.answers.clone();
        let opened = tokio::select! {
            opened = timeout(self.limits.first_message, self.requests.message()) => opened,
            // The library may give up at any time.
            () = answers.closed() => return,
        };
        let first = match opened {
            Ok(Ok(Some(first))) => first,
            Ok(Ok(None) | Err(_)) => return,
            Err(_) => {
                let waited = self.limits.first_message;
                let status = format!(
                    "no message came for {waited:?}; send a start message or close the call"
                );
                return end(answers, Status::deadline_exceeded(status)).await;
            }
        };
        let started = Instant::now();
        let side = Side::of(&first);
        let connection = Arc::clone(&self.connection);
        let limit = self.limits.handshake;
        let outcome = tokio::select! {
            outcome = timeout(limit, self.converse(first)) => {
                outcome.unwrap_or(Outcome::TimedOut(limit))
            }
            () = answers.closed() => Outcome::Cancelled,
        };
        log_rpc(
            &connection.workload().machine,
            side,
            &outcome,
            started.elapsed(),
        );
        if let Some(status) = status(&outcome) {
            end(answers, status).await;
        }
    }

    /// Answers requests until the handshake is over. Ends before the RPC's status is sent.
    async fn converse(&mut self, first: HandshakerReq) -> Outcome {
        let mut turn = match self.begin(first).await {
            Ok(turn) => turn,
            Err(failure) => return Outcome::Failed(failure),
        };
        loop {
            match turn {
                Turn::Continue { answer, session } => {
                    self.answer(answer).await;
                    let request = match self.requests.message().await {
                        Ok(Some(request)) => request,
                        Ok(None) => return Outcome::Abandoned,
                        Err(_) => return Outcome::Cancelled,
                    };
                    turn = session.proceed(request, self.connection.workload().clock.now());
                }
                Turn::Finished { answer, peer } => {
                    self.answer(answer).await;
                    return Outcome::Established(peer);
                }
                Turn::Failed { answer, failure } => {
                    if let Some(answer) = answer {
                        self.answer(answer).await;
                    }
                    return Outcome::Failed(failure);
                }
            }
        }
    }

    async fn begin(&self, first: HandshakerReq) -> Result<Turn, Failure> {
        let workload = self.connection.workload();
        let credential = self.connection.credential().await;
        let entropy = environment::handshake_entropy().map_err(|error| Failure {
            code: tonic::Code::Internal,
            details: error.to_string(),
        })?;
        let now = workload.clock.now();
        Ok(Session::begin(
            &workload.session,
            self.caller,
            first,
            credential,
            entropy,
            now,
        ))
    }

    async fn answer(&self, answer: HandshakerResp) {
        if self.answers.send(Ok(answer)).await.is_err() {
            // The library is gone: `run` sees it too, and drops this future.
            pending::<()>().await;
        }
    }
}

/// What the RPC ends with. `None` is OK.
fn status(outcome: &Outcome) -> Option<Status> {
    match outcome {
        Outcome::Established(_) | Outcome::Cancelled => None,
        Outcome::Failed(failure) => Some(Status::new(failure.code, failure.details.as_str())),
        Outcome::Abandoned => Some(Status::cancelled(
            "the call was half-closed before the handshake was done; keep it open until the result",
        )),
        Outcome::TimedOut(limit) => Some(Status::deadline_exceeded(format!(
            "the handshake took longer than {limit:?}; check whether the peer answers"
        ))),
    }
}

async fn end(answers: mpsc::Sender<Result<HandshakerResp, Status>>, status: Status) {
    // Whether it got through does not matter: dropping the sender ends the call in any case.
    let _ = timeout(STATUS_TIMEOUT, answers.send(Err(status))).await;
}
