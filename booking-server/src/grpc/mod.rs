//! gRPC: the services, and what every call passes on its way to them.
//!
//! ```text
//!  call -> CallLog -> Age -> ClientAuthorization -> Access -> otbooking.OtBookingService
//!          (logged)   (ended (a peer we know?)      (may it   ot.v1.…
//!                     in time)                      do that?) grpc.health.v1.Health
//!                                                             grpc.reflection.v1, v1alpha
//! ```
//!
//! Nothing is served without authorisation, health and reflection included: whoever may not book
//! need not know what is here. A service ([`services`]) reads its request ([`convert`], [`fields`]), has
//! a use case done ([`shared`]), and answers; [`status`] says what goes wrong.

mod case_filter;
mod convert;
mod fields;
mod filter;
mod header_limits;
mod layers;
mod limits;
mod mask;
mod paging;
mod services;
mod shared;
mod status;
#[cfg(test)]
mod tests;
mod tokens;
mod wire_form;

use std::{sync::Arc, time::Duration};

use alts::{AuthorizationEvent, ClientAuthorizationLayer, LogSampler, ServiceAccount};
use booking_proto::{
    FILE_DESCRIPTOR_SET,
    contract::limits::MAX_MESSAGE_BYTES,
    ot::v1::{
        access_service_server::AccessServiceServer, audit_service_server::AuditServiceServer,
        case_service_server::CaseServiceServer, hospital_service_server::HospitalServiceServer,
        report_service_server::ReportServiceServer, schedule_service_server::ScheduleServiceServer,
        session_service_server::SessionServiceServer,
        transfer_service_server::TransferServiceServer, watch_service_server::WatchServiceServer,
    },
    otbooking::ot_booking_service_server::OtBookingServiceServer,
};
use tonic::{service::Routes, transport::Server};
use tonic_health::pb::health_server::HealthServer;
use tonic_reflection::server as reflection;
use tower::layer::util::{Identity, Stack};

use self::{
    layers::{
        access::Access,
        age::Age,
        around::AroundLayer,
        call_log::CallLog,
        malformed::{MALFORMED, MalformedLayer},
    },
    limits::{
        CALL_TIMEOUT, DENIED_LOG_INTERVAL, KEEPALIVE_INTERVAL, KEEPALIVE_TIMEOUT,
        MAX_CALLS_PER_CONNECTION, MAX_HEADER_LIST_BYTES, MAX_STREAMS_PER_CONNECTION,
    },
    services::{booking::OtBooking, health::Health},
    shared::GrpcServices,
};
pub(crate) use self::{services::booking::Article, shared::health_board::HealthBoard};
use crate::{
    access::{Gatekeeper, methods},
    app::App,
    bookings::Bookings,
    journal::Journal,
};

/// What every call passes, the log first.
type Layers = Stack<
    MalformedLayer,
    Stack<
        AroundLayer<Access>,
        Stack<
            ClientAuthorizationLayer,
            Stack<AroundLayer<Age>, Stack<AroundLayer<CallLog>, Identity>>,
        >,
    >,
>;

/// A tonic server with our limits, that logs every call and lets in only whom `gatekeeper` knows,
/// to what they may. Connections older than `max_age` are told to go: calls under way finish,
/// watches are ended, and new calls need a new handshake.
pub(crate) fn server(
    gatekeeper: &Gatekeeper,
    journal: &Journal,
    max_age: Option<Duration>,
) -> Server<Layers> {
    let mut server = Server::builder();
    if let Some(max_age) = max_age {
        // Without tonic's grace: given one, it asks nobody to go and cuts calls off at the end of both.
        // No new call comes in, and [`Age`] ends those that have no timeout of their own.
        server = server.max_connection_age(max_age);
    }
    let (known, denied) = (gatekeeper.clone(), journal.clone());
    let allows = move |peer: &ServiceAccount| known.policy().knows(peer.as_str());
    let refused = LogSampler::new(DENIED_LOG_INTERVAL);
    let authorization = ClientAuthorizationLayer::allowing(Arc::new(allows.clone())).observe(
        Arc::new(move |event| log_authorization(event, &denied, &allows, &refused)),
    );
    server
        .timeout(CALL_TIMEOUT)
        .concurrency_limit_per_connection(MAX_CALLS_PER_CONNECTION)
        .max_concurrent_streams(MAX_STREAMS_PER_CONNECTION)
        .http2_max_header_list_size(MAX_HEADER_LIST_BYTES)
        .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        .layer(AroundLayer(CallLog::default()))
        .layer(AroundLayer(Age { max_age }))
        .layer(authorization)
        .layer(AroundLayer(Access {
            gatekeeper: gatekeeper.clone(),
            journal: journal.clone(),
        }))
        .layer(MALFORMED)
}

/// The article's service, health and reflection, without what stands in front of them.
///
/// # Errors
///
/// When the descriptors this program was built with do not decode, which a test rules out.
pub(crate) fn article_routes<S: Bookings>(
    article: Article<S>,
    board: &HealthBoard,
) -> Result<Routes, reflection::Error> {
    let health = HealthServer::new(Health::new(article.store.clone(), board.clone()));
    let booking = OtBookingServiceServer::new(OtBooking(article))
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    Ok(Routes::new(booking)
        .add_service(health)
        .add_service(describe().build_v1()?)
        .add_service(describe().build_v1alpha()?))
}

/// Adds the services of `ot.v1`, over `app`.
pub(crate) fn add_services(
    routes: Routes,
    app: App,
    gatekeeper: Gatekeeper,
    board: HealthBoard,
) -> Routes {
    let services = Arc::new(GrpcServices::new(app, gatekeeper, board));
    macro_rules! add {
        ($($server:ident)*) => {
            routes$(.add_service(
                $server::from_arc(Arc::clone(&services))
                    .max_decoding_message_size(MAX_MESSAGE_BYTES)
                    .max_encoding_message_size(MAX_MESSAGE_BYTES),
            ))*
        };
    }
    add!(
        CaseServiceServer ScheduleServiceServer WatchServiceServer HospitalServiceServer
        SessionServiceServer ReportServiceServer TransferServiceServer AuditServiceServer
        AccessServiceServer
    )
}

fn describe() -> reflection::Builder<'static> {
    reflection::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        // What is in the details of a refusal, so that tools can show them.
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
}

/// The article's two messages of its interceptor; peer and method are in the call's span. Whoever may not call
/// is told of now and then, however often it tries.
fn log_authorization(
    event: &AuthorizationEvent<'_>,
    journal: &Journal,
    allows: impl Fn(&ServiceAccount) -> bool,
    refused: &LogSampler<Option<ServiceAccount>>,
) {
    match event {
        AuthorizationEvent::Refused {
            peer, path, status, ..
        } => {
            if let Some(left_out) =
                refused.admit(peer.map(|peer| peer.peer_service_account().clone()))
            {
                log_entered();
                tracing::warn!(
                    reason = status.message(),
                    left_out = (left_out > 0).then_some(left_out),
                    "Authentication of the client failed"
                );
            }
            // Whoever proved nothing has no name to write down.
            if let Some(peer) = peer {
                let method = methods::of_path(path).map_or("unknown", |method| method.name);
                journal.denied(method, peer.peer_service_account().as_str(), None);
            }
        }
        AuthorizationEvent::Entered { peer, .. }
            if peer.is_some_and(|peer| allows(peer.peer_service_account())) =>
        {
            log_entered();
        }
        _ => {}
    }
}

fn log_entered() {
    tracing::info!("Entering interceptor ClientAuthInterceptor");
}
