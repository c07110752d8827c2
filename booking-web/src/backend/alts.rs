//! The booking service over gRPC and ALTS: the one file that knows both worlds.
//!
//! One channel for the life of the program. It connects when first asked, carries all look-ups
//! side by side, and connects anew by itself after the backend was restarted.

use std::time::Duration;

use alts::{AltsChannel, AltsContext, Handshaker, ServiceAccount};
use booking_proto::otbooking::{
    BookingRequest, BookingResponse, ot_booking_service_client::OtBookingServiceClient,
};
use jiff::Timestamp;
use tonic::Request;

use super::{
    Backend, Booking, Lookup, Pending, Refusal, Reply, Verified,
    observed::{Observed, PeerSlot},
};

/// The largest answer that is read: two short texts, with room for every field to come.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// How much longer than our own limit the backend is told. Our timer must win: tonic calls its own
/// expired timer CANCELLED, and only this side knows that it is time that ran out.
const BACKEND_GRACE: Duration = Duration::from_millis(250);

/// The booking service at one address, accepted only as one of the expected accounts.
#[derive(Clone)]
pub struct AltsBackend {
    client: OtBookingServiceClient<Observed<AltsChannel>>,
}

impl AltsBackend {
    /// Prepares the channel; connects when first asked.
    ///
    /// # Errors
    /// When `address` is not `HOST:PORT`.
    pub fn new(
        handshaker: Handshaker,
        address: &str,
        accounts: &[ServiceAccount],
    ) -> Result<Self, alts::Error> {
        let mut builder = AltsChannel::builder(handshaker);
        for account in accounts {
            builder = builder.target_service_account(account.clone());
        }
        let channel = Observed(builder.connect_lazy(address)?);
        let client =
            OtBookingServiceClient::new(channel).max_decoding_message_size(MAX_ANSWER_BYTES);
        Ok(Self { client })
    }
}

impl std::fmt::Debug for AltsBackend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AltsBackend").finish_non_exhaustive()
    }
}

impl Backend for AltsBackend {
    fn look_up(&self, lookup: Lookup, timeout: Duration) -> Pending<'_> {
        Box::pin(async move {
            let slot = PeerSlot::default();
            // A client is a handle on the shared channel; a clone per call is how tonic means it.
            let mut client = self.client.clone();
            let call = client.get_booking_info(request(lookup, &slot, timeout));
            let ended = match tokio::time::timeout(timeout, call).await {
                Ok(Ok(response)) => Ok(booking(response.into_inner())),
                Ok(Err(status)) => Err(Refusal::from(&status)),
                Err(_) => Err(Refusal::timed_out(timeout)),
            };
            conclude(slot.get().map(verified), ended)
        })
    }
}

/// Believes what a proven peer says, and of an unproven one only that it could not be reached.
fn conclude(peer: Option<Verified>, outcome: Result<Booking, Refusal>) -> Reply {
    match (peer, outcome) {
        (Some(peer), outcome) => Reply::Proven { peer, outcome },
        (None, Err(refusal)) if refusal.is_of_transport() => Reply::Unproven(refusal),
        (None, _) => Reply::Unproven(Refusal::unproven()),
    }
}

fn request(lookup: Lookup, slot: &PeerSlot, timeout: Duration) -> Request<BookingRequest> {
    let mut request = Request::new(BookingRequest {
        patient_id: lookup.patient,
        doctor_id: lookup.doctor,
        description: lookup.description,
    });
    request.set_timeout(timeout + BACKEND_GRACE);
    request.extensions_mut().insert(slot.clone());
    request
}

fn booking(response: BookingResponse) -> Booking {
    Booking {
        date: response.booking_date,
        condition: response.condition,
    }
}

fn verified(context: &AltsContext) -> Verified {
    let versions = context.peer_rpc_versions();
    Verified {
        backend: context.peer_service_account().to_string(),
        ourselves: context.local_service_account().map(ToString::to_string),
        record_protocol: context.record_protocol().to_owned(),
        security_level: context.security_level().to_string(),
        rpc_versions: (versions.min.to_string(), versions.max.to_string()),
        // Only a clock set thousands of years off has no timestamp.
        connected_at: Timestamp::try_from(context.established_at())
            .unwrap_or(Timestamp::UNIX_EPOCH),
    }
}

#[cfg(test)]
mod tests {
    use tonic::{Code, Status};

    use super::*;
    use crate::backend::{RefusalKind, fake::proven};

    fn found() -> Booking {
        Booking {
            date: "01-Jun-2024 11:30".into(),
            condition: String::new(),
        }
    }

    fn kind(reply: Reply) -> RefusalKind {
        let refusal = match reply {
            Reply::Proven { outcome, .. } => outcome.unwrap_err(),
            Reply::Unproven(refusal) => refusal,
        };
        refusal.kind
    }

    #[test]
    fn an_answer_is_believed_only_together_with_a_proven_peer() {
        let Reply::Proven { peer, outcome } = conclude(Some(proven()), Ok(found())) else {
            panic!("a proven booking is a proven reply");
        };
        assert_eq!((peer, outcome), (proven(), Ok(found())));
        assert_eq!(kind(conclude(None, Ok(found()))), RefusalKind::Unproven);
        for code in [
            Code::NotFound,
            Code::PermissionDenied,
            Code::InvalidArgument,
            Code::Internal,
        ] {
            let refusal = || Refusal::from(&Status::new(code, "trust me"));
            assert_eq!(
                kind(conclude(None, Err(refusal()))),
                RefusalKind::Unproven,
                "{code:?}"
            );
            assert_ne!(
                kind(conclude(Some(proven()), Err(refusal()))),
                RefusalKind::Unproven
            );
        }
    }

    #[test]
    fn an_unproven_peer_may_be_unreachable_or_late() {
        let late = Refusal::timed_out(Duration::from_secs(1));
        assert_eq!(kind(conclude(None, Err(late))), RefusalKind::TimedOut);
        let gone = Refusal::from(&Status::unavailable("the connection was lost"));
        assert_eq!(
            kind(conclude(None, Err(gone))),
            RefusalKind::BackendUnreachable
        );
        let disabled = alts::Error::NoCredential {
            detail: String::new(),
        };
        let disabled = Refusal::from(&Status::from(disabled));
        assert_eq!(
            kind(conclude(None, Err(disabled))),
            RefusalKind::NoCredential
        );
    }

    #[test]
    fn the_backend_learns_the_deadline_a_little_later_than_ours() {
        let lookup = Lookup {
            patient: "p".into(),
            doctor: "d".into(),
            description: String::new(),
        };
        let request = request(lookup, &PeerSlot::default(), Duration::from_secs(1));
        assert_eq!(request.metadata().get("grpc-timeout").unwrap(), "1250000u");
    }
}
