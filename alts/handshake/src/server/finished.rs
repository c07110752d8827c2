//! ServerInit and ServerFinished are out; the client has yet to prove that it has the keys too.

use std::{fmt, sync::Arc};

use super::config::Choice;
use crate::{
    certificate::{Timestamp, VerifiedPeer},
    error::HandshakeError,
    exchange::{Established, Progress},
    frame::{Frame, FrameReader, FrameType, Input},
    keys::{NotAuthentic, SessionKeys, Transcript, mac_matches},
    message::{self, ClientInit},
    trust::Trust,
};

/// ServerInit and ServerFinished are out; the client has yet to prove that it has the keys too.
pub struct ExpectClientFinished {
    pub(super) trust: Arc<Trust>,
    pub(super) peer: Arc<VerifiedPeer>,
    pub(super) resumed: bool,
    pub(super) choice: Choice,
    pub(super) init: ClientInit,
    pub(super) keys: SessionKeys,
    /// All frames so far.
    pub(super) transcript: Transcript,
    pub(super) reader: FrameReader,
}

impl ExpectClientFinished {
    /// Judges the client by `trust`, whatever was believed when it was judged first.
    pub fn set_verifier(&mut self, trust: Arc<Trust>) {
        self.trust = trust;
    }

    /// Checks the client's proof, and once more whether it is believed: time has passed since its
    /// certificate or ticket was. What follows it in `input` is the client's first record.
    ///
    /// # Errors
    /// See [`HandshakeError`]; `out` may then hold an Abort, to be sent.
    pub fn process(
        mut self,
        input: &mut Input<'_>,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<Progress<Self, Established>, HandshakeError> {
        let outcome = match self.reader.read(input) {
            Ok(None) => return Ok(Progress::NeedsInput(self)),
            Ok(Some(frame)) => self.on_client_finished(frame, now),
            Err(error) => Err(error.into()),
        };
        outcome
            .map(Progress::Done)
            .inspect_err(|error| error.append_abort(out))
    }

    fn on_client_finished(
        self,
        frame: Frame,
        now: Timestamp,
    ) -> Result<Established, HandshakeError> {
        let frame = message::expect(frame, FrameType::ClientFinished)?;
        let mac = message::parse_client_finished(&frame)?;
        let expected = self.keys.client_finished(self.transcript.hash());
        if !mac_matches(&expected, &mac) {
            return Err(NotAuthentic::ClientFinished.into());
        }
        self.trust.revalidate(&self.peer, now)?;
        Ok(Established {
            peer: self.peer,
            record_protocol: self.choice.record_protocol,
            application_protocol: self.choice.application_protocol,
            peer_rpc_versions: self.init.rpc_versions,
            peer_max_frame_size: self.init.max_frame_size,
            target_name: self.init.target_name,
            resumed: self.resumed,
            record_key: self.keys.into_record_key(),
        })
    }
}

impl fmt::Debug for ExpectClientFinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExpectClientFinished")
            .field("peer", &self.peer.account)
            .finish_non_exhaustive()
    }
}
