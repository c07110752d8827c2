//! What a server brings to a handshake, and what it picks from the client's offer.

use std::sync::Arc;

use crate::{
    certificate::HandshakeCredential,
    error::Incompatible,
    exchange::{Offer, RECORD_PROTOCOLS},
    message::ClientInit,
    ticket::Resumption,
};

/// What a server brings to a handshake.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Who we are.
    pub credential: Arc<HandshakeCredential>,
    /// What our gRPC library can do.
    pub offer: Offer,
    /// Tickets; `None`: every handshake is a full one.
    pub resumption: Option<Arc<Resumption>>,
}

/// What the server picked from the client's offer.
pub(super) struct Choice {
    pub(super) record_protocol: String,
    pub(super) application_protocol: String,
}

impl Choice {
    /// The first of each of the client's lists that this side knows.
    pub(super) fn make(config: &ServerConfig, init: &ClientInit) -> Result<Self, Incompatible> {
        let record_protocol = init.record_protocols.iter().find(|name| {
            config.offer.record_protocols.contains(name)
                && RECORD_PROTOCOLS.contains(&name.as_str())
        });
        let application_protocol = init
            .application_protocols
            .iter()
            .find(|name| config.offer.application_protocols.contains(name));
        Ok(Self {
            record_protocol: record_protocol.ok_or(Incompatible::RecordProtocol)?.clone(),
            application_protocol: application_protocol
                .ok_or(Incompatible::ApplicationProtocol)?
                .clone(),
        })
    }
}
