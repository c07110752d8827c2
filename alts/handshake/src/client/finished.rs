//! ServerInit is in and ServerFinished is due: the server has yet to prove itself.

use super::config::ClientConfig;
use crate::{
    certificate::Timestamp,
    error::HandshakeError,
    exchange::Established,
    frame::{Frame, FrameType},
    keys::{NotAuthentic, SessionKeys, Transcript, mac_matches},
    message::{self, ServerFinished},
    ticket::{NewTicket, ResumableSession, SessionParameters, StoredTicket},
    trust::PeerVerifier,
};

/// The keys are derived; the server has yet to prove that it has them too.
pub(crate) struct ExpectServerFinished {
    pub(super) config: ClientConfig,
    pub(super) keys: SessionKeys,
    /// What holds once the server has proven it.
    pub(super) established: Established,
    /// All frames so far.
    pub(super) transcript: Transcript,
}

impl ExpectServerFinished {
    /// Checks the server's proof, then once more whether it is believed, then whether the caller
    /// wanted this server; appends ClientFinished to `out`.
    pub(crate) fn take(
        mut self,
        frame: Frame,
        verifier: &PeerVerifier,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<Established, HandshakeError> {
        let frame = message::expect(frame, FrameType::ServerFinished)?;
        let message = ServerFinished::parse(&frame)?;
        let inits = self.transcript.hash();
        let expected = self.keys.server_finished(inits, &message.ticket_bytes);
        if !mac_matches(&expected, &message.mac) {
            return Err(NotAuthentic::ServerFinished.into());
        }
        verifier.revalidate(&self.established.peer, now)?;
        // Asked only now: before the proof, the name was a claim.
        self.config.check_wanted(&self.established.peer)?;

        if let Some(ticket) = message.ticket {
            self.config.store_ticket(self.stored(ticket, now), now);
        }
        self.transcript.add(frame.bytes());
        let mac = self.keys.client_finished(self.transcript.hash());
        out.extend_from_slice(message::client_finished(&mac).bytes());
        Ok(self.established)
    }

    fn stored(&self, ticket: NewTicket, now: Timestamp) -> StoredTicket {
        let Established {
            peer,
            record_protocol,
            ..
        } = &self.established;
        StoredTicket {
            ticket: ticket.ticket,
            session: ResumableSession {
                secret: self.keys.resumption(),
                parameters: SessionParameters::new(peer, record_protocol, now, ticket.lifetime),
            },
        }
    }
}
