//! The client's side: offers, then believes nothing the server says before its MAC is right.

use std::{fmt, sync::Arc};

use x25519_dalek::{PublicKey, StaticSecret};

use super::{
    Cipher, Entropy, Established, HandshakeCredential, HandshakeError, Input, Offer, Progress,
    Trust, VerifiedPeer,
    error::{InvalidMessage, NotAuthentic},
    frame::{Frame, FrameReader, FrameType},
    keys::{SessionKeys, Transcript, mac_matches},
    message::{self, ClientInit, ServerInit},
    suite::{Pair, agree_as_client},
};
use crate::{ServiceAccount, handshake::Timestamp};

/// What a client brings to a handshake.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// Who we are.
    pub credential: Arc<HandshakeCredential>,
    /// Whom we believe.
    pub trust: Arc<Trust>,
    /// Key agreements, most wanted first.
    pub ciphers: Vec<Cipher>,
    /// What our gRPC library can do.
    pub offer: Offer,
    /// Any of these may be at the other end; empty: anybody may.
    pub targets: Vec<ServiceAccount>,
    /// What the caller dialled. Told to the server, believed by nobody.
    pub target_name: Option<String>,
}

/// ClientInit is out; ServerInit is due.
pub struct ExpectServerInit {
    config: ClientConfig,
    ephemeral: Option<StaticSecret>,
    transcript: Transcript,
    reader: FrameReader,
}

impl ExpectServerInit {
    /// Opens a handshake: appends ClientInit to `out`.
    pub fn start(config: ClientConfig, entropy: &Entropy, out: &mut Vec<u8>) -> Self {
        let ephemeral = config
            .ciphers
            .contains(&Cipher::Pfs)
            .then(|| StaticSecret::from(entropy.ephemeral));
        let init = ClientInit {
            random: entropy.random,
            certificate: config.credential.certificate().to_vec(),
            ciphers: config.ciphers.clone(),
            record_protocols: config.offer.record_protocols.clone(),
            application_protocols: config.offer.application_protocols.clone(),
            ephemeral: ephemeral.as_ref().map(PublicKey::from),
            rpc_versions: config.offer.rpc_versions,
            max_frame_size: config.offer.max_frame_size,
            target_name: config.target_name.clone(),
        };
        let frame = init.to_frame();
        let mut transcript = Transcript::default();
        transcript.add(frame.bytes());
        out.extend_from_slice(frame.bytes());
        Self {
            config,
            ephemeral,
            transcript,
            reader: FrameReader::default(),
        }
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
        self,
        frame: Frame,
        now: Timestamp,
    ) -> Result<ExpectServerFinished, HandshakeError> {
        let Self {
            config,
            ephemeral,
            mut transcript,
            ..
        } = self;
        let frame = message::expect(frame, FrameType::ServerInit)?;
        let init = ServerInit::parse(&frame)?;
        transcript.add(frame.bytes());
        check_choices(&config, &init)?;
        let peer = config.trust.verify(&init.certificate, now)?;
        peer.check_cipher(init.cipher)?;

        let ours = Pair {
            certified: config.credential.secret(),
            ephemeral: ephemeral.as_ref(),
        };
        let theirs = Pair {
            certified: &peer.static_key,
            ephemeral: init.ephemeral.as_ref(),
        };
        let secrets = agree_as_client(ours, theirs).map_err(HandshakeError::NotAuthentic)?;
        let keys = secrets.into_keys(transcript.hash());
        Ok(ExpectServerFinished {
            targets: config.targets,
            peer,
            init,
            keys,
            transcript,
            reader: FrameReader::default(),
        })
    }
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

/// The keys are derived; the server has yet to prove that it has them too.
pub struct ExpectServerFinished {
    targets: Vec<ServiceAccount>,
    peer: Arc<VerifiedPeer>,
    init: ServerInit,
    keys: SessionKeys,
    /// ClientInit and ServerInit.
    transcript: Transcript,
    reader: FrameReader,
}

impl ExpectServerFinished {
    /// Checks the server's proof, then whether the caller wanted this server; appends
    /// ClientFinished to `out`.
    ///
    /// # Errors
    /// See [`HandshakeError`]; `out` may then hold an Abort, to be sent.
    pub fn process(
        mut self,
        input: &mut Input<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Progress<Self, Established>, HandshakeError> {
        let outcome = match self.reader.read(input) {
            Ok(None) => return Ok(Progress::NeedsInput(self)),
            Ok(Some(frame)) => self.on_server_finished(frame, out),
            Err(error) => Err(error.into()),
        };
        outcome
            .map(Progress::Done)
            .inspect_err(|error| error.append_abort(out))
    }

    fn on_server_finished(
        mut self,
        frame: Frame,
        out: &mut Vec<u8>,
    ) -> Result<Established, HandshakeError> {
        let frame = message::expect(frame, FrameType::ServerFinished)?;
        let mac = message::parse_server_finished(&frame)?;
        let expected = self.keys.server_finished(self.transcript.hash());
        if !mac_matches(&expected, &mac) {
            return Err(HandshakeError::NotAuthentic(NotAuthentic::ServerFinished));
        }
        // Asked only now: before the proof, the name was a claim.
        if !self.targets.is_empty() && !self.targets.contains(&self.peer.account) {
            return Err(HandshakeError::WrongPeer {
                peer: self.peer.account.clone(),
                expected: self.targets,
            });
        }
        self.transcript.add(frame.bytes());
        let mac = self.keys.client_finished(self.transcript.hash());
        out.extend_from_slice(message::client_finished(&mac).bytes());

        let (record_key, resumption) = self.keys.into_session();
        Ok(Established {
            peer: self.peer,
            cipher: self.init.cipher,
            record_protocol: self.init.record_protocol,
            application_protocol: self.init.application_protocol,
            peer_rpc_versions: self.init.rpc_versions,
            peer_max_frame_size: self.init.max_frame_size,
            target_name: None,
            record_key,
            resumption,
        })
    }
}

impl fmt::Debug for ExpectServerInit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExpectServerInit").finish_non_exhaustive()
    }
}

impl fmt::Debug for ExpectServerFinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExpectServerFinished")
            .field("peer", &self.peer.account)
            .finish_non_exhaustive()
    }
}
