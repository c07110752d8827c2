//! One `DoHandshake` RPC as a state machine without I/O: requests in, answers and the RPC's end
//! out.
//!
//! ```text
//!   client_start ------> [ServerInit due] --next--> [ServerFinished due] --next--> result, OK
//!   server_start(in) --> [ClientInit due] --next--> [ClientFinished due] --next--> result, OK
//!                              any failure ----------------------------------> the RPC fails
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
mod client_library;
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
    client_library::{ClientLibrary, Side},
    failure::{BadRequest, Failure, MAX_FIRST_REQUEST_LEN},
};
use alts::ServiceAccount;
use alts_authority::issuer::NoCredential;
use alts_handshake::{
    ClientConfig, Entropy, Handshake, HandshakeCredential, Input, NamePolicy, PeerVerifier,
    Progress, Resumption, ServerConfig, Timestamp, VerifiedPeer, append_no_credential_abort,
};

/// What stays the same for all sessions of one machine.
#[derive(Clone, Debug)]
pub struct SessionContext {
    /// Whose sessions these are.
    pub account: ServiceAccount,
    /// Who may answer to what is dialled.
    pub names: Arc<NamePolicy>,
    /// Tickets; `None`: every handshake is a full one. Belongs to `account` alone.
    pub resumption: Option<Arc<Resumption>>,
}

impl SessionContext {
    /// With any peer behind any name, and no resumption.
    pub fn new(account: ServiceAccount) -> Self {
        Self {
            account,
            names: Arc::default(),
            resumption: None,
        }
    }
}

/// What one request leads to.
#[derive(Debug)]
pub enum Step {
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
    library: ClientLibrary,
    account: ServiceAccount,
    handshake: Handshake,
}

impl Session {
    /// Refuses a first request that is larger than any start. For who has to hold it for a while:
    /// many wait for their turn.
    pub fn refuse_large(request: &HandshakerReq) -> Option<Step> {
        let len = request.encoded_len();
        let error = BadRequest::FirstTooLong(len);
        (len > MAX_FIRST_REQUEST_LEN).then(|| fail_first(Failure::from(&error), &[], 0))
    }

    /// Takes an RPC's first request.
    pub fn begin(
        context: &SessionContext,
        verifier: Arc<PeerVerifier>,
        library: ClientLibrary,
        request: HandshakerReq,
        credential: Result<Arc<HandshakeCredential>, NoCredential>,
        entropy: Entropy,
        now: Timestamp,
    ) -> Step {
        let start = match Start::parse(request, &context.account) {
            Ok(start) => start,
            Err(error) => return fail_first(Failure::from(&error), &[], 0),
        };
        let credential = match credential {
            Ok(credential) => credential,
            Err(cause) => return no_credential(library, &start, &cause),
        };
        let resumption = context.resumption.clone();
        let mut out = Vec::new();
        let (handshake, in_bytes) = match start {
            Start::Client {
                offer,
                targets,
                target_name,
            } => {
                let config = ClientConfig {
                    credential,
                    offer,
                    targets,
                    target_name,
                    names: Arc::clone(&context.names),
                    resumption,
                };
                let handshake = Handshake::client(config, verifier, entropy, now, &mut out);
                (handshake, Vec::new())
            }
            Start::Server { offer, in_bytes } => {
                let config = ServerConfig {
                    credential,
                    offer,
                    resumption,
                };
                (Handshake::server(config, verifier, entropy), in_bytes)
            }
        };
        let session = Self {
            library,
            account: context.account.clone(),
            handshake,
        };
        session.take(&in_bytes, now, out, fail_first)
    }

    /// The same, judging the peer by what the machine believes now: a revocation list that arrives
    /// while a handshake is under way counts until its last message.
    #[must_use]
    pub fn with_verifier(mut self, verifier: Arc<PeerVerifier>) -> Self {
        self.handshake.set_verifier(verifier);
        self
    }

    /// Takes a later request.
    pub fn proceed(self, request: HandshakerReq, now: Timestamp) -> Step {
        let library = self.library;
        let fail = move |failure, out: &[u8], consumed| fail_later(library, failure, out, consumed);
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
        fail: impl FnOnce(Failure, &[u8], usize) -> Step,
    ) -> Step {
        let mut input = Input::new(in_bytes);
        match self.handshake.process(&mut input, now, &mut out) {
            Ok(Progress::NeedsInput(handshake)) => Step::Continue {
                answer: answer(&out, input.consumed()),
                session: Self { handshake, ..self },
            },
            Ok(Progress::Done(established)) => Step::Finished {
                peer: Arc::clone(&established.peer),
                resumed: established.resumed,
                answer: final_answer(&out, input.consumed(), established, &self.account),
            },
            Err(error) => fail(Failure::from(&error), &out, input.consumed()),
        }
    }
}

fn fail_first(failure: Failure, out_frames: &[u8], consumed: usize) -> Step {
    Step::Failed {
        answer: Some(failed_answer(&failure, out_frames, consumed)),
        failure,
    }
}

pub(crate) fn fail_later(
    library: ClientLibrary,
    failure: Failure,
    out_frames: &[u8],
    consumed: usize,
) -> Step {
    let answer = match library {
        ClientLibrary::GrpcGo => None,
        ClientLibrary::CCore | ClientLibrary::Other => {
            Some(failed_answer(&failure, out_frames, consumed))
        }
    };
    Step::Failed { answer, failure }
}

/// The exception that the module's documentation explains.
fn no_credential(library: ClientLibrary, start: &Start, cause: &NoCredential) -> Step {
    let failure = Failure::from(cause);
    let answer = match start {
        Start::Client { .. } => {
            (library == ClientLibrary::CCore).then(|| failed_answer(&failure, &[], 0))
        }
        Start::Server { in_bytes, .. } => {
            let mut out = Vec::new();
            append_no_credential_abort(&cause.cause_for_peer(), &mut out);
            Some(answer(&out, in_bytes.len()))
        }
    };
    Step::Failed { answer, failure }
}
