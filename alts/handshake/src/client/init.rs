//! ClientInit is out; ServerInit is due.

use std::sync::Arc;

use x25519_dalek::{PublicKey, StaticSecret};

use super::{config::ClientConfig, finished::ExpectServerFinished};
use crate::{
    certificate::{Timestamp, VerifiedPeer},
    entropy::Entropy,
    error::HandshakeError,
    exchange::{Established, agree},
    frame::{Frame, FrameType, InvalidMessage},
    keys::{KeyPair, Role, SessionKeys, Transcript},
    message::{self, ClientInit, ServerInit},
    ticket::ResumableSession,
    trust::PeerVerifier,
};

/// ClientInit is out; ServerInit is due.
pub(crate) struct ExpectServerInit {
    config: ClientConfig,
    ephemeral: StaticSecret,
    /// What the ticket stands for that was presented.
    presented: Option<ResumableSession>,
    transcript: Transcript,
}

impl ExpectServerInit {
    /// Opens a handshake: appends ClientInit to `out`.
    pub(crate) fn start(
        config: ClientConfig,
        verifier: &PeerVerifier,
        entropy: Entropy,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Self {
        let (ticket, presented) = match config.take_ticket(verifier, now) {
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
        }
    }

    /// Reads ServerInit and derives the keys it leads to.
    pub(crate) fn take(
        mut self,
        frame: Frame,
        verifier: &PeerVerifier,
        now: Timestamp,
    ) -> Result<ExpectServerFinished, HandshakeError> {
        let frame = message::expect(frame, FrameType::ServerInit)?;
        let init = ServerInit::parse(&frame)?;
        self.transcript.add(frame.bytes());
        check_choices(&self.config, &init)?;
        let resumed = init.certificate.is_none();
        let (keys, peer) = self.session(&init, verifier, now)?;
        Ok(ExpectServerFinished {
            established: Established {
                peer,
                record_protocol: init.record_protocol,
                application_protocol: init.application_protocol,
                peer_rpc_versions: init.rpc_versions,
                peer_max_frame_size: init.max_frame_size,
                target_name: None,
                resumed,
                record_key: keys.record_key(),
            },
            config: self.config,
            keys,
            transcript: self.transcript,
        })
    }

    /// By certificate, or resumed from what was presented, if anything was.
    fn session(
        &mut self,
        init: &ServerInit,
        verifier: &PeerVerifier,
        now: Timestamp,
    ) -> Result<(SessionKeys, Arc<VerifiedPeer>), HandshakeError> {
        let transcript = self.transcript.hash();
        if let Some(certificate) = &init.certificate {
            let ours = KeyPair {
                certified: self.config.credential.key(),
                ephemeral: &self.ephemeral,
            };
            let theirs = (certificate.as_slice(), &init.ephemeral);
            return agree(Role::Client, ours, theirs, transcript, verifier, now);
        }
        let session = self
            .presented
            .take()
            .filter(|session| session.parameters.record_protocol == init.record_protocol)
            .ok_or(InvalidMessage::NotOffered("resumption"))?;
        Ok(session.resume(&self.ephemeral, &init.ephemeral, transcript)?)
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
