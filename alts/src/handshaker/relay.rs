//! The rules of a `DoHandshake` conversation, without I/O: what to ask the handshaker next, what
//! to pass to the peer, when it is over.
//!
//! ```text
//!   peer ──bytes──▶ Relay ──HandshakerReq──▶ handshaker
//!   peer ◀─bytes── Relay ◀─HandshakerResp── handshaker        one answer to each request
//! ```
//!
//! The bytes are opaque here. The strictest reading of the interface wins: the status of every
//! answer counts (grpc-go looks only at the first), bytes that an answer did not consume are kept
//! (C-core drops them), and an answer that gets nowhere ends in an error rather than in a loop.

use super::result::Verdict;
use crate::{
    Error, Misbehaviour, RpcVersions, ServiceAccount,
    gcp::{self, handshaker_req::ReqOneof},
    record::{MAX_LENGTH, RECORD_PROTOCOL, Side},
};

/// The only application protocol of ALTS.
pub(super) const APPLICATION_PROTOCOL: &str = "grpc";
/// Handshake bytes that may lie unconsumed. One flight of ours is under 2 KiB, Google's under
/// 8 KiB; grpc-go reads at most 64 KiB a step.
const MAX_UNCONSUMED_LEN: usize = 64 * 1024;
/// Requests in one handshake. Three suffice; each further one carries at least one byte more of
/// a flight that arrived in pieces.
const MAX_ROUNDS: usize = 16 * 1024;

/// How much of a handshaker's words goes into an error: more than any of ours says.
const MAX_DETAIL_CHARS: usize = 1024;

/// What to do after an answer.
#[derive(Debug)]
pub(super) enum Step {
    /// Ask the handshaker this at once.
    Ask(Box<gcp::HandshakerReq>),
    /// Read this much from the peer at most, then [`Relay::peer_sent`].
    NeedBytes(usize),
    /// Both handshakers are satisfied. The bytes are the peer's first records.
    Done(Verdict, Vec<u8>),
}

/// One handshake as the application sees it.
#[derive(Debug)]
pub(super) struct Relay {
    side: Side,
    /// Bytes of the request that is under way, or that its answer left unconsumed.
    in_bytes: Vec<u8>,
    rounds: usize,
}

impl Relay {
    /// Begins as the side that dialled.
    pub(super) fn client(
        target_name: &str,
        targets: &[ServiceAccount],
    ) -> (Self, gcp::HandshakerReq) {
        let start = gcp::StartClientHandshakeReq {
            handshake_security_protocol: gcp::HandshakeProtocol::Alts.into(),
            application_protocols: vec![APPLICATION_PROTOCOL.to_owned()],
            record_protocols: vec![RECORD_PROTOCOL.to_owned()],
            target_identities: targets.iter().map(gcp::Identity::service_account).collect(),
            target_name: target_name.to_owned(),
            rpc_versions: Some(RpcVersions::OURS.into()),
            max_frame_size: DECLARED_MAX_FRAME_SIZE,
            ..Default::default()
        };
        Self::begin(Side::Client, Vec::new(), ReqOneof::ClientStart(start))
    }

    /// Begins as the side that accepted, with the first bytes the peer sent.
    pub(super) fn server(first_bytes: Vec<u8>) -> (Self, gcp::HandshakerReq) {
        let parameters = gcp::ServerHandshakeParameters {
            record_protocols: vec![RECORD_PROTOCOL.to_owned()],
            ..Default::default()
        };
        let start = gcp::StartServerHandshakeReq {
            application_protocols: vec![APPLICATION_PROTOCOL.to_owned()],
            handshake_parameters: [(gcp::HandshakeProtocol::Alts.into(), parameters)].into(),
            in_bytes: first_bytes.clone(),
            rpc_versions: Some(RpcVersions::OURS.into()),
            max_frame_size: DECLARED_MAX_FRAME_SIZE,
            ..Default::default()
        };
        Self::begin(Side::Server, first_bytes, ReqOneof::ServerStart(start))
    }

    fn begin(side: Side, in_bytes: Vec<u8>, start: ReqOneof) -> (Self, gcp::HandshakerReq) {
        let relay = Self {
            side,
            in_bytes,
            rounds: 1,
        };
        (relay, request(start))
    }

