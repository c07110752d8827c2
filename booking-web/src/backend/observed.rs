//! Notes who answered a call, also when the answer is a refusal.
//!
//! The verified peer is in the extensions of each HTTP response, but a gRPC error reaches the
//! caller as a bare `Status` without them, and then nobody could say *who* refused. A slot travels
//! with the request instead, and is filled as the response's head comes by.

use std::sync::{Arc, OnceLock};

use alts::{AltsChannel, AltsContext};
use axum::http::Request;
use jiff::Timestamp;
use tonic::body::Body;
use tower::{ServiceExt as _, service_fn};

use super::{channel::GrpcChannel, reply::Verified};

/// What the handshaker vouches for beside the account: whether the session was resumed.
const RESUMED_ATTRIBUTE: &str = "alts.resumed";

/// Put into a request's extensions; holds the peer once the response's head has arrived.
#[derive(Clone, Debug, Default)]
pub(crate) struct PeerSlot(Arc<OnceLock<Verified>>);

impl PeerSlot {
    /// Who answered, if anybody proven did.
    pub(crate) fn get(&self) -> Option<&Verified> {
        self.0.get()
    }

    /// Notes who answers. The first note stands: a response has one head.
    pub(crate) fn fill(&self, peer: Verified) {
        drop(self.0.set(peer));
    }
}

/// Fills the [`PeerSlot`] of each request that carries one.
pub(super) fn observed(channel: AltsChannel) -> GrpcChannel {
    GrpcChannel::new(service_fn(move |request: Request<Body>| {
        let channel = channel.clone();
        async move {
            let slot = request.extensions().get::<PeerSlot>().cloned();
            let response = channel.oneshot(request).await?;
            if let (Some(slot), Some(peer)) = (slot, response.extensions().get::<AltsContext>()) {
                slot.fill(verified(peer));
            }
            Ok(response)
        }
    }))
}

fn verified(context: &AltsContext) -> Verified {
    let versions = context.peer_rpc_versions();
    Verified {
        backend: context.peer_service_account().to_string(),
        ourselves: context.local_service_account().map(ToString::to_string),
        record_protocol: context.record_protocol().to_owned(),
        security_level: context.security_level().as_str_name().to_owned(),
        rpc_versions: (versions.min.to_string(), versions.max.to_string()),
        // Only a clock set thousands of years off has no timestamp.
        connected_at: Timestamp::try_from(context.established_at())
            .unwrap_or(Timestamp::UNIX_EPOCH),
        resumed: context
            .peer_attributes()
            .get(RESUMED_ATTRIBUTE)
            .map(|value| value == "true"),
    }
}
