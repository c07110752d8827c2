//! ServerInit is in and ServerFinished is due: the server has yet to prove itself.

use std::{fmt, sync::Arc};

use super::{ClientConfig, ExpectServerInit, Unwanted};
use crate::{
    Entropy, Established, HandshakeError, Input, Progress, Timestamp, Trust, VerifiedPeer,
    entropy::Attempt,
    error::NotAuthentic,
    finished::{self, Finished},
    frame::{Frame, FrameReader, FrameType},
    keys::{SessionKeys, Transcript, mac_matches},
    message::{self, ServerInit},
    ticket::{HeldTicket, Holder, NewTicket, Resumable, Terms},
};

/// What ServerFinished is to us.
pub(super) enum Awaited {
    /// The server's proof that it has these keys.
    Proof {
        keys: SessionKeys,
        peer: Arc<VerifiedPeer>,
        resumed: bool,
    },
    /// Nothing: it proves that it knows a ticket which we cannot use. Then we begin again.
    Skip,
}

/// What came of ServerFinished.
#[derive(Debug)]
pub enum AfterServerFinished {
    /// The server is proven, and ClientFinished is out.
    Established(Box<Established>),
    /// The server resumed from a ticket that cannot be used; another ClientInit is out.
    Again(Box<ExpectServerInit>),
}

/// The keys are derived; the server has yet to prove that it has them too.
pub struct ExpectServerFinished {
    pub(super) config: ClientConfig,
    pub(super) entropy: Entropy,
    pub(super) is_again: bool,
    pub(super) init: ServerInit,
    pub(super) awaited: Awaited,
    /// All frames so far.
    pub(super) transcript: Transcript,
    pub(super) reader: FrameReader,
}

impl ExpectServerFinished {
    /// Judges the server by `trust`, whatever was believed when it was judged first.
    pub fn believe(&mut self, trust: Arc<Trust>) {
        self.config.trust = trust;
    }

    /// Checks the server's proof, then once more whether it is believed, then whether the caller wanted this server; appends
    /// ClientFinished to `out`.
    ///
    /// # Errors
    /// See [`HandshakeError`]; `out` may then hold an Abort, to be sent.
    pub fn process(
        mut self,
        input: &mut Input<'_>,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<Progress<Self, AfterServerFinished>, HandshakeError> {
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
    ) -> Result<AfterServerFinished, HandshakeError> {
        let frame = message::expect(frame, FrameType::ServerFinished)?;
        let message = Finished::parse(&frame)?;
        let inits = self.transcript.hash();
        self.transcript.add(frame.bytes());
        let (keys, peer, resumed) = match self.awaited {
            Awaited::Proof {
                keys,
                peer,
                resumed,
            } => (keys, peer, resumed),
            Awaited::Skip => {
                let next = ExpectServerInit::again(self.config, self.entropy, self.transcript, out);
                return Ok(AfterServerFinished::Again(Box::new(next)));
            }
        };
        let expected = keys.server_finished(inits, message.ticket_digest());
        if !mac_matches(&expected, &message.mac) {
            return Err(HandshakeError::NotAuthentic(NotAuthentic::ServerFinished));
        }
        self.config.trust.check_standing(&peer, now)?;
        // Asked only now: before the proof, the name was a claim.
        let wanted = self.config.check_wanted(&peer);
        wanted.map_err(|unwanted| refusal(&self.config, &peer, unwanted))?;

        let terms = Terms {
            peer: Arc::clone(&peer),
            cipher: self.init.cipher,
            record_protocol: self.init.record_protocol.clone(),
            expires: peer.not_after(),
        };
        let given = match message.ticket {
            Some(ticket) => {
                keep(&self.config, ticket, &keys, terms, now);
                None
            }
            None if self.init.keeps_tickets => {
                let attempt = self.entropy.attempt(self.is_again);
                give(&self.config, &self.entropy, attempt, &keys, terms, now)
            }
            None => None,
        };
        let mac = keys.client_finished(self.transcript.hash(), finished::digest(given.as_ref()));
        out.extend_from_slice(finished::client_finished(&mac, given.as_ref()).bytes());
        let established = Established {
            peer,
            cipher: self.init.cipher,
            record_protocol: self.init.record_protocol,
            application_protocol: self.init.application_protocol,
            peer_rpc_versions: self.init.rpc_versions,
            peer_max_frame_size: self.init.max_frame_size,
            target_name: None,
            resumed,
            record_key: keys.into_record_key(),
        };
        Ok(AfterServerFinished::Established(Box::new(established)))
    }
}

/// A ticket for the server to keep. Asked only when it gave none itself.
fn give(
    config: &ClientConfig,
    entropy: &Entropy,
    attempt: &Attempt,
    keys: &SessionKeys,
    terms: Terms,
    now: Timestamp,
) -> Option<NewTicket> {
    config.resumption.as_ref()?.give(
        Holder::Server,
        &keys.resumption(),
        terms,
        attempt.ticket_nonce,
        &entropy.ticket_key(),
        now,
    )
}

/// Keeps the server's ticket under what was dialled.
fn keep(
    config: &ClientConfig,
    ticket: NewTicket,
    keys: &SessionKeys,
    terms: Terms,
    now: Timestamp,
) {
    let Some(resumption) = &config.resumption else {
        return;
    };
    let held = HeldTicket {
        ticket: ticket.ticket,
        session: Resumable {
            secret: keys.resumption(),
            terms: terms.ending(now, ticket.lifetime),
        },
    };
    resumption.keep_for_name(config.ticket_name(), held, now);
}

fn refusal(config: &ClientConfig, peer: &VerifiedPeer, unwanted: Unwanted) -> HandshakeError {
    let peer = peer.account.clone();
    match unwanted {
        Unwanted::NotATarget => HandshakeError::WrongPeer {
            peer,
            expected: config.targets.clone(),
        },
        Unwanted::NotByThatName(name) => HandshakeError::WrongName { peer, name },
    }
}

impl fmt::Debug for ExpectServerFinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ExpectServerFinished");
        if let Awaited::Proof { peer, .. } = &self.awaited {
            debug.field("peer", &peer.account);
        }
        debug.finish_non_exhaustive()
    }
}
