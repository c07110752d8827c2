//! One call of `DoHandshake`: the shell around [`Session`]. Decides nothing; bounds everything in
//! time.

use std::{
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

use alts::gcp::{HandshakerReq, HandshakerResp};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use tonic::{Status, Streaming};

use crate::{
    Issuer, Limits, NoCredential,
    connection::{Connection, Workload},
    environment,
    faults::{self, Ending, Plan},
    handshake::HandshakeCredential,
    log::{Outcome, Report},
    service::Places,
    session::{Caller, Failure, Session, Side, Turn},
    slots::Busy,
};

/// How long a failure's status may wait for a library that reads nothing.
const STATUS_TIMEOUT: Duration = Duration::from_secs(5);

type Answers = mpsc::Sender<Result<HandshakerResp, Status>>;

/// One call.
pub(crate) struct Rpc<I> {
    connection: Arc<Connection<I>>,
    limits: Limits,
    places: Arc<Places>,
    caller: Caller,
    requests: Streaming<HandshakerReq>,
    answers: Answers,
    plan: Arc<Plan>,
    _busy: Option<Busy>,
}

/// How the conversation ended, and how the call is to end.
struct Ended {
    outcome: Outcome,
    ending: Ending,
}

impl<I: Issuer> Rpc<I> {
    pub(crate) fn new(
        connection: Arc<Connection<I>>,
        limits: Limits,
        places: Arc<Places>,
        caller: Caller,
        requests: Streaming<HandshakerReq>,
        answers: Answers,
    ) -> Self {
        let faults = connection.workload().faults.as_ref();
        Self {
            plan: faults.map(|switch| switch.plan()).unwrap_or_default(),
            _busy: connection.busy(),
            connection,
            limits,
            places,
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
        for fault in self.plan.faults() {
            workload.metrics.fault(&workload.machine, fault.name());
        }
        let in_progress = workload.metrics.in_progress(&workload.machine);
        let ended = tokio::select! {
            // A library that has its result may be gone at once: that is no cancellation.
            biased;
            ended = timeout(limit, self.converse(first, side)) => ended.unwrap_or(Ended {
                outcome: Outcome::TimedOut(limit),
                ending: Ending::AsTold,
            }),
            () = answers.closed() => Ended { outcome: Outcome::Cancelled, ending: Ending::AsTold },
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
            (Ending::AsTold, Some(status)) => end(&answers, status).await,
            // Even a fault does not hold a call for good.
            (Ending::LeftOpen, _) => {
                let _ = timeout(self.limits.first_message, answers.closed()).await;
            }
            (Ending::AsTold, None) | (Ending::Dropped, _) => {}
        }
    }

    /// Answers requests until the handshake is over. Ends before the RPC's status is sent.
    async fn converse(&mut self, first: HandshakerReq, side: Option<Side>) -> Ended {
        let as_told = |outcome| Ended {
            outcome,
            ending: Ending::AsTold,
        };
        if let Some(Turn::Failed { answer, failure }) = Session::refuse_large(&first) {
            drop(first);
            if let Some(answer) = answer {
                self.answer(answer).await;
            }
            return as_told(Outcome::Failed(failure));
        }
        // Before any work goes into it; a call without a message takes no place.
        let places = Arc::clone(&self.places);
        let Some(_place) = places.take().await else {
            return as_told(Outcome::Failed(too_many()));
        };
        let _stream = self.wait_for_stream().await;
        let mut turn = match self.begin(first).await {
            Ok(turn) => turn,
            Err(failure) => return as_told(Outcome::Failed(failure)),
        };
        loop {
            let workload = Arc::clone(self.connection.workload());
            let (judged, allowed) = workload.revocation.apply(self.caller, turn).await;
            if let Some(allowed) = allowed {
                let verdict = if allowed { "allowed" } else { "refused" };
                workload.metrics.peer_check(&workload.machine, verdict);
            }
            let spoilt = faults::spoil(&self.plan, side, judged);
            if let Some(delay) = self.plan.delay() {
                sleep(delay).await;
            }
            let ending = spoilt.ending;
            match spoilt.turn {
                Turn::Continue { answer, session } => {
                    self.answer(answer).await;
                    if let Some(extra) = spoilt.extra {
                        self.answer(extra).await;
                    }
                    let request = match self.requests.message().await {
                        Ok(Some(request)) => request,
                        Ok(None) => return as_told(Outcome::Abandoned),
                        Err(_) => return as_told(Outcome::Cancelled),
                    };
                    turn = session
                        .believing(workload.trust.current())
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
        let credential = match self.plan.credential_fault() {
            None => self.connection.credential().await,
            Some(fault) => self.wrong_credential(fault, workload).await,
        };
        let entropy = environment::handshake_entropy().map_err(|error| Failure {
            code: tonic::Code::Internal,
            details: error.to_string(),
        })?;
        let now = workload.clock.now();
        let mut session = workload.session();
        if !self.plan.is_empty() {
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

    async fn wrong_credential(
        &self,
        fault: faults::Fault,
        workload: &Workload<I>,
    ) -> Result<Arc<HandshakeCredential>, NoCredential> {
        let Some(switch) = &workload.faults else {
            return self.connection.credential().await;
        };
        let mut made = switch.credential.lock().await;
        if let Some((plan, credential)) = made.as_ref()
            && Arc::ptr_eq(plan, &self.plan)
        {
            return Ok(Arc::clone(credential));
        }
        let credential = faults::credential(fault, workload).await?;
        *made = Some((Arc::clone(&self.plan), Arc::clone(&credential)));
        Ok(credential)
    }

    /// The fault limit-streams: as if the transport let no more calls in.
    async fn wait_for_stream(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        let limit = usize::try_from(self.plan.stream_limit()?).ok()?;
        self.connection
            .stream_limit(limit)
            .acquire_owned()
            .await
            .ok()
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
