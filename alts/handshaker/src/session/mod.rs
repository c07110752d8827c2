//! One `DoHandshake` RPC as a state machine without I/O: requests in, answers and the RPC's end
//! out.
//!
//! ```text
//!   client_start ------> [ExpectServerInit] --next--> [ExpectServerFinished] --next--> result, OK
//!   server_start(in) --> [ExpectClientInit] --next--> [ExpectClientFinished] --next--> result, OK
//!                              any failure --------------------------------------> the RPC fails
//! ```
//!
//! Three gRPC libraries read the same answers differently; these rules satisfy all of them (each
//! has a test of its name):
//!
//! * Every answer carries a `status`; C-core takes none for corruption.
//! * The result carries a `local_identity`, a peer's account, versions and both protocols; C-core
//!   insists.
//! * Each request gets one answer, and all its bytes are consumed unless the answer is the final
//!   one. The final answer's `bytes_consumed` is exact: the rest are records.
//! * The service ends the RPC itself right after the result; C-core waits for that.
//! * A failure at the first answer is told in a message *and* as the RPC's status. A later one too,
//!   except to grpc-go, which ignores a late `HandshakerStatus` and would wait until its deadline:
//!   it gets the RPC's status alone.
//!
//! One deliberate exception: **no credential** is nobody's protocol error. On the client's side the
//! RPC fails UNAVAILABLE with no message, because grpc-java reports UNAVAILABLE only for a failed
//! RPC; C-core gets the message too, because it shows its user nothing of a failed RPC. On the
//! server's side the answer is OK and its `out_frames` hold an Abort, because libraries drop the
//! frames of a failed answer and the peer would never learn why; then the RPC fails UNAVAILABLE.

mod answer;
mod caller;
mod failure;
mod start;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use alts::gcp::{HandshakerReq, HandshakerResp, handshaker_req::ReqOneof};
use prost::Message;

use self::{
    answer::{answer, failed_answer, final_answer},
    start::Start,
};
pub use self::{
    caller::{Caller, Side},
    failure::{BadRequest, Failure, MAX_FIRST_REQUEST_LEN},
};
use alts::ServiceAccount;
use alts_authority::issuer::NoCredential;
use alts_handshake::{
    Entropy, Established, ExpectClientFinished, ExpectClientInit, ExpectServerFinished,
    ExpectServerInit, HandshakeCredential, HandshakeError, Input, NamePolicy, Progress, Resumption,
    Timestamp, Trust, VerifiedPeer, append_no_credential_abort,
};

/// What stays the same for all sessions of one machine.
#[derive(Clone, Debug)]
pub struct SessionContext {
    /// Whose sessions these are.
    pub account: ServiceAccount,
    /// Whom this machine believes.
    pub trust: Arc<Trust>,
    /// Who may answer to what is dialled.
    pub names: Arc<NamePolicy>,
    /// Tickets; `None`: every handshake is a full one. Belongs to `account` alone.
    pub resumption: Option<Arc<Resumption>>,
}

impl SessionContext {
    /// With any peer behind any name, and no resumption.
    pub fn new(account: ServiceAccount, trust: Arc<Trust>) -> Self {
        Self {
            account,
            trust,
            names: Arc::default(),
            resumption: None,
        }
    }
}

/// What one request leads to.
#[derive(Debug)]
pub enum Turn {
    /// Send the answer and wait for the next request.
    Continue {
        /// To be sent.
        answer: HandshakerResp,
        /// To be asked next.
        session: Session,
    },
    /// Send the answer and end the RPC with OK, at once.
    Finished {
        /// To be sent; holds the result.
        answer: HandshakerResp,
        /// Who is at the other end.
        peer: Arc<VerifiedPeer>,
        /// Whether the session was resumed from an earlier one.
        resumed: bool,
    },
    /// Send the answer, if there is one, and fail the RPC.
    Failed {
        /// To be sent.
        answer: Option<HandshakerResp>,
        /// What to fail with.
        failure: Failure,
    },
}

/// A handshake under way.
#[derive(Debug)]
pub struct Session {
    caller: Caller,
    account: ServiceAccount,
    state: State,
}

#[derive(Debug)]
enum State {
    ServerInit(Box<ExpectServerInit>),
    ServerFinished(Box<ExpectServerFinished>),
    ClientInit(Box<ExpectClientInit>),
    ClientFinished(Box<ExpectClientFinished>),
}

impl Session {
    /// Refuses a first request that is larger than any start. For who has to hold it for a while:
    /// many wait for their turn.
    pub fn refuse_large(request: &HandshakerReq) -> Option<Turn> {
        let len = request.encoded_len();
        let error = BadRequest::FirstTooLong(len);
        (len > MAX_FIRST_REQUEST_LEN).then(|| fail_first(Failure::from(&error), &[], 0))
    }

