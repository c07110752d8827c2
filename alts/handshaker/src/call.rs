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
    limits::Limits,
    metrics::{IN_PROGRESS, PEER_CHECKS},
    report::{Outcome, Report},
    session::{ClientLibrary, Failure, Session, Side, Step},
};

/// How long a failure's status may wait for a library that reads nothing.
const STATUS_TIMEOUT: Duration = Duration::from_secs(5);

type Answers = mpsc::Sender<Result<HandshakerResp, Status>>;

/// One call.
pub(crate) struct Call {
    connection: Arc<Connection>,
    library: ClientLibrary,
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
        library: ClientLibrary,
        requests: Streaming<HandshakerReq>,
        answers: Answers,
    ) -> Self {
        Self {
            interference: connection.begin_interference(),
            _active: connection.begin_call(),
            connection,
            library,
            requests,
            answers,
        }
    }

    pub(crate) async fn run(mut self) {
        let answers = self.answers.clone();
        let workload = Arc::clone(self.connection.workload());
        let Limits {
            first_message,
            handshake: limit,
            ..
        } = workload.limits;
        let opened = tokio::select! {
            opened = timeout(first_message, self.requests.message()) => opened,
            // The library may give up at any time.
            () = answers.closed() => return,
        };
        let first = match opened {
            Ok(Ok(Some(first))) => first,
            Ok(Ok(None) | Err(_)) => return,
            Err(_) => {
                let status = format!(
                    "no message came for {first_message:?}; send a start message or close the call"
                );
                return end(&answers, Status::deadline_exceeded(status)).await;
            }
        };
        let started = Instant::now();
        let side = Side::of(&first);
        let in_progress = workload.metrics.counted(IN_PROGRESS, &workload.machine);
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
                let _ = timeout(first_message, answers.closed()).await;
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
        if let Some(Step::Failed { answer, failure }) = Session::refuse_large(&first) {
            drop(first);
            if let Some(answer) = answer {
                self.answer(answer).await;
            }
            return normally(Outcome::Failed(failure));
        }
        // Before any work goes into it; a call without a message takes no permit.
        let workload = Arc::clone(self.connection.workload());
        let Some(_permit) = workload.limiter.take().await else {
            return normally(Outcome::Failed(too_many()));
        };
        if let Some(faults) = &mut self.interference {
            faults.admit().await;
        }
        let mut step = match self.begin(first).await {
            Ok(step) => step,
            Err(failure) => return normally(Outcome::Failed(failure)),
        };
        loop {
            let (judged, verdict) = workload.peer_check.apply(self.library, step).await;
            if let Some(verdict) = verdict {
                let machine = &workload.machine;
                workload
                    .metrics
                    .count(PEER_CHECKS, machine, ("verdict", verdict));
            }
            let FaultedStep {
                step: faulted,
                extra,
                ending,
            } = match &self.interference {
                None => judged.into(),
                Some(faults) => faults.inject(side, judged).await,
            };
            match faulted {
                Step::Continue { answer, session } => {
                    self.answer(answer).await;
                    if let Some(extra) = extra {
                        self.answer(extra).await;
                    }
                    let request = match self.requests.message().await {
                        Ok(Some(request)) => request,
                        Ok(None) => return normally(Outcome::Abandoned),
                        Err(status) if status.code() == tonic::Code::OutOfRange => {
                            return normally(Outcome::Failed(Failure {
                                code: tonic::Code::ResourceExhausted,
                                details: status.message().to_owned(),
                            }));
                        }
                        Err(_) => return normally(Outcome::Cancelled),
                    };
                    step = session
                        .with_verifier(workload.verifier.current())
                        .proceed(request, workload.clock.now());
                }
                Step::Finished {
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
                Step::Failed { answer, failure } => {
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

    async fn begin(&self, first: HandshakerReq) -> Result<Step, Failure> {
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
        let mut context = workload.session.clone();
        if self.interference.is_some() {
            // A resumed session shows no certificate that could be wrong.
            context.resumption = None;
        }
        Ok(Session::begin(
            &context,
            workload.verifier.current(),
            self.library,
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
