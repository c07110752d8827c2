//! ServerInit is in and ServerFinished is due: the server has yet to prove itself.

use std::{fmt, sync::Arc};

use super::config::ClientConfig;
use crate::{
    certificate::{Timestamp, VerifiedPeer},
    error::HandshakeError,
    exchange::{Established, Progress},
    frame::{Frame, FrameReader, FrameType, Input},
    keys::{NotAuthentic, SessionKeys, Transcript, mac_matches},
    message::{self, ServerFinished, ServerInit},
    ticket::{NewTicket, ResumableSession, SessionParameters, StoredTicket},
    trust::Trust,
};

/// What ServerFinished is to prove: that the server has these keys.
pub(super) struct AwaitedProof {
    pub(super) keys: SessionKeys,
    pub(super) peer: Arc<VerifiedPeer>,
    pub(super) resumed: bool,
}

/// The keys are derived; the server has yet to prove that it has them too.
pub struct ExpectServerFinished {
    pub(super) config: ClientConfig,
    pub(super) init: ServerInit,
    pub(super) awaited: AwaitedProof,
    /// All frames so far.
    pub(super) transcript: Transcript,
    pub(super) reader: FrameReader,
}

impl ExpectServerFinished {
    /// Judges the server by `trust`, whatever was believed when it was judged first.
    pub fn set_verifier(&mut self, trust: Arc<Trust>) {
        self.config.trust = trust;
    }

    /// Checks the server's proof, then once more whether it is believed, then whether the caller
    /// wanted this server; appends ClientFinished to `out`.
    ///
    /// # Errors
    /// See [`HandshakeError`]; `out` may then hold an Abort, to be sent.
    pub fn process(
        mut self,
        input: &mut Input<'_>,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<Progress<Self, Established>, HandshakeError> {
        let outcome = match self.reader.read(input) {
            Ok(None) => return Ok(Progress::NeedsInput(self)),
            Ok(Some(frame)) => self.on_server_finished(frame, now, out),
            Err(error) => Err(error.into()),
        };
        outcome
            .map(Progress::Done)
            .inspect_err(|error| error.append_abort(out))
    }

    fn on_server_finished(
        mut self,
        frame: Frame,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<Established, HandshakeError> {
        let frame = message::expect(frame, FrameType::ServerFinished)?;
        let message = ServerFinished::parse(&frame)?;
        let AwaitedProof {
            keys,
            peer,
            resumed,
        } = self.awaited;
        let expected = keys.server_finished(self.transcript.hash(), &message.ticket_bytes);
        if !mac_matches(&expected, &message.mac) {
            return Err(NotAuthentic::ServerFinished.into());
        }
        self.config.trust.revalidate(&peer, now)?;
        // Asked only now: before the proof, the name was a claim.
        self.config.check_wanted(&peer)?;

        if let Some(ticket) = message.ticket {
            let protocol = &self.init.record_protocol;
            let stored = stored(ticket, &keys, &peer, protocol, now);
            self.config.store_ticket(stored, now);
        }
        self.transcript.add(frame.bytes());
        let mac = keys.client_finished(self.transcript.hash());
        out.extend_from_slice(message::client_finished(&mac).bytes());
        Ok(Established {
            peer,
            record_protocol: self.init.record_protocol,
            application_protocol: self.init.application_protocol,
            peer_rpc_versions: self.init.rpc_versions,
            peer_max_frame_size: self.init.max_frame_size,
            target_name: None,
            resumed,
            record_key: keys.into_record_key(),
        })
    }
}

fn stored(
    ticket: NewTicket,
    keys: &SessionKeys,
    peer: &Arc<VerifiedPeer>,
    record_protocol: &str,
    now: Timestamp,
) -> StoredTicket {
    StoredTicket {
        ticket: ticket.ticket,
        session: ResumableSession {
            secret: keys.resumption(),
            parameters: SessionParameters::new(peer, record_protocol, now, ticket.lifetime),
        },
    }
}

impl fmt::Debug for ExpectServerFinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExpectServerFinished")
            .field("peer", &self.awaited.peer.account)
            .finish_non_exhaustive()
    }
}
