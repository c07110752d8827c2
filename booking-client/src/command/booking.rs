//! The article's call: asks, and hands the answer on with the proof of who gave it.

use alts::{AltsContext, Handshaker};
use booking_proto::otbooking::{
    BookingRequest, BookingResponse, ot_booking_service_client::OtBookingServiceClient,
};
use tonic::{Request, Response};

use super::service::{ON_BEHALF_OF, SERVER_GRACE, channel, person};
use crate::{
    failure::Failure,
    output::{Answer, Peer, Versions},
    request::Call,
};

/// The largest answer that is read: two short texts, with room for every field to come.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Makes the call, within the call's timeout, and closes the connection.
///
/// # Errors
/// A [`Failure`] that names cause and remedy: of the transport, of the service, or of time.
pub async fn run(call: &Call, handshaker: Handshaker) -> Result<Answer, Failure> {
    match tokio::time::timeout(call.timeout, ask(call, handshaker)).await {
        Ok(answer) => answer,
        Err(_) => Err(Failure::deadline(call.timeout)),
    }
}

async fn ask(call: &Call, handshaker: Handshaker) -> Result<Answer, Failure> {
    let channel = channel(&call.endpoint, handshaker)?;
    tracing::info!(address = %call.endpoint.address, "asking the booking service");
    let mut client =
        OtBookingServiceClient::new(channel).max_decoding_message_size(MAX_ANSWER_BYTES);
    let response = client
        .get_booking_info(request(call)?)
        .await
        .map_err(|status| Failure::from_status(&status))?;
    believe(response)
}

/// Tells the server when nobody waits any longer, so that it does not work for nobody; and for whom it
/// works, where somebody was named.
fn request(call: &Call) -> Result<Request<BookingRequest>, Failure> {
    let mut request = Request::new(call.booking.clone());
    request.set_timeout(call.timeout + SERVER_GRACE);
    if let Some(person) = person(call.person.as_deref())? {
        request.metadata_mut().insert(ON_BEHALF_OF, person);
    }
    Ok(request)
}

/// Takes an answer only together with the proof of who gave it.
fn believe(response: Response<BookingResponse>) -> Result<Answer, Failure> {
    let peer = response
        .extensions()
        .get::<AltsContext>()
        .map(peer)
        .ok_or_else(Failure::unproven)?;
    let BookingResponse {
        booking_date,
        condition,
    } = response.into_inner();
    tracing::info!(peer = peer.service_account, "the booking service answered");
    Ok(Answer {
        booking_date,
        condition,
        peer,
    })
}

fn peer(context: &AltsContext) -> Peer {
    let versions = context.peer_rpc_versions();
    Peer {
        service_account: context.peer_service_account().to_string(),
        local_service_account: context.local_service_account().map(ToString::to_string),
        application_protocol: context.application_protocol().to_string(),
        record_protocol: context.record_protocol().to_string(),
        security_level: context.security_level().to_string(),
        rpc_versions: Versions {
            min: versions.min.to_string(),
            max: versions.max.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_from_nobody_in_particular_is_thrown_away() {
        let response = Response::new(BookingResponse {
            booking_date: "01-Jun-2024 11:30".into(),
            condition: String::new(),
        });
        assert_eq!(believe(response).unwrap_err(), Failure::unproven());
    }

    #[test]
    fn the_server_learns_the_deadline_and_for_whom_it_is_asked_if_for_anybody() {
        let typed = ["booking-client", "h:1", "a@b", "--timeout", "1s"];
        let call = |more: &[&str]| {
            let typed = typed.iter().chain(more).copied();
            Call::from_cli(&crate::cli::parse(typed).unwrap()).unwrap()
        };
        let articles = request(&call(&[])).unwrap();
        assert_eq!(articles.metadata().get("grpc-timeout").unwrap(), "1250000u");
        assert!(articles.metadata().get(ON_BEHALF_OF).is_none());
        let annas = request(&call(&["--on-behalf-of", "anna"])).unwrap();
        assert_eq!(annas.metadata().get(ON_BEHALF_OF).unwrap(), "anna");
    }
}
