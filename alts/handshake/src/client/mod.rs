//! The client's side: offers, then believes nothing the server says before its MAC is right.

mod finished;
mod init;

use std::sync::Arc;

pub use self::{
    finished::{AfterServerFinished, ExpectServerFinished},
    init::ExpectServerInit,
};
use super::{
    Cipher, HandshakeCredential, NamePolicy, Offer, Resumption, Timestamp, Trust, VerifiedPeer,
    ticket::{HeldTicket, Terms},
};
use alts::ServiceAccount;

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
    /// Who may answer to what was dialled.
    pub names: Arc<NamePolicy>,
    /// Tickets; `None`: every handshake is a full one.
    pub resumption: Option<Arc<Resumption>>,
}

/// Why a server that is who it says is still the wrong one.
enum Unwanted {
    NotATarget,
    NotByThatName(String),
}

impl ClientConfig {
    /// Whether the caller, and this machine's owner, want to talk to `peer`.
    fn check_wanted(&self, peer: &VerifiedPeer) -> Result<(), Unwanted> {
        if !self.targets.is_empty() && !self.targets.contains(&peer.account) {
            return Err(Unwanted::NotATarget);
        }
        match &self.target_name {
            Some(name) if !self.names.allows(name, &peer.account) => {
                Err(Unwanted::NotByThatName(name.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Whether a session may be resumed on these terms.
    fn suits(&self, terms: &Terms, now: Timestamp) -> bool {
        self.ciphers.contains(&terms.cipher)
            && self.offer.record_protocols.contains(&terms.record_protocol)
            && terms.hold(&self.trust, now)
            && self.check_wanted(&terms.peer).is_ok()
    }

    /// A ticket that suits, for presenting.
    fn take_ticket(&self, now: Timestamp) -> Option<HeldTicket> {
        let resumption = self.resumption.as_ref()?;
        resumption.take_for_name(self.ticket_name(), |terms| self.suits(terms, now))
    }

    /// What tickets for the other end are kept by: as dialled, or nameless.
    fn ticket_name(&self) -> &str {
        self.target_name.as_deref().unwrap_or_default()
    }
}
