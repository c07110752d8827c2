//! The server's side: chooses from the client's offer, proves itself first, and ends with the
//! client's proof.

mod finished;
mod init;

use std::sync::Arc;

pub use self::{finished::ExpectClientFinished, init::ExpectClientInit};
use super::{
    Cipher, HandshakeCredential, Offer, RECORD_PROTOCOLS, Resumption, Timestamp, Trust,
    error::Incompatible,
    message::ClientInit,
    ticket::{HeldTicket, Holder, Resumable, Terms},
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
    /// Tickets; `None`: every handshake is a full one.
    pub resumption: Option<Arc<Resumption>>,
}

impl ServerConfig {
    /// What the client's ticket stands for, unless anything about it is not as it should be.
    fn redeem(&self, init: &ClientInit, choice: &Choice, now: Timestamp) -> Option<Resumable> {
        let ticket = init.ticket.as_ref()?;
        let resumption = self.resumption.as_ref()?;
        let session = resumption.redeem(Holder::Client, ticket, now)?;
        self.suits(&session.terms, choice, now).then_some(session)
    }

    /// A ticket of the client's own, to be returned to it.
    fn take_ticket(
        &self,
        init: &ClientInit,
        choice: &Choice,
        now: Timestamp,
    ) -> Option<HeldTicket> {
        let resumption = self.resumption.as_ref()?;
        resumption.take_for_client(init.resumption_id.as_ref()?, |terms| {
            self.suits(terms, choice, now)
        })
    }

    fn suits(&self, terms: &Terms, choice: &Choice, now: Timestamp) -> bool {
        terms.agree(choice.cipher, &choice.record_protocol) && terms.hold(&self.trust, now)
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