    /// Takes an RPC's first request.
    pub fn begin(
        context: &SessionContext,
        caller: Caller,
        request: HandshakerReq,
        credential: Result<Arc<HandshakeCredential>, NoCredential>,
        entropy: Entropy,
        now: Timestamp,
    ) -> Turn {
        let start = match Start::parse(request, context) {
            Ok(start) => start,
            Err(error) => return fail_first(Failure::from(&error), &[], 0),
        };
        let credential = match credential {
            Ok(credential) => credential,
            Err(cause) => return no_credential(caller, &start, &cause),
        };
        let mut out = Vec::new();
        let (state, in_bytes) = match start {
            Start::Client(start) => {
                let config = start.into_config(context, credential);
                let state = ExpectServerInit::start(config, entropy, now, &mut out);
                (State::ServerInit(Box::new(state)), Vec::new())
            }
            Start::Server { offer, in_bytes } => {
                let config = start::server_config(offer, context, credential);
                let state = ExpectClientInit::new(config, entropy);
                (State::ClientInit(Box::new(state)), in_bytes)
            }
        };
        let session = Self {
            caller,
            account: context.account.clone(),
            state,
        };
        session.take(&in_bytes, now, out, fail_first)
    }

    /// The same, judging the peer by what the machine believes now: a revocation list that arrives
    /// while a handshake is under way counts until its last message.
    #[must_use]
    pub fn with_verifier(mut self, trust: Arc<Trust>) -> Self {
        self.state.set_verifier(trust);
        self
    }

    /// Takes a later request.
    pub fn proceed(self, request: HandshakerReq, now: Timestamp) -> Turn {
        let caller = self.caller;
        let fail = move |failure, out: &[u8], consumed| fail_later(caller, failure, out, consumed);
        match request.req_oneof {
            Some(ReqOneof::Next(next)) => self.take(&next.in_bytes, now, Vec::new(), fail),
            Some(_) => fail(Failure::from(&BadRequest::SecondStart), &[], 0),
            None => fail(Failure::from(&BadRequest::Empty), &[], 0),
        }
    }

    /// Feeds the peer's bytes to the handshake and words the answer. `out` may already hold frames.
    fn take(
        self,
        in_bytes: &[u8],
        now: Timestamp,
        mut out: Vec<u8>,
        fail: impl FnOnce(Failure, &[u8], usize) -> Turn,
    ) -> Turn {
        let mut input = Input::new(in_bytes);
        match self.state.advance(&mut input, now, &mut out) {
            Ok(Progress::NeedsInput(state)) => Turn::Continue {
                answer: answer(&out, input.consumed()),
                session: Self { state, ..self },
            },
            Ok(Progress::Done(established)) => Turn::Finished {
                peer: Arc::clone(&established.peer),
                resumed: established.resumed,
                answer: final_answer(&out, input.consumed(), established, &self.account),
            },
            Err(error) => fail(Failure::from(&error), &out, input.consumed()),
        }
    }
}

impl State {
    fn set_verifier(&mut self, trust: Arc<Trust>) {
        match self {
            Self::ServerInit(state) => state.set_verifier(trust),
            Self::ServerFinished(state) => state.set_verifier(trust),
            Self::ClientInit(state) => state.set_verifier(trust),
            Self::ClientFinished(state) => state.set_verifier(trust),
        }
    }

    fn advance(
        self,
        input: &mut Input<'_>,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<Progress<Self, Established>, HandshakeError> {
        use Progress::{Done, NeedsInput};
        let waiting = match self {
            Self::ServerInit(state) => match state.process(input, now, out)? {
                NeedsInput(state) => Self::ServerInit(Box::new(state)),
                // ServerFinished usually lies right behind.
                Done(next) => return Self::ServerFinished(Box::new(next)).advance(input, now, out),
            },
            Self::ServerFinished(state) => match state.process(input, now, out)? {
                NeedsInput(state) => Self::ServerFinished(Box::new(state)),
                Done(established) => return Ok(Done(established)),
            },
            Self::ClientInit(state) => match state.process(input, now, out)? {
                NeedsInput(state) => Self::ClientInit(Box::new(state)),
                Done(next) => Self::ClientFinished(Box::new(next)),
            },
            Self::ClientFinished(state) => match state.process(input, now, out)? {
                NeedsInput(state) => Self::ClientFinished(Box::new(state)),
                Done(established) => return Ok(Done(established)),
            },
        };
        Ok(NeedsInput(waiting))
    }
}

fn fail_first(failure: Failure, out_frames: &[u8], consumed: usize) -> Turn {
    Turn::Failed {
        answer: Some(failed_answer(&failure, out_frames, consumed)),
        failure,
    }
}

fn fail_later(caller: Caller, failure: Failure, out_frames: &[u8], consumed: usize) -> Turn {
    let answer = match caller {
        Caller::GrpcGo => None,
        Caller::CCore | Caller::Other => Some(failed_answer(&failure, out_frames, consumed)),
    };
    Turn::Failed { answer, failure }
}

/// The exception that the module's documentation explains.
fn no_credential(caller: Caller, start: &Start, cause: &NoCredential) -> Turn {
    let failure = Failure::from(cause);
    let answer = match start {
        Start::Client(_) => (caller == Caller::CCore).then(|| failed_answer(&failure, &[], 0)),
        Start::Server { in_bytes, .. } => {
            let mut out = Vec::new();
            append_no_credential_abort(&cause.cause_for_peer(), &mut out);
            Some(answer(&out, in_bytes.len()))
        }
    };
    Turn::Failed { answer, failure }
}
