//! A handshaker for tests, without any cryptography: fixed keys, and flights that are lines of
//! text in which each side simply says who it is.
//!
//! ```text
//!   client's fake                                            server's fake
//!     │ ── CI <account> <max frame size> <rpc version>\n ──────▶ │
//!     │ ◀───── SI <account> <max frame size> <rpc version>\n ─── │   or ABORT <reason>\n
//!     │ ── CF\n ────────────────────────────────────────────────▶ │
//! ```
//!
//! It follows the interface to the letter unless it is given a [`Flaw`].

mod conversation;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
};
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tonic::{Code, Request, Response, Status, Streaming, transport::Server};

use conversation::{Conversation, refusal};

use super::{Handshaker, HandshakerBuilder};
use crate::{
    gcp,
    gcp::{
        handshaker_req::ReqOneof,
        handshaker_service_server::{HandshakerService, HandshakerServiceServer},
    },
    record::TrafficKeys,
};

/// What it does wrong. One at a time, changeable between handshakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Flaw {
    #[default]
    None,
    /// The n-th answer is an error status, and the call then ends with the same.
    Refuses(usize, Code),
    /// The first answer is an error status, with a last frame for the peer.
    RefusesAloud(Code),
    /// Instead of the n-th answer the call ends with this status.
    FailsCall(usize, Code),
    /// Instead of the n-th answer nothing happens, for ever.
    Stalls(usize),
    /// Instead of the n-th answer the call ends well.
    EndsEarly(usize),
    /// Every answer comes twice.
    AnswersTwice,
    /// It tells the peer why in an OK answer, and then ends the call with UNAVAILABLE.
    Aborts,
    OmitsStatus,
    /// It never ends a call by itself.
    StaysOpen,
    /// It leaves incomplete flights to be given again.
    ConsumesWholeFlightsOnly,
    ConsumesTooMuch,
    ShortKey,
    NoPeer,
    NoVersions,
    OldVersions,
    OtherRecordProtocol,
    ForgetsTargets,
}

/// The words of every refusal, so that tests can see them arrive.
pub(crate) const REASON: &str = "the fake handshaker was told to";
/// What a fake declares that it accepts.
pub(crate) const DECLARED: u32 = 1 << 20;

/// Every byte of every key; one that is no letter, so that it is printed as a number.
pub(crate) const KEY_BYTE: u8 = 0xe7;
const KEY_DATA: [u8; 128] = [KEY_BYTE; 128];

/// The keys of every connection between fakes.
pub(crate) fn keys() -> TrafficKeys {
    TrafficKeys::from_key_data(&KEY_DATA).expect("long enough")
}

/// A running fake. It stops when the test's runtime does.
#[derive(Debug, Clone)]
pub(crate) struct FakeHandshaker {
    pub(crate) address: SocketAddr,
    service: Service,
}

#[derive(Debug, Clone)]
struct Service {
    account: &'static str,
    flaw: Arc<Mutex<Flaw>>,
    starts: Arc<Mutex<Vec<ReqOneof>>>,
    calls: Arc<watch::Sender<usize>>,
}

impl FakeHandshaker {
    /// The handshaker of a machine that runs as `account`.
    pub(crate) async fn start(account: &'static str, flaw: Flaw) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let fake = Self::start_at(any, account).await;
        fake.now(flaw);
        fake
    }

