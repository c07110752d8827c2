//! ClientInit, and the one payload that answers it.

use std::sync::Arc;

use x25519_dalek::{PublicKey, StaticSecret};

use super::{
    config::{Choice, ServerConfig},
    finished::ExpectClientFinished,
};
use crate::{
    certificate::{Timestamp, VerifiedPeer},
    entropy::Entropy,
    error::HandshakeError,
    exchange::{Established, agree},
    frame::{Frame, FrameType},
    keys::{KeyPair, Role, SessionKeys, Transcript},
    message::{self, ClientInit, ServerFinished, ServerInit},
    ticket::{NewTicket, ResumableSession},
    trust::PeerVerifier,
};

/// Nothing has happened; ClientInit is due.
pub(crate) struct ExpectClientInit {
    config: ServerConfig,
    entropy: Entropy,
}

impl ExpectClientInit {
    /// Waits for a client.
    pub(crate) fn new(config: ServerConfig, entropy: Entropy) -> Self {
        Self { config, entropy }
    }

    /// Reads ClientInit; appends ServerInit and ServerFinished to `out`.
    pub(crate) fn take(
        self,
        frame: Frame,
        verifier: &PeerVerifier,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<ExpectClientFinished, HandshakeError> {
        let frame = message::expect(frame, FrameType::ClientInit)?;
        let init = ClientInit::parse(&frame)?;
        let choice = Choice::make(&self.config, &init)?;
        let session = self.accept_ticket(&init, &choice, verifier, now);
        let ephemeral = StaticSecret::from(self.entropy.ephemeral);

        let resumed = session.is_some();
        let answer = self.server_init(resumed, &choice, &ephemeral);
        let mut transcript = Transcript::default();
        transcript.add(frame.bytes());
        transcript.add(answer.bytes());
        let inits = transcript.hash();
        let (keys, peer) = match session {
            Some(session) => session.resume(&ephemeral, &init.ephemeral, inits)?,
            None => {
                let ours = KeyPair {
                    certified: self.config.credential.key(),
                    ephemeral: &ephemeral,
                };
                let theirs = (init.certificate.as_slice(), &init.ephemeral);
                agree(Role::Server, ours, theirs, inits, verifier, now)?
            }
        };
        let ticket = self.new_ticket(&init, &choice, &keys, &peer, now);
        let proof = ServerFinished::to_frame(ticket, |ticket| keys.server_finished(inits, ticket));
        transcript.add(proof.bytes());

        // One payload: the client can answer both at once (ALTS whitepaper, footnote 14).
        out.extend_from_slice(answer.bytes());
        out.extend_from_slice(proof.bytes());
        Ok(ExpectClientFinished {
            mac: keys.client_finished(transcript.hash()),
            established: Established {
                peer,
                record_protocol: choice.record_protocol,
                application_protocol: choice.application_protocol,
                peer_rpc_versions: init.rpc_versions,
                peer_max_frame_size: init.max_frame_size,
                target_name: init.target_name,
                resumed,
                record_key: keys.record_key(),
            },
        })
    }

    /// What the client's ticket stands for, unless anything about it is not as it should be.
    fn accept_ticket(
        &self,
        init: &ClientInit,
        choice: &Choice,
        verifier: &PeerVerifier,
        now: Timestamp,
    ) -> Option<ResumableSession> {
        let resumption = self.config.resumption.as_ref()?;
        let session = resumption.accept(init.ticket.as_ref()?, now)?;
        let parameters = &session.parameters;
        (parameters.record_protocol == choice.record_protocol && parameters.hold(verifier, now))
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
