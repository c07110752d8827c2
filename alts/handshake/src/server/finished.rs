//! ServerInit and ServerFinished are out; the client has yet to prove that it has the keys too.

use crate::{
    certificate::Timestamp,
    error::HandshakeError,
    exchange::Established,
    frame::{Frame, FrameType},
    keys::{NotAuthentic, mac_matches},
    message,
    trust::PeerVerifier,
};

/// ServerInit and ServerFinished are out; the client has yet to prove that it has the keys too.
pub(crate) struct ExpectClientFinished {
    /// What the client's proof has to be.
    pub(super) mac: [u8; 32],
    /// What holds once the client has proven it.
    pub(super) established: Established,
}

impl ExpectClientFinished {
    /// Checks the client's proof, and once more whether it is believed: time has passed since its
    /// certificate or ticket was.
    pub(crate) fn take(
        self,
        frame: Frame,
        verifier: &PeerVerifier,
        now: Timestamp,
    ) -> Result<Established, HandshakeError> {
        let frame = message::expect(frame, FrameType::ClientFinished)?;
        let mac = message::parse_client_finished(&frame)?;
        if !mac_matches(&self.mac, &mac) {
            return Err(NotAuthentic::ClientFinished.into());
        }
        verifier.revalidate(&self.established.peer, now)?;
        Ok(self.established)
    }
}
