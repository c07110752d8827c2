//! Where a mock makes calls of `DoHandshake` go wrong on purpose. In service there is no hook, and
//! nothing interferes.

use std::{fmt, sync::Arc};

use alts::gcp::HandshakerResp;
use alts_authority::issuer::NoCredential;
use alts_handshake::HandshakeCredential;

use crate::session::{Side, Step};

/// Looks at every call of one machine's handshaker.
pub trait CallHook: fmt::Debug + Send + Sync + 'static {
    /// A call begins on the connection of this number. `None`: nothing interferes with it.
    fn begin(self: Arc<Self>, connection: u64) -> Option<Box<dyn Interference>>;
}

/// What goes wrong in one call.
#[tonic::async_trait]
pub trait Interference: Send + Sync {
    /// The first message is there. Resolves when the handshake may begin.
    async fn admit(&mut self);

    /// A credential in place of the connection's own, if it is that which goes wrong.
    async fn credential(&self) -> Option<Result<Arc<HandshakeCredential>, NoCredential>>;

    /// What becomes of a step of the session.
    async fn inject(&self, side: Option<Side>, step: Step) -> FaultedStep;
}

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// As the session says.
    Normal,
    /// Not at all: the library must end it.
    LeftOpen,
    /// With OK, and without the answer.
    Dropped,
}

/// A step of the session, and what goes wrong with it.
#[derive(Debug)]
pub struct FaultedStep {
    /// The step, perhaps another one than the session's.
    pub step: Step,
    /// An answer that nobody asked for, to be sent after the step's.
    pub extra: Option<HandshakerResp>,
    /// How the call ends.
    pub ending: Ending,
}

/// Nothing goes wrong with it.
impl From<Step> for FaultedStep {
    fn from(step: Step) -> Self {
        Self {
            step,
            extra: None,
            ending: Ending::Normal,
        }
    }
}
