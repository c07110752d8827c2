//! ServerInit and ServerFinished are out; the client has yet to prove that it has the keys too.

use std::{fmt, sync::Arc};

use super::{
    Choice, ServerConfig,
    init::{Answer, check_turn},
};
use crate::{
    Entropy, Established, HandshakeError, Input, Progress, Timestamp, Trust, VerifiedPeer,
    error::NotAuthentic,
    finished::Finished,
    frame::{Frame, FrameReader, FrameType},
    keys::{SessionKeys, Transcript, mac_matches},
    message::{self, ClientInit},
    ticket::{HeldTicket, NewTicket, Resumable, Terms},
};

/// ServerInit and ServerFinished are out; the client has yet to prove that it has the keys too.
pub struct ExpectClientFinished {
    pub(super) config: ServerConfig,
    pub(super) entropy: Entropy,
    pub(super) peer: Arc<VerifiedPeer>,
    pub(super) resumed: bool,
    /// Whether the client was returned a ticket: if it cannot use it, it may begin again, once.
    pub(super) may_begin_again: bool,
    pub(super) choice: Choice,
    pub(super) init: ClientInit,
    pub(super) keys: SessionKeys,
    /// All frames so far.
    pub(super) transcript: Transcript,
    pub(super) reader: FrameReader,
}

impl ExpectClientFinished {
    /// Judges the client by `trust`, whatever was believed when it was judged first.
    pub fn believe(&mut self, trust: Arc<Trust>) {
        self.config.trust = trust;
    }

    /// Checks the client's proof, and once more whether it is believed: time has passed since its
    /// certificate or ticket was. What follows it in `input` is the client's first record.
    ///
    /// A client that cannot use the ticket it was returned begins again instead: then ServerInit and
    /// ServerFinished are appended to `out` a second time, and more input is needed.
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
            Ok(Some(frame)) if self.may_begin_again && frame.kind() == FrameType::ClientInit => {
                check_turn(input)
                    .and_then(|()| self.begin_again(frame, now, out))
                    .map(Progress::NeedsInput)
            }
            Ok(Some(frame)) => self.on_client_finished(frame, now).map(Progress::Done),
            Err(error) => Err(error.into()),
        };
        outcome.inspect_err(|error| error.append_abort(out))
    }

    fn begin_again(
        self,
        frame: Frame,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<Self, HandshakeError> {
        Answer::new(self.config, self.entropy, self.transcript, true).give(frame, now, out)
    }

    fn on_client_finished(
        self,
        frame: Frame,
        now: Timestamp,
    ) -> Result<Established, HandshakeError> {
        let frame = message::expect(frame, FrameType::ClientFinished)?;
        let message = Finished::parse(&frame)?;
        let digest = message.ticket_digest();
        let expected = self.keys.client_finished(self.transcript.hash(), digest);
        if !mac_matches(&expected, &message.mac) {
            return Err(HandshakeError::NotAuthentic(NotAuthentic::ClientFinished));
        }
        self.config.trust.check_standing(&self.peer, now)?;
        if let Some(ticket) = message.ticket {
            self.keep(ticket, now);
        }
        Ok(Established {
            peer: self.peer,
            cipher: self.choice.cipher,
            record_protocol: self.choice.record_protocol,
            application_protocol: self.choice.application_protocol,
            peer_rpc_versions: self.init.rpc_versions,
            peer_max_frame_size: self.init.max_frame_size,
            target_name: self.init.target_name,
            resumed: self.resumed,
            record_key: self.keys.into_record_key(),
        })
    }

    /// Keeps the client's ticket under the name of the key that made it.
    fn keep(&self, ticket: NewTicket, now: Timestamp) {
        let (Some(resumption), Some(id)) = (&self.config.resumption, self.init.resumption_id)
        else {
            return;
        };
        let terms = Terms {
            peer: Arc::clone(&self.peer),
            cipher: self.choice.cipher,
            record_protocol: self.choice.record_protocol.clone(),
            expires: self.peer.not_after(),
        };
        let held = HeldTicket {
            ticket: ticket.ticket,
            session: Resumable {
                secret: self.keys.resumption(),
                terms: terms.ending(now, ticket.lifetime),
            },
        };
        resumption.keep_for_client(id, held, now);
    }
}

impl fmt::Debug for ExpectClientFinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExpectClientFinished")
            .field("peer", &self.peer.account)
            .finish_non_exhaustive()
    }
}
