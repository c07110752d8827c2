//! ClientInit is out; ServerInit is due.

use std::{fmt, sync::Arc};

use x25519_dalek::{PublicKey, StaticSecret};

use super::{ClientConfig, ExpectServerFinished, finished::Awaited};
use crate::{
    Cipher, Entropy, HandshakeError, Input, Progress, Timestamp, Trust,
    entropy::Attempt,
    error::InvalidMessage,
    frame::{Frame, FrameReader, FrameType},
    keys::Transcript,
    message::{self, ClientInit, ServerBasis, ServerInit},
    suite::{Ours, Theirs, agree_as_client, resumed_keys},
    ticket::{Holder, Resumable},
};

/// ClientInit is out; ServerInit is due.
pub struct ExpectServerInit {
    config: ClientConfig,
    entropy: Entropy,
    ephemeral: Option<StaticSecret>,
    /// What the ticket stands for that was presented.
    presented: Option<Resumable>,
    /// Whether this is the second ClientInit: there is no third.
    is_again: bool,
    transcript: Transcript,
    reader: FrameReader,
}

impl ExpectServerInit {
    /// Opens a handshake: appends ClientInit to `out`.
    pub fn start(
        config: ClientConfig,
        entropy: Entropy,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Self {
        let (ticket, presented) = match config.take_ticket(now) {
            Some(held) => (Some(held.ticket), Some(held.session)),
            None => (None, None),
        };
        let mut state = Self {
            ephemeral: ephemeral(&config, entropy.attempt(false)),
            config,
            entropy,
            presented,
            is_again: false,
            transcript: Transcript::default(),
            reader: FrameReader::default(),
        };
        state.send_client_init(ticket, out);
        state
    }

    /// Opens it again, for a full handshake, in the same transcript: whoever altered what led to
    /// this is found out.
    pub(super) fn again(
        config: ClientConfig,
        entropy: Entropy,
        transcript: Transcript,
        out: &mut Vec<u8>,
    ) -> Self {
        let mut state = Self {
            ephemeral: ephemeral(&config, entropy.attempt(true)),
            config,
            entropy,
            presented: None,
            is_again: true,
            transcript,
            reader: FrameReader::default(),
        };
        state.send_client_init(None, out);
        state
    }

    fn send_client_init(&mut self, ticket: Option<Vec<u8>>, out: &mut Vec<u8>) {
        let config = &self.config;
        let attempt = self.entropy.attempt(self.is_again);
        let resumption = config.resumption.as_ref();
        let init = ClientInit {
            random: attempt.random,
            certificate: config.credential.certificate().to_vec(),
            ciphers: config.ciphers.clone(),
            record_protocols: config.offer.record_protocols.clone(),
            application_protocols: config.offer.application_protocols.clone(),
            ephemeral: self.ephemeral.as_ref().map(PublicKey::from),
            rpc_versions: config.offer.rpc_versions,
            max_frame_size: config.offer.max_frame_size,
            target_name: config.target_name.clone(),
            resumption_id: resumption.and_then(|resumption| resumption.id()),
            ticket,
            keeps_tickets: resumption.is_some_and(|resumption| resumption.keeps()),
        };
        let frame = init.to_frame();
        self.transcript.add(frame.bytes());
        out.extend_from_slice(frame.bytes());
    }

    /// Judges the server by `trust` in place of what was believed when the handshake began.
    pub fn believe(&mut self, trust: Arc<Trust>) {
        self.config.trust = trust;
    }

    /// Reads ServerInit and derives the keys it leads to.
    ///
    /// # Errors
    /// See [`HandshakeError`]; `out` may then hold an Abort, to be sent.
    pub fn process(
        mut self,
        input: &mut Input<'_>,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<Progress<Self, ExpectServerFinished>, HandshakeError> {
        let outcome = match self.reader.read(input) {
            Ok(None) => return Ok(Progress::NeedsInput(self)),
            Ok(Some(frame)) => self.on_server_init(frame, now),
            Err(error) => Err(error.into()),
        };
        outcome
            .map(Progress::Done)
            .inspect_err(|error| error.append_abort(out))
    }

    fn on_server_init(
        mut self,
        frame: Frame,
        now: Timestamp,
    ) -> Result<ExpectServerFinished, HandshakeError> {
        let frame = message::expect(frame, FrameType::ServerInit)?;
        let init = ServerInit::parse(&frame)?;
        self.transcript.add(frame.bytes());
        check_choices(&self.config, &init)?;
        let awaited = match &init.basis {
            ServerBasis::Certificate(certificate) => self.full(&init, certificate, now)?,
            ServerBasis::ClientsTicket => self.resumed(&init)?,
            ServerBasis::ReturnedTicket(_) if self.is_again => {
                return Err(InvalidMessage::BadField("returned_ticket").into());
            }
            ServerBasis::ReturnedTicket(ticket) => match self.redeem(&init, ticket, now) {
                Some(session) => self.proof_from(&init, session)?,
                None => Awaited::Skip,
            },
        };
        Ok(ExpectServerFinished {
            config: self.config,
            entropy: self.entropy,
            is_again: self.is_again,
            init,
            awaited,
            transcript: self.transcript,
            reader: FrameReader::default(),
        })
    }

    fn full(
        &self,
        init: &ServerInit,
        certificate: &[u8],
        now: Timestamp,
    ) -> Result<Awaited, HandshakeError> {
        let chain = self.config.trust.verify(certificate, now)?;
        chain.check_cipher(init.cipher)?;
        let ours = Ours {
            certified: self.config.credential.key(),
            // Not when the server chose to do without.
            ephemeral: self.ephemeral.as_ref(),
        };
        let theirs = Theirs {
            certified: &chain.static_key,
            ephemeral: init.ephemeral.as_ref(),
        };
        let secrets = agree_as_client(ours, theirs).map_err(HandshakeError::NotAuthentic)?;
        Ok(Awaited::Proof {
            keys: secrets.into_keys(self.transcript.hash()),
            peer: chain.peer,
            resumed: false,
        })
    }

    /// Resumed from what was presented, if anything was.
    fn resumed(&mut self, init: &ServerInit) -> Result<Awaited, HandshakeError> {
        let session = self
            .presented
            .take()
            .filter(|session| session.terms.agree(init.cipher, &init.record_protocol))
            .ok_or(InvalidMessage::NotOffered("resumption"))?;
        self.proof_from(init, session)
    }

    /// Opens a ticket of ours, unless anything about it is not as it should be.
    fn redeem(&self, init: &ServerInit, ticket: &[u8], now: Timestamp) -> Option<Resumable> {
        let resumption = self.config.resumption.as_ref()?;
        let session = resumption.redeem(Holder::Server, ticket, now)?;
        let suits = session.terms.agree(init.cipher, &init.record_protocol)
            && self.config.suits(&session.terms, now);
        suits.then_some(session)
    }

    fn proof_from(&self, init: &ServerInit, session: Resumable) -> Result<Awaited, HandshakeError> {
        let pair = self.ephemeral.as_ref().zip(init.ephemeral.as_ref());
        Ok(Awaited::Proof {
            keys: resumed_keys(session.secret, pair, self.transcript.hash())?,
            peer: session.terms.peer,
            resumed: true,
        })
    }
}

fn ephemeral(config: &ClientConfig, attempt: &Attempt) -> Option<StaticSecret> {
    config
        .ciphers
        .contains(&Cipher::Pfs)
        .then(|| StaticSecret::from(attempt.ephemeral))
}

/// A server may only choose what was offered.
fn check_choices(config: &ClientConfig, init: &ServerInit) -> Result<(), InvalidMessage> {
    let offered = &config.offer;
    if !config.ciphers.contains(&init.cipher) {
        return Err(InvalidMessage::NotOffered("cipher"));
    }
    if !offered.record_protocols.contains(&init.record_protocol) {
        return Err(InvalidMessage::NotOffered("record protocol"));
    }
    if !offered
        .application_protocols
        .contains(&init.application_protocol)
    {
        return Err(InvalidMessage::NotOffered("application protocol"));
    }
    Ok(())
}

impl fmt::Debug for ExpectServerInit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExpectServerInit").finish_non_exhaustive()
    }
}
