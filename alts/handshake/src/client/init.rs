//! ClientInit is out; ServerInit is due.

use std::{fmt, sync::Arc};

use x25519_dalek::{PublicKey, StaticSecret};

use super::{
    config::ClientConfig,
    finished::{AwaitedProof, ExpectServerFinished},
};
use crate::{
    certificate::Timestamp,
    entropy::Entropy,
    error::HandshakeError,
    exchange::Progress,
    frame::{Frame, FrameReader, FrameType, Input, InvalidMessage},
    keys::{KeyPair, PublicKeys, Role, SessionKeys, SharedSecret, Transcript},
    message::{self, ClientInit, ServerInit},
    ticket::ResumableSession,
    trust::Trust,
};

/// ClientInit is out; ServerInit is due.
pub struct ExpectServerInit {
    config: ClientConfig,
    ephemeral: StaticSecret,
    /// What the ticket stands for that was presented.
    presented: Option<ResumableSession>,
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
            Some(stored) => (Some(stored.ticket), Some(stored.session)),
            None => (None, None),
        };
        let ephemeral = StaticSecret::from(entropy.ephemeral);
        let init = ClientInit {
            random: entropy.random,
            certificate: config.credential.certificate().to_vec(),
            record_protocols: config.offer.record_protocols.clone(),
            application_protocols: config.offer.application_protocols.clone(),
            ephemeral: PublicKey::from(&ephemeral),
            rpc_versions: config.offer.rpc_versions,
            max_frame_size: config.offer.max_frame_size,
            target_name: config.target_name.clone(),
            ticket,
            keeps_tickets: config.resumption.is_some(),
        };
        let frame = init.to_frame();
        let mut transcript = Transcript::default();
        transcript.add(frame.bytes());
        out.extend_from_slice(frame.bytes());
        Self {
            config,
            ephemeral,
            presented,
            transcript,
            reader: FrameReader::default(),
        }
    }

    /// Judges the server by `trust` in place of what was believed when the handshake began.
    pub fn set_verifier(&mut self, trust: Arc<Trust>) {
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
        let awaited = match &init.certificate {
            Some(certificate) => self.full(&init, certificate, now)?,
            None => self.resumed(&init)?,
        };
        Ok(ExpectServerFinished {
            config: self.config,
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
    ) -> Result<AwaitedProof, HandshakeError> {
        let chain = self.config.trust.verify(certificate, now)?;
        let ours = KeyPair {
            certified: self.config.credential.key(),
            ephemeral: &self.ephemeral,
        };
        let theirs = PublicKeys {
            certified: &chain.static_key,
            ephemeral: &init.ephemeral,
        };
        let secret = SharedSecret::agree(Role::Client, ours, theirs)?;
        Ok(AwaitedProof {
            keys: SessionKeys::full(&secret, self.transcript.hash()),
            peer: chain.peer,
            resumed: false,
        })
    }

    /// Resumed from what was presented, if anything was.
    fn resumed(&mut self, init: &ServerInit) -> Result<AwaitedProof, HandshakeError> {
        let session = self
            .presented
            .take()
            .filter(|session| session.parameters.record_protocol == init.record_protocol)
            .ok_or(InvalidMessage::NotOffered("resumption"))?;
        let transcript = self.transcript.hash();
        Ok(AwaitedProof {
            keys: session
                .secret
                .into_keys(&self.ephemeral, &init.ephemeral, transcript)?,
            peer: session.parameters.peer,
            resumed: true,
        })
    }
}

/// A server may only choose what was offered.
fn check_choices(config: &ClientConfig, init: &ServerInit) -> Result<(), InvalidMessage> {
    let offered = &config.offer;
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
