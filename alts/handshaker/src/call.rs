//! One call of `DoHandshake`: the shell around [`Session`]. Decides nothing; bounds everything in
//! time.

use std::{
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

use alts::gcp::{HandshakerReq, HandshakerResp};
use alts_daemon::{connections::ActiveCallGuard, rng};
use tokio::{sync::mpsc, time::timeout};
use tonic::{Status, Streaming};

use crate::{
    connection::Connection,
    hook::{Ending, FaultedStep, Interference},
    limits::{HandshakeLimiter, Limits},
    report::{Outcome, Report},
    session::{Caller, Failure, Session, Side, Turn},
};

/// How long a failure's status may wait for a library that reads nothing.
const STATUS_TIMEOUT: Duration = Duration::from_secs(5);

type Answers = mpsc::Sender<Result<HandshakerResp, Status>>;

/// One call.
pub(crate) struct Call {
    connection: Arc<Connection>,
    limits: Limits,
    limiter: Arc<HandshakeLimiter>,
    caller: Caller,
    requests: Streaming<HandshakerReq>,
    answers: Answers,
    interference: Option<Box<dyn Interference>>,
    _active: Option<ActiveCallGuard>,
}

/// How the conversation ended, and how the call is to end.
struct Ended {
    outcome: Outcome,
    ending: Ending,
}

impl Call {
    pub(crate) fn new(
        connection: Arc<Connection>,
        limits: Limits,
        limiter: Arc<HandshakeLimiter>,
        caller: Caller,
        requests: Streaming<HandshakerReq>,
        answers: Answers,
    ) -> Self {
        Self {
            interference: connection.begin_interference(),
            _active: connection.begin_call(),
            connection,
            limits,
            limiter,
            caller,
            requests,
            answers,
        }
    }

    pub(crate) async fn run(mut self) {
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
                return end(&answers, Status::deadline_exceeded(status)).await;
            }
        };
        let started = Instant::now();
        let side = Side::of(&first);
        let workload = Arc::clone(self.connection.workload());
        let limit = self.limits.handshake;
        let in_progress = workload.metrics.in_progress(&workload.machine);
        let ended = tokio::select! {
            // A library that has its result may be gone at once: that is no cancellation.
            biased;
            ended = timeout(limit, self.converse(first, side)) => ended.unwrap_or(Ended {
                outcome: Outcome::TimedOut(limit),
                ending: Ending::Normal,
            }),
            () = answers.closed() => Ended { outcome: Outcome::Cancelled, ending: Ending::Normal },
        };
        drop(in_progress);
        Report {
            machine: &workload.machine,
            side,
            outcome: &ended.outcome,
            duration: started.elapsed(),
        }
        .tell(&workload.metrics);
        match (ended.ending, status(&ended.outcome)) {
            (Ending::Normal, Some(status)) => end(&answers, status).await,
            // Even a fault does not hold a call for good.
            (Ending::LeftOpen, _) => {
                let _ = timeout(self.limits.first_message, answers.closed()).await;
            }
            (Ending::Normal, None) | (Ending::Dropped, _) => {}
        }
    }

    /// Answers requests until the handshake is over. Ends before the RPC's status is sent.
    async fn converse(&mut self, first: HandshakerReq, side: Option<Side>) -> Ended {
        let normally = |outcome| Ended {
            outcome,
            ending: Ending::Normal,
        };
        if let Some(Turn::Failed { answer, failure }) = Session::refuse_large(&first) {
            drop(first);
            if let Some(answer) = answer {
                self.answer(answer).await;
            }
            return normally(Outcome::Failed(failure));
        }
        // Before any work goes into it; a call without a message takes no permit.
        let limiter = Arc::clone(&self.limiter);
        let Some(_permit) = limiter.take().await else {
            return normally(Outcome::Failed(too_many()));
        };
        if let Some(faults) = &mut self.interference {
            faults.admit().await;
        }
        let mut turn = match self.begin(first).await {
            Ok(turn) => turn,
            Err(failure) => return normally(Outcome::Failed(failure)),
        };
        loop {
            let workload = Arc::clone(self.connection.workload());
            let (judged, allowed) = workload.peer_check.apply(self.caller, turn).await;
            if let Some(allowed) = allowed {
                let verdict = if allowed { "allowed" } else { "refused" };
                workload.metrics.peer_check(&workload.machine, verdict);
            }
            let FaultedStep {
                turn: step,
                extra,
                ending,
            } = match &self.interference {
                None => judged.into(),
                Some(faults) => faults.inject(side, judged).await,
            };
            match step {
                Turn::Continue { answer, session } => {
                    self.answer(answer).await;
                    if let Some(extra) = extra {
                        self.answer(extra).await;
                    }
                    let request = match self.requests.message().await {
                        Ok(Some(request)) => request,
                        Ok(None) => return normally(Outcome::Abandoned),
                        Err(_) => return normally(Outcome::Cancelled),
                    };
                    turn = session
                        .with_verifier(workload.trust.current())
                        .proceed(request, workload.clock.now());
                }
                Turn::Finished {
                    answer,
                    peer,
                    resumed,
                } => {
                    if ending != Ending::Dropped {
                        self.answer(answer).await;
                    }
                    return Ended {
                        outcome: Outcome::Established { peer, resumed },
                        ending,
                    };
                }
                Turn::Failed { answer, failure } => {
                    if let Some(answer) = answer {
                        self.answer(answer).await;
                    }
                    return Ended {
                        outcome: Outcome::Failed(failure),
                        ending,
                    };
                }
            }
        }
    }

    async fn begin(&self, first: HandshakerReq) -> Result<Turn, Failure> {
        let workload = self.connection.workload();
        let wrong = match &self.interference {
            None => None,
            Some(faults) => faults.credential().await,
        };
        let credential = match wrong {
            None => self.connection.credential().await,
            Some(wrong) => wrong,
        };
        let entropy = rng::handshake_entropy().map_err(|error| Failure {
            code: tonic::Code::Internal,
            details: error.to_string(),
        })?;
        let now = workload.clock.now();
        let mut session = workload.session();
        if self.interference.is_some() {
            // A resumed session shows no certificate that could be wrong.
            session.resumption = None;
        }
        Ok(Session::begin(
            &session,
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

fn too_many() -> Failure {
    Failure {
        code: tonic::Code::ResourceExhausted,
        details: "too many handshakes wait already on this machine; try again in a while"
            .to_owned(),
    }
}

/// What the RPC ends with. `None` is OK.
fn status(outcome: &Outcome) -> Option<Status> {
    match outcome {
        Outcome::Established { .. } | Outcome::Cancelled => None,
        Outcome::Failed(failure) => Some(Status::new(failure.code, failure.details.as_str())),
        Outcome::Abandoned => Some(Status::cancelled(
            "the call was half-closed before the handshake was done; keep it open until the result",
        )),
        Outcome::TimedOut(limit) => Some(Status::deadline_exceeded(format!(
            "the handshake took longer than {limit:?}; check whether the peer answers"
        ))),
    }
}

async fn end(answers: &Answers, status: Status) {
    // Whether it got through does not matter: dropping the sender ends the call in any case.
    let _ = timeout(STATUS_TIMEOUT, answers.send(Err(status))).await;
}
