//! ClientInit, and the one payload that answers it.

use std::{fmt, sync::Arc};

use x25519_dalek::{PublicKey, StaticSecret};

use super::{
    config::{Choice, ServerConfig},
    finished::ExpectClientFinished,
};
use crate::{
    certificate::{Timestamp, VerifiedPeer},
    entropy::Entropy,
    error::HandshakeError,
    exchange::Progress,
    frame::{Frame, FrameReader, FrameType, Input, InvalidMessage},
    keys::{KeyPair, PublicKeys, Role, SessionKeys, SharedSecret, Transcript, TranscriptHash},
    message::{self, ClientInit, ServerFinished, ServerInit},
    ticket::{NewTicket, ResumableSession},
    trust::Trust,
};

/// Nothing has happened; ClientInit is due.
pub struct ExpectClientInit {
    config: ServerConfig,
    entropy: Entropy,
    reader: FrameReader,
}

impl ExpectClientInit {
    /// Waits for a client.
    pub fn new(config: ServerConfig, entropy: Entropy) -> Self {
        Self {
            config,
            entropy,
            reader: FrameReader::default(),
        }
    }

    /// Judges the client by `trust` in place of what was believed when the call began.
    pub fn set_verifier(&mut self, trust: Arc<Trust>) {
        self.config.trust = trust;
    }

    /// Reads ClientInit; appends ServerInit and ServerFinished to `out`.
    ///
    /// # Errors
    /// See [`HandshakeError`]; `out` may then hold an Abort, to be sent.
    pub fn process(
        mut self,
        input: &mut Input<'_>,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<Progress<Self, ExpectClientFinished>, HandshakeError> {
        let outcome = match self.reader.read(input) {
            Ok(None) => return Ok(Progress::NeedsInput(self)),
            Ok(Some(frame)) => check_turn(input).and_then(|()| self.answer(frame, now, out)),
            Err(error) => Err(error.into()),
        };
        outcome
            .map(Progress::Done)
            .inspect_err(|error| error.append_abort(out))
    }

    fn answer(
        self,
        frame: Frame,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<ExpectClientFinished, HandshakeError> {
        let frame = message::expect(frame, FrameType::ClientInit)?;
        let init = ClientInit::parse(&frame)?;
        let choice = Choice::make(&self.config, &init)?;
        let session = self.accept_ticket(&init, &choice, now);
        let ephemeral = StaticSecret::from(self.entropy.ephemeral);

        let answer = self.server_init(session.is_some(), &choice, &ephemeral);
        let mut transcript = Transcript::default();
        transcript.add(frame.bytes());
        transcript.add(answer.bytes());
        let inits = transcript.hash();
        let resumed = session.is_some();
        let (keys, peer) = match session {
            Some(session) => {
                let keys = session
                    .secret
                    .into_keys(&ephemeral, &init.ephemeral, inits)?;
                (keys, session.parameters.peer)
            }
            None => self.full(&init, &ephemeral, inits, now)?,
        };
        let ticket = self.new_ticket(&init, &choice, &keys, &peer, now);
        let proof = ServerFinished::to_frame(ticket, |ticket| keys.server_finished(inits, ticket));
        transcript.add(proof.bytes());

        // One payload: the client can answer both at once (ALTS whitepaper, footnote 14).
        out.extend_from_slice(answer.bytes());
        out.extend_from_slice(proof.bytes());
        Ok(ExpectClientFinished {
            trust: self.config.trust,
            peer,
            resumed,
            choice,
            init,
            keys,
            transcript,
            reader: FrameReader::default(),
        })
    }

    /// What the client's ticket stands for, unless anything about it is not as it should be.
    fn accept_ticket(
        &self,
        init: &ClientInit,
        choice: &Choice,
        now: Timestamp,
    ) -> Option<ResumableSession> {
        let resumption = self.config.resumption.as_ref()?;
        let session = resumption.accept(init.ticket.as_ref()?, now)?;
        let parameters = &session.parameters;
        (parameters.record_protocol == choice.record_protocol
            && parameters.hold(&self.config.trust, now))
        .then_some(session)
    }

    fn server_init(&self, resumed: bool, choice: &Choice, ephemeral: &StaticSecret) -> Frame {
        let config = &self.config;
        ServerInit {
            random: self.entropy.random,
            certificate: (!resumed).then(|| config.credential.certificate().to_vec()),
            record_protocol: choice.record_protocol.clone(),
            application_protocol: choice.application_protocol.clone(),
            ephemeral: PublicKey::from(ephemeral),
            rpc_versions: config.offer.rpc_versions,
            max_frame_size: config.offer.max_frame_size,
        }
        .to_frame()
    }

    fn full(
        &self,
        init: &ClientInit,
        ephemeral: &StaticSecret,
        transcript: TranscriptHash,
        now: Timestamp,
    ) -> Result<(SessionKeys, Arc<VerifiedPeer>), HandshakeError> {
        let chain = self.config.trust.verify(&init.certificate, now)?;
        let ours = KeyPair {
            certified: self.config.credential.key(),
            ephemeral,
        };
        let theirs = PublicKeys {
            certified: &chain.static_key,
            ephemeral: &init.ephemeral,
        };
        let secret = SharedSecret::agree(Role::Server, ours, theirs)?;
        Ok((SessionKeys::full(&secret, transcript), chain.peer))
    }

    /// For a client that keeps tickets.
    fn new_ticket(
        &self,
        init: &ClientInit,
        choice: &Choice,
        keys: &SessionKeys,
        peer: &Arc<VerifiedPeer>,
        now: Timestamp,
    ) -> Option<NewTicket> {
        let resumption = self.config.resumption.as_ref()?;
        if !init.keeps_tickets {
            return None;
        }
        let (secret, protocol) = (keys.resumption(), &choice.record_protocol);
        resumption.issue(&secret, peer, protocol, &self.entropy, now)
    }
}

/// A client has nothing to say before it has seen ServerInit: whatever follows is not ours.
fn check_turn(input: &Input<'_>) -> Result<(), HandshakeError> {
    match input.rest().len() {
        0 => Ok(()),
        len => Err(InvalidMessage::BytesOutOfTurn(len).into()),
    }
}

impl fmt::Debug for ExpectClientInit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExpectClientInit").finish_non_exhaustive()
    }
}
