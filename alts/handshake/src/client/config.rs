//! What a client brings to a handshake, and what follows from it.

use std::sync::Arc;

use alts::ServiceAccount;

use crate::{
    certificate::{HandshakeCredential, Timestamp, VerifiedPeer},
    error::HandshakeError,
    exchange::Offer,
    ticket::{Resumption, SessionParameters, StoredTicket},
    trust::{NamePolicy, PeerVerifier},
};

/// What a client brings to a handshake.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// Who we are.
    pub credential: Arc<HandshakeCredential>,
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

impl ClientConfig {
    /// Whether the caller, and this machine's owner, want to talk to `peer`: a server that is who
    /// it says may still be the wrong one.
    pub(super) fn check_wanted(&self, peer: &VerifiedPeer) -> Result<(), HandshakeError> {
        let account = &peer.account;
        if !self.targets.is_empty() && !self.targets.contains(account) {
            return Err(HandshakeError::WrongPeer {
                peer: account.clone(),
                expected: self.targets.clone(),
            });
        }
        match &self.target_name {
            Some(name) if !self.names.allows(name, account) => Err(HandshakeError::WrongName {
                peer: account.clone(),
                name: name.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// A ticket that suits, for presenting.
    pub(super) fn take_ticket(
        &self,
        verifier: &PeerVerifier,
        now: Timestamp,
    ) -> Option<StoredTicket> {
        let suits = |parameters: &SessionParameters| {
            let protocols = &self.offer.record_protocols;
            protocols.contains(&parameters.record_protocol)
                && parameters.hold(verifier, now)
                && self.check_wanted(&parameters.peer).is_ok()
        };
        self.resumption.as_ref()?.take(self.ticket_name(), suits)
    }

    pub(super) fn store_ticket(&self, ticket: StoredTicket, now: Timestamp) {
        if let Some(resumption) = &self.resumption {
            resumption.store(self.ticket_name(), ticket, now);
        }
    }

    /// What tickets for the other end are kept by: as dialled, or nameless.
    fn ticket_name(&self) -> &str {
        self.target_name.as_deref().unwrap_or_default()
    }
}
