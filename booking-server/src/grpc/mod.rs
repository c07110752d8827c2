//! gRPC: the services, and what every call passes on its way to them.
//!
//! ```text
//!  call -> CallLog -> ClientAuthorization -> otbooking.OtBookingService
//!          (logged)   (refused before any    grpc.health.v1.Health
//!                      handler)              grpc.reflection.v1, v1alpha
//! ```
//!
//! Nothing is served without authorisation, health and reflection included: whoever may not book
//! need not know what is here.

mod call_log;
mod convert;
mod health;
mod service;
mod status;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use alts::{AuthorizationEvent, ClientAuthorizationLayer, ServiceAccount};
use booking_proto::{
    FILE_DESCRIPTOR_SET, otbooking::ot_booking_service_server::OtBookingServiceServer,
};
use tonic::{service::Routes, transport::Server};
use tonic_health::pb::health_server::HealthServer;
use tonic_reflection::server as reflection;
use tower::layer::util::{Identity, Stack};

pub(crate) use self::health::HealthBoard;
use self::{call_log::CallLogLayer, health::Health, service::OtBooking};
use crate::{serve::Deps, store::Store};

/// The largest request. gRPC's own default, so that a client is refused for what it says, in words,
/// before it is refused for how much: no valid request of ours comes near it.
const MAX_REQUEST_BYTES: usize = 4 * 1024 * 1024;

/// The largest reply; a booking is some hundred bytes.
const MAX_REPLY_BYTES: usize = 4 * 1024 * 1024;

/// The largest header list of a call. Ours carry no metadata; others' carry tracing.
const MAX_HEADER_LIST_BYTES: u32 = 16 * 1024;

/// How long a call may take, whatever deadline it came with.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Streams that one connection may have open.
const MAX_STREAMS_PER_CONNECTION: u32 = 256;

/// Calls that one connection has worked on at a time; its others wait their turn. One busy front
/// end leaves the store's readers to the others often enough.
const MAX_CALLS_PER_CONNECTION: usize = 64;

/// How long a connection may be silent before it is asked whether it is still there, and how long
/// it may take to answer: a machine that lost power is forgotten within two minutes.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(60);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// What every call passes, the log first.
type Layers = Stack<ClientAuthorizationLayer, Stack<CallLogLayer, Identity>>;

/// A tonic server with our limits, that logs every call and lets in only `allowed`. Connections
/// older than `max_age` are told to go: calls under way finish, new ones need a new handshake.
pub(crate) fn server(
    allowed: impl IntoIterator<Item = ServiceAccount>,
    max_age: Option<Duration>,
) -> Server<Layers> {
    let mut server = Server::builder();
    if let Some(max_age) = max_age {
        // Without tonic's grace: given one, it asks nobody to go and cuts calls off at the end of both.
        // Calls under way end by their own timeout, and no new one comes in.
        server = server.max_connection_age(max_age);
    }
    server
        .timeout(CALL_TIMEOUT)
        .concurrency_limit_per_connection(MAX_CALLS_PER_CONNECTION)
        .max_concurrent_streams(MAX_STREAMS_PER_CONNECTION)
        .http2_max_header_list_size(MAX_HEADER_LIST_BYTES)
        .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        .layer(CallLogLayer)
        .layer(ClientAuthorizationLayer::new(allowed).observe(Arc::new(log_authorization)))
}

/// Every service, without what stands in front of them.
///
/// # Errors
///
/// When the descriptors this program was built with do not decode, which a test rules out.
pub(crate) fn routes<S: Store>(
    deps: &Deps<S>,
    board: &HealthBoard,
) -> Result<Routes, reflection::Error> {
    let booking = OtBookingServiceServer::new(OtBooking::new(deps))
        .max_decoding_message_size(MAX_REQUEST_BYTES)
        .max_encoding_message_size(MAX_REPLY_BYTES);
    let health = HealthServer::new(Health::new(Arc::clone(&deps.store), board.clone()));
    Ok(Routes::new(booking)
        .add_service(health)
        .add_service(describe().build_v1()?)
        .add_service(describe().build_v1alpha()?))
}

fn describe() -> reflection::Builder<'static> {
    reflection::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
}

/// The article's two messages of its interceptor; peer and method are in the call's span.
fn log_authorization(event: &AuthorizationEvent<'_>) {
    match event {
        AuthorizationEvent::Refused { status, .. } => {
            tracing::warn!(
                reason = status.message(),
                "Authentication of the client failed"
            );
        }
        AuthorizationEvent::Entered { .. } => {
            tracing::info!("Entering interceptor ClientAuthInterceptor");
        }
        _ => {}
    }
}