    /// The same at a given address and without a flaw.
    pub(crate) async fn start_at(address: SocketAddr, account: &'static str) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let service = Service {
            account,
            flaw: Arc::default(),
            starts: Arc::default(),
            calls: Arc::new(watch::Sender::new(0)),
        };
        let server = Server::builder()
            .add_service(HandshakerServiceServer::new(service.clone()))
            .serve_with_incoming(TcpListenerStream::new(listener));
        tokio::spawn(server);
        Self { address, service }
    }

    pub(crate) fn builder(&self) -> HandshakerBuilder {
        builder_for(self.address)
    }

    pub(crate) fn handshaker(&self) -> Handshaker {
        self.builder().build().expect("a handshaker")
    }

    pub(crate) fn now(&self, flaw: Flaw) {
        *self.service.flaw.lock().expect("unpoisoned") = flaw;
    }

    /// The first request of every call so far.
    pub(crate) fn starts(&self) -> Vec<ReqOneof> {
        self.service.starts.lock().expect("unpoisoned").clone()
    }

    /// Waits until so many calls have begun.
    pub(crate) async fn begun(&self, calls: usize) {
        let mut seen = self.service.calls.subscribe();
        seen.wait_for(|&n| n >= calls).await.expect("running");
    }
}

/// The settings that every test starts from: a wrong turn ends in an error, not in a hang.
pub(crate) fn builder_for(address: SocketAddr) -> HandshakerBuilder {
    Handshaker::builder()
        .address(address.to_string())
        .allow_untrusted(true)
        .handshake_timeout(Duration::from_secs(10))
}

#[tonic::async_trait]
impl HandshakerService for Service {
    type DoHandshakeStream = ReceiverStream<Result<gcp::HandshakerResp, Status>>;

    async fn do_handshake(
        &self,
        request: Request<Streaming<gcp::HandshakerReq>>,
    ) -> Result<Response<Self::DoHandshakeStream>, Status> {
        let (answers, receiver) = mpsc::channel(4);
        tokio::spawn(converse(self.clone(), request.into_inner(), answers));
        Ok(Response::new(ReceiverStream::new(receiver)))
    }
}

type Answers = mpsc::Sender<Result<gcp::HandshakerResp, Status>>;

/// Answers one call; an error from `send` means that the library has gone.
async fn converse(
    service: Service,
    mut requests: Streaming<gcp::HandshakerReq>,
    answers: Answers,
) -> Option<()> {
    let flaw = *service.flaw.lock().expect("unpoisoned");
    service.calls.send_modify(|calls| *calls += 1);
    let mut conversation = Conversation::new(service.account, flaw);
    for number in 1.. {
        let request = requests.message().await.ok()??.req_oneof?;
        if number == 1 {
            let mut starts = service.starts.lock().expect("unpoisoned");
            starts.push(request.clone());
        }
        let mut answer = conversation.answer(request);
        if flaw == Flaw::OmitsStatus {
            answer.status = None;
        }
        match flaw {
            Flaw::FailsCall(n, code) if n == number => {
                return answers.send(Err(Status::new(code, REASON))).await.ok();
            }
            Flaw::Refuses(n, code) if n == number => {
                answers.send(Ok(refusal(code, REASON))).await.ok()?;
                return answers.send(Err(Status::new(code, REASON))).await.ok();
            }
            Flaw::RefusesAloud(code) => {
                let aloud = gcp::HandshakerResp {
                    out_frames: format!("ABORT {REASON}\n").into(),
                    ..refusal(code, REASON)
                };
                return answers.send(Ok(aloud)).await.ok();
            }
            Flaw::Stalls(n) if n == number => std::future::pending().await,
            Flaw::EndsEarly(n) if n == number => return None,
            Flaw::AnswersTwice => answers.send(Ok(answer.clone())).await.ok()?,
            Flaw::Aborts => {
                answer.out_frames = format!("ABORT {REASON}\n").into();
                answers.send(Ok(answer)).await.ok()?;
                let status = Status::unavailable(REASON);
                return answers.send(Err(status)).await.ok();
            }
            _ => {}
        }
        let failed = answer
            .status
            .as_ref()
            .is_some_and(|status| status.code != 0);
        let done = failed || answer.result.is_some();
        answers.send(Ok(answer)).await.ok()?;
        if done && flaw == Flaw::StaysOpen {
            answers.closed().await;
        }
        if done {
            break;
        }
    }
    Some(())
}
