//! One side of a handshake: finds the peer's frames and gives each to the state that waits for it.

use std::{fmt, sync::Arc};

use crate::{
    certificate::Timestamp,
    client::{ClientConfig, ExpectServerFinished, ExpectServerInit},
    entropy::Entropy,
    error::HandshakeError,
    exchange::Established,
    frame::{FrameReader, Input, InvalidMessage},
    server::{ExpectClientFinished, ExpectClientInit, ServerConfig},
    trust::PeerVerifier,
};

/// One side of a handshake, which waits for the peer's next frame.
pub struct Handshake {
    state: State,
    verifier: Arc<PeerVerifier>,
    reader: FrameReader,
}

/// What is due.
enum State {
    ServerInit(Box<ExpectServerInit>),
    ServerFinished(Box<ExpectServerFinished>),
    ClientInit(Box<ExpectClientInit>),
    ClientFinished(Box<ExpectClientFinished>),
}

/// What came of the peer's bytes.
#[derive(Debug)]
pub enum Progress {
    /// More bytes are needed; all that were given are taken.
    NeedsInput(Handshake),
    /// Both sides proved who they are.
    Done(Established),
}

impl Handshake {
    /// Opens a handshake as the side that dialled: appends ClientInit to `out`.
    pub fn client(
        config: ClientConfig,
        verifier: Arc<PeerVerifier>,
        entropy: Entropy,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Self {
        let state = ExpectServerInit::start(config, &verifier, entropy, now, out);
        Self::waiting(State::ServerInit(Box::new(state)), verifier)
    }

    /// Waits for a client, as the side that was dialled.
    pub fn server(config: ServerConfig, verifier: Arc<PeerVerifier>, entropy: Entropy) -> Self {
        let state = ExpectClientInit::new(config, entropy);
        Self::waiting(State::ClientInit(Box::new(state)), verifier)
    }

    fn waiting(state: State, verifier: Arc<PeerVerifier>) -> Self {
        Self {
            state,
            verifier,
            reader: FrameReader::default(),
        }
    }

    /// Judges the peer by `verifier` from now on, whatever was believed when it was judged first.
    pub fn set_verifier(&mut self, verifier: Arc<PeerVerifier>) {
        self.verifier = verifier;
    }

    /// Takes bytes of the peer's, as far as they are frames of the handshake, and appends what
    /// answers them to `out`. What is left in `input` when the handshake is done are records.
    ///
    /// # Errors
    /// See [`HandshakeError`]; `out` may then hold an Abort, to be sent.
    pub fn process(
        self,
        input: &mut Input<'_>,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<Progress, HandshakeError> {
        self.advance(input, now, out)
            .inspect_err(|error| error.append_abort(out))
    }

    fn advance(
        mut self,
        input: &mut Input<'_>,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<Progress, HandshakeError> {
        let verifier = &self.verifier;
        while let Some(frame) = self.reader.read(input)? {
            self.state = match self.state {
                State::ServerInit(state) => {
                    State::ServerFinished(Box::new(state.take(frame, verifier, now)?))
                }
                State::ServerFinished(state) => {
                    return state.take(frame, verifier, now, out).map(Progress::Done);
                }
                State::ClientInit(state) => {
                    check_turn(input)?;
                    State::ClientFinished(Box::new(state.take(frame, verifier, now, out)?))
                }
                State::ClientFinished(state) => {
                    return state.take(frame, verifier, now).map(Progress::Done);
                }
            };
        }
        Ok(Progress::NeedsInput(self))
    }
}

/// A client has nothing to say before it has seen ServerInit: whatever follows is not ours.
fn check_turn(input: &Input<'_>) -> Result<(), InvalidMessage> {
    match input.rest().len() {
        0 => Ok(()),
        len => Err(InvalidMessage::BytesOutOfTurn(len)),
    }
}

impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.state {
            State::ServerInit(_) => "Handshake(ServerInit is due)",
            State::ServerFinished(_) => "Handshake(ServerFinished is due)",
            State::ClientInit(_) => "Handshake(ClientInit is due)",
            State::ClientFinished(_) => "Handshake(ClientFinished is due)",
        })
    }
}
