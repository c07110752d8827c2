//! The server's side: chooses from the client's offer, proves itself first, and ends with the
//! client's proof.

use std::{fmt, sync::Arc};

use x25519_dalek::{PublicKey, StaticSecret};

use super::{
    Cipher, Entropy, Established, HandshakeCredential, HandshakeError, Input, Offer, Progress,
    RECORD_PROTOCOLS, Timestamp, Trust, VerifiedPeer,
    error::{Incompatible, InvalidMessage, NotAuthentic},
    frame::{Frame, FrameReader, FrameType},
    keys::{SessionKeys, Transcript, mac_matches},
    message::{self, ClientInit, ServerInit},
    suite::{Pair, agree_as_server},
};

/// What a server brings to a handshake.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Who we are.
    pub credential: Arc<HandshakeCredential>,
    /// Whom we believe.
    pub trust: Arc<Trust>,
    /// Key agreements we accept, in no order.
    pub ciphers: Vec<Cipher>,
    /// What our gRPC library can do.
    pub offer: Offer,
}

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
            // A client has nothing to say before it has seen ServerInit: whatever follows is not
            // ours.
            Ok(Some(_)) if !input.rest().is_empty() => {
                Err(InvalidMessage::BytesOutOfTurn(input.rest().len()).into())
            }
            Ok(Some(frame)) => self.on_client_init(frame, now, out),
            Err(error) => Err(error.into()),
        };
        outcome
            .map(Progress::Done)
            .inspect_err(|error| error.append_abort(out))
    }

    fn on_client_init(
        self,
        frame: Frame,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<ExpectClientFinished, HandshakeError> {
        let frame = message::expect(frame, FrameType::ClientInit)?;
        let init = ClientInit::parse(&frame)?;
        let choice = Choice::make(&self.config, &init)?;
        let peer = self.config.trust.verify(&init.certificate, now)?;
        peer.check_cipher(choice.cipher)?;

        let ephemeral =
            (choice.cipher == Cipher::Pfs).then(|| StaticSecret::from(self.entropy.ephemeral));
        let answer = ServerInit {
            random: self.entropy.random,
            certificate: self.config.credential.certificate().to_vec(),
            cipher: choice.cipher,
            record_protocol: choice.record_protocol.clone(),
            application_protocol: choice.application_protocol.clone(),
            ephemeral: ephemeral.as_ref().map(PublicKey::from),
            rpc_versions: self.config.offer.rpc_versions,
            max_frame_size: self.config.offer.max_frame_size,
        }
        .to_frame();
        let mut transcript = Transcript::default();
        transcript.add(frame.bytes());
        transcript.add(answer.bytes());

        let ours = Pair {
            certified: self.config.credential.secret(),
            ephemeral: ephemeral.as_ref(),
        };
        let theirs = Pair {
            certified: &peer.static_key,
            ephemeral: init.ephemeral.as_ref(),
        };
        let secrets = agree_as_server(ours, theirs).map_err(HandshakeError::NotAuthentic)?;
        let keys = secrets.into_keys(transcript.hash());
        let finished = message::server_finished(&keys.server_finished(transcript.hash()));
        transcript.add(finished.bytes());

        // One payload: the client can answer both at once (ALTS whitepaper, footnote 14).
        out.extend_from_slice(answer.bytes());
        out.extend_from_slice(finished.bytes());
        Ok(ExpectClientFinished {
            peer,
            choice,
            init,
            keys,
            transcript,
            reader: FrameReader::default(),
        })
    }
}

/// What the server picked from the client's offer.
struct Choice {
    cipher: Cipher,
    record_protocol: String,
    application_protocol: String,
}

impl Choice {
    /// The first of each of the client's lists that this side knows.
    fn make(config: &ServerConfig, init: &ClientInit) -> Result<Self, Incompatible> {
        let cipher = init
            .ciphers
            .iter()
            .find(|cipher| config.ciphers.contains(cipher));
        let record_protocol = init.record_protocols.iter().find(|name| {
            config.offer.record_protocols.contains(name)
                && RECORD_PROTOCOLS.contains(&name.as_str())
        });
        let application_protocol = init
            .application_protocols
            .iter()
            .find(|name| config.offer.application_protocols.contains(name));
        Ok(Self {
            cipher: *cipher.ok_or(Incompatible::Cipher)?,
            record_protocol: record_protocol.ok_or(Incompatible::RecordProtocol)?.clone(),
            application_protocol: application_protocol
                .ok_or(Incompatible::ApplicationProtocol)?
                .clone(),
        })
    }
}

/// ServerInit and ServerFinished are out; the client has yet to prove that it has the keys too.
pub struct ExpectClientFinished {
    peer: Arc<VerifiedPeer>,
    choice: Choice,
    init: ClientInit,
    keys: SessionKeys,
    /// ClientInit, ServerInit and ServerFinished.
    transcript: Transcript,
    reader: FrameReader,
}

impl ExpectClientFinished {
    /// Checks the client's proof. What follows it in `input` is the client's first record.
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
            Ok(Some(frame)) => self.on_client_finished(frame),
            Err(error) => Err(error.into()),
        };
        outcome
            .map(Progress::Done)
            .inspect_err(|error| error.append_abort(out))
    }

    fn on_client_finished(self, frame: Frame) -> Result<Established, HandshakeError> {
        let frame = message::expect(frame, FrameType::ClientFinished)?;
        let mac = message::parse_client_finished(&frame)?;
        let expected = self.keys.client_finished(self.transcript.hash());
        if !mac_matches(&expected, &mac) {
            return Err(HandshakeError::NotAuthentic(NotAuthentic::ClientFinished));
        }
        let (record_key, resumption) = self.keys.into_session();
        Ok(Established {
            peer: self.peer,
            cipher: self.choice.cipher,
            record_protocol: self.choice.record_protocol,
            application_protocol: self.choice.application_protocol,
            peer_rpc_versions: self.init.rpc_versions,
            peer_max_frame_size: self.init.max_frame_size,
            target_name: self.init.target_name,
            record_key,
            resumption,
        })
    }
}

impl fmt::Debug for ExpectClientInit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExpectClientInit").finish_non_exhaustive()
    }
}

impl fmt::Debug for ExpectClientFinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExpectClientFinished")
            .field("peer", &self.peer.account)
            .finish_non_exhaustive()
    }
}
