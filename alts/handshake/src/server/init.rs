//! ClientInit, and the one payload that answers it.

use std::{fmt, sync::Arc};

use x25519_dalek::{PublicKey, StaticSecret};

use super::{Choice, ExpectClientFinished, ServerConfig};
use crate::{
    Cipher, Entropy, HandshakeError, Input, Progress, Timestamp, Trust, VerifiedPeer,
    error::InvalidMessage,
    finished,
    frame::{Frame, FrameReader, FrameType},
    keys::{SessionKeys, Transcript},
    message::{self, ClientInit, ServerBasis, ServerInit},
    suite::{Ours, Theirs, agree_as_server, resumed_keys},
    ticket::{Holder, NewTicket, Resumable, Terms},
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
    pub fn believe(&mut self, trust: Arc<Trust>) {
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
            Ok(Some(frame)) => check_turn(input).and_then(|()| {
                let transcript = Transcript::default();
                Answer::new(self.config, self.entropy, transcript, false).give(frame, now, out)
            }),
            Err(error) => Err(error.into()),
        };
        outcome
            .map(Progress::Done)
            .inspect_err(|error| error.append_abort(out))
    }
}

/// A client has nothing to say before it has seen ServerInit: whatever follows is not ours.
pub(super) fn check_turn(input: &Input<'_>) -> Result<(), HandshakeError> {
    match input.rest().len() {
        0 => Ok(()),
        len => Err(InvalidMessage::BytesOutOfTurn(len).into()),
    }
}

/// An answer to a ClientInit in the making.
pub(super) struct Answer {
    config: ServerConfig,
    entropy: Entropy,
    /// All frames so far.
    transcript: Transcript,
    /// Whether the client begins for the second time: then without tickets.
    is_again: bool,
}

/// What a session will rest on.
enum Basis {
    Full,
    Resumed(Resumable),
    Returned(Resumable, Vec<u8>),
}

impl Answer {
    pub(super) fn new(
        config: ServerConfig,
        entropy: Entropy,
        transcript: Transcript,
        is_again: bool,
    ) -> Self {
        Self {
            config,
            entropy,
            transcript,
            is_again,
        }
    }

    /// ServerInit and ServerFinished, to `out`.
    pub(super) fn give(
        mut self,
        frame: Frame,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<ExpectClientFinished, HandshakeError> {
        let frame = message::expect(frame, FrameType::ClientInit)?;
        let init = ClientInit::parse(&frame)?;
        let choice = Choice::make(&self.config, &init)?;
        let attempt = self.entropy.attempt(self.is_again).clone();
        let ephemeral =
            (choice.cipher == Cipher::Pfs).then(|| StaticSecret::from(attempt.ephemeral));
        let basis = self.basis(&init, &choice, now);
        let returns_ticket = matches!(basis, Basis::Returned(..));

        let answer = self.server_init(&basis, &choice, attempt.random, ephemeral.as_ref());
        self.transcript.add(frame.bytes());
        self.transcript.add(answer.bytes());
        let (keys, peer, resumed) = match basis {
            Basis::Full => {
                let (keys, peer) = self.full(&init, &choice, ephemeral.as_ref(), now)?;
                (keys, peer, false)
            }
            Basis::Resumed(session) | Basis::Returned(session, _) => {
                let pair = ephemeral.as_ref().zip(init.ephemeral.as_ref());
                let keys = resumed_keys(session.secret, pair, self.transcript.hash())?;
                (keys, session.terms.peer, true)
            }
        };
        let ticket = self.ticket(&init, &choice, &keys, &peer, now);
        let digest = finished::digest(ticket.as_ref());
        let mac = keys.server_finished(self.transcript.hash(), digest);
        let proof = finished::server_finished(&mac, ticket.as_ref());
        self.transcript.add(proof.bytes());

        // One payload: the client can answer both at once (ALTS whitepaper, footnote 14).
        out.extend_from_slice(answer.bytes());
        out.extend_from_slice(proof.bytes());
        Ok(ExpectClientFinished {
            config: self.config,
            entropy: self.entropy,
            peer,
            resumed,
            may_begin_again: returns_ticket,
            choice,
            init,
            keys,
            transcript: self.transcript,
            reader: FrameReader::default(),
        })
    }

    /// The client's ticket, else one that is kept for it, else certificates.
    fn basis(&self, init: &ClientInit, choice: &Choice, now: Timestamp) -> Basis {
        if self.is_again {
            return Basis::Full;
        }
        if let Some(session) = self.config.redeem(init, choice, now) {
            return Basis::Resumed(session);
        }
        match self.config.take_ticket(init, choice, now) {
            Some(held) => Basis::Returned(held.session, held.ticket),
            None => Basis::Full,
        }
    }

    fn server_init(
        &self,
        basis: &Basis,
        choice: &Choice,
        random: [u8; 32],
        ephemeral: Option<&StaticSecret>,
    ) -> Frame {
        let config = &self.config;
        let basis = match basis {
            Basis::Full => ServerBasis::Certificate(config.credential.certificate().to_vec()),
            Basis::Resumed(_) => ServerBasis::ClientsTicket,
            Basis::Returned(_, ticket) => ServerBasis::ReturnedTicket(ticket.clone()),
        };
        let resumption = config.resumption.as_ref();
        ServerInit {
            random,
            basis,
            cipher: choice.cipher,
            record_protocol: choice.record_protocol.clone(),
            application_protocol: choice.application_protocol.clone(),
            ephemeral: ephemeral.map(PublicKey::from),
            rpc_versions: config.offer.rpc_versions,
            max_frame_size: config.offer.max_frame_size,
            keeps_tickets: resumption.is_some_and(|resumption| resumption.keeps()),
        }
        .to_frame()
    }

    fn full(
        &self,
        init: &ClientInit,
        choice: &Choice,
        ephemeral: Option<&StaticSecret>,
        now: Timestamp,
    ) -> Result<(SessionKeys, Arc<VerifiedPeer>), HandshakeError> {
        let chain = self.config.trust.verify(&init.certificate, now)?;
        chain.check_cipher(choice.cipher)?;
        let ours = Ours {
            certified: self.config.credential.key(),
            ephemeral,
        };
        let theirs = Theirs {
            certified: &chain.static_key,
            ephemeral: init.ephemeral.as_ref(),
        };
        let secrets = agree_as_server(ours, theirs).map_err(HandshakeError::NotAuthentic)?;
        Ok((secrets.into_keys(self.transcript.hash()), chain.peer))
    }

    /// For a client that keeps tickets.
    fn ticket(
        &self,
        init: &ClientInit,
        choice: &Choice,
        keys: &SessionKeys,
        peer: &Arc<VerifiedPeer>,
        now: Timestamp,
    ) -> Option<NewTicket> {
        if !init.keeps_tickets {
            return None;
        }
        let terms = Terms {
            peer: Arc::clone(peer),
            cipher: choice.cipher,
            record_protocol: choice.record_protocol.clone(),
            expires: peer.not_after(),
        };
        self.config.resumption.as_ref()?.give(
            Holder::Client,
            &keys.resumption(),
            terms,
            self.entropy.attempt(self.is_again).ticket_nonce,
            &self.entropy.ticket_key(),
            now,
        )
    }
}

impl fmt::Debug for ExpectClientInit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExpectClientInit").finish_non_exhaustive()
    }
}