    /// The request that carries what the peer sent, behind what was left of before.
    ///
    /// # Errors
    /// When too much has piled up unconsumed, or the handshake goes nowhere.
    pub(super) fn peer_sent(&mut self, bytes: &[u8]) -> Result<gcp::HandshakerReq, Error> {
        self.in_bytes.extend_from_slice(bytes);
        if self.in_bytes.len() > MAX_UNCONSUMED_LEN {
            return Err(Misbehaviour::TooMuchUnread(MAX_UNCONSUMED_LEN).into());
        }
        self.next_request()
    }

    /// Takes in an answer. What is appended to `to_peer` must be sent even when this fails: it
    /// may tell the peer why.
    ///
    /// # Errors
    /// The handshake failed or the handshaker broke its rules; both are final.
    pub(super) fn answered(
        &mut self,
        mut answer: gcp::HandshakerResp,
        to_peer: &mut Vec<u8>,
    ) -> Result<Step, Error> {
        let first = self.is_first();
        // Taken out at once, so that its keys are wiped whatever is wrong with the answer.
        let result = answer.result.take().map(Verdict::new);
        to_peer.extend_from_slice(&answer.out_frames);
        if let Some(status) = answer.status.filter(|status| status.code != 0) {
            return Err(self.failure(first, status.code, &status.details));
        }
        let consumed = usize::try_from(answer.bytes_consumed).unwrap_or(usize::MAX);
        let given = self.in_bytes.len();
        if consumed > given {
            return Err(Misbehaviour::ConsumedTooMuch { consumed, given }.into());
        }
        self.in_bytes.drain(..consumed);
        if let Some(result) = result {
            return Ok(Step::Done(result, std::mem::take(&mut self.in_bytes)));
        }
        let progress = consumed > 0 || !answer.out_frames.is_empty();
        if progress && !self.in_bytes.is_empty() {
            return Ok(Step::Ask(Box::new(self.next_request()?)));
        }
        // Reading no more than fits keeps records that follow the peer's last flight, however
        // many, from being mistaken for a flight that never ends.
        match MAX_UNCONSUMED_LEN - self.in_bytes.len() {
            0 => Err(Misbehaviour::TooMuchUnread(MAX_UNCONSUMED_LEN).into()),
            room => Ok(Step::NeedBytes(room)),
        }
    }

    /// The error for a status that the handshaker gave, in a message or as its call's end.
    ///
    /// The first answer speaks of ourselves; a later one speaks of the peer.
    pub(super) fn failure(&self, first: bool, code: u32, detail: &str) -> Error {
        let named = tonic::Code::from_i32(code.cast_signed());
        let detail = match detail {
            "" => named.description().to_owned(),
            _ => one_line(detail),
        };
        match (first, named) {
            (true, tonic::Code::Unavailable) => Error::NoCredential { detail },
            (false, tonic::Code::Unavailable) => Error::HandshakerUnable { detail },
            (false, tonic::Code::PermissionDenied) if self.side == Side::Client => {
                Error::NotATarget { detail }
            }
            // A server's first request already carries bytes of the peer's.
            (true, _) if self.side == Side::Client => Error::HandshakerRefused { code, detail },
            _ => Error::Refused { code, detail },
        }
    }

    /// Which side of the handshake this is.
    pub(super) fn side(&self) -> Side {
        self.side
    }

    /// Whether the answer to come is the first.
    pub(super) fn is_first(&self) -> bool {
        self.rounds == 1
    }

    fn next_request(&mut self) -> Result<gcp::HandshakerReq, Error> {
        self.rounds += 1;
        if self.rounds > MAX_ROUNDS {
            return Err(Misbehaviour::TooManyRounds(MAX_ROUNDS).into());
        }
        let next = gcp::NextHandshakeMessageReq {
            in_bytes: self.in_bytes.clone(),
            ..Default::default()
        };
        Ok(request(ReqOneof::Next(next)))
    }
}

/// What we tell peers to send at most: our receive limit.
const DECLARED_MAX_FRAME_SIZE: u32 = MAX_LENGTH as u32;

/// Others' words, fit for a log: a handshaker quotes what a stranger sent as its reason.
fn one_line(text: &str) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().take(MAX_DETAIL_CHARS).map(printable).collect()
}

fn request(kind: ReqOneof) -> gcp::HandshakerReq {
    gcp::HandshakerReq {
        req_oneof: Some(kind),
    }
}
