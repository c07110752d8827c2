//! The booking service over gRPC and ALTS: the one file that knows both worlds.
//!
//! One channel for the life of the program. It connects when first asked, carries all look-ups
//! side by side, and connects anew by itself after the backend was restarted.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use alts::{AltsChannel, AltsContext, HandshakerArgs, ServiceAccount};
use booking_proto::otbooking::{
    BookingRequest, BookingResponse, ot_booking_service_client::OtBookingServiceClient,
};
use jiff::Timestamp;
use tonic::Request;
use tower::util::BoxCloneSyncService;

use super::{
    Backend, Booking, Lookup, Pending, Refusal, Reply, Verified, Wire,
    observed::{Observed, PeerSlot},
    ot::name_person,
};

/// The largest answer that is read: two short texts, with room for every field to come.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// How much longer than our own limit the backend is told. Our timer must win: tonic calls its own
/// expired timer CANCELLED, and only this side knows that it is time that ran out.
pub(super) const BACKEND_GRACE: Duration = Duration::from_millis(250);

/// What the handshaker vouches for beside the account: whether the session was resumed.
const RESUMED_ATTRIBUTE: &str = "alts.resumed";

/// The booking service at one address, accepted only as one of the expected accounts.
pub struct AltsBackend {
    dialled: Dialled,
    wire: Mutex<Wire>,
}

/// Everything that it takes to dial again.
struct Dialled {
    handshaker: HandshakerArgs,
    address: String,
    accounts: Vec<ServiceAccount>,
}

impl Dialled {
    fn dial(&self) -> Result<Wire, alts::Error> {
        let mut builder = AltsChannel::builder(self.handshaker.build()?);
        for account in &self.accounts {
            builder = builder.target_service_account(account.clone());
        }
        let channel = Observed(builder.connect_lazy(&self.address)?);
        Ok(BoxCloneSyncService::new(channel))
    }
}

impl AltsBackend {
    /// Prepares the channel; connects when first asked.
    ///
    /// # Errors
    /// When `address` is not `HOST:PORT`, or the handshaker cannot be used.
    pub fn new(
        handshaker: HandshakerArgs,
        address: &str,
        accounts: &[ServiceAccount],
    ) -> Result<Self, alts::Error> {
        let dialled = Dialled {
            handshaker,
            address: address.to_owned(),
            accounts: accounts.to_vec(),
        };
        let wire = Mutex::new(dialled.dial()?);
        Ok(Self { dialled, wire })
    }
}

impl std::fmt::Debug for AltsBackend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AltsBackend").finish_non_exhaustive()
    }
}

impl Backend for AltsBackend {
    fn look_up(&self, lookup: Lookup, person: Option<String>, timeout: Duration) -> Pending<'_> {
        let wire = self.wire();
        Box::pin(async move {
            let slot = PeerSlot::default();
            let mut client =
                OtBookingServiceClient::new(wire).max_decoding_message_size(MAX_ANSWER_BYTES);
            let mut request = request(lookup, &slot, timeout);
            if let Err(refusal) = name_person(&mut request, person.as_deref()) {
                return Reply::Unproven(refusal);
            }
            let call = client.get_booking_info(request);
            let ended = match tokio::time::timeout(timeout, call).await {
                Ok(Ok(response)) => Ok(booking(response.into_inner())),
                Ok(Err(status)) => Err(Refusal::from(&status)),
                Err(_) => Err(Refusal::timed_out(timeout)),
            };
            Reply::conclude(slot.get().cloned(), ended)
        })
    }

    fn wire(&self) -> Wire {
        self.wire
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn reconnect(&self) {
        match self.dialled.dial() {
            Ok(wire) => *self.wire.lock().unwrap_or_else(PoisonError::into_inner) = wire,
            // It could be dialled at the start, with the same words.
            Err(error) => tracing::error!(%error, "cannot make a new connection"),
        }
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

pub(super) fn verified(context: &AltsContext) -> Verified {
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
        resumed: context
            .peer_attributes()
            .get(RESUMED_ATTRIBUTE)
            .map(|value| value == "true"),
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
        let Reply::Proven { peer, outcome } = Reply::conclude(Some(proven()), Ok(found())) else {
            panic!("a proven booking is a proven reply");
        };
        assert_eq!((peer, outcome), (proven(), Ok(found())));
        assert_eq!(
            kind(Reply::conclude(None, Ok(found()))),
            RefusalKind::Unproven
        );
        for code in [
            Code::NotFound,
            Code::PermissionDenied,
            Code::InvalidArgument,
            Code::Internal,
        ] {
            let refusal = || Refusal::from(&Status::new(code, "trust me"));
            assert_eq!(
                kind(Reply::conclude(None, Err(refusal()))),
                RefusalKind::Unproven,
                "{code:?}"
            );
            assert_ne!(
                kind(Reply::conclude(Some(proven()), Err(refusal()))),
                RefusalKind::Unproven
            );
        }
    }

    #[test]
    fn an_unproven_peer_may_be_unreachable_or_late() {
        let late = Refusal::timed_out(Duration::from_secs(1));
        assert_eq!(
            kind(Reply::conclude(None, Err(late))),
            RefusalKind::TimedOut
        );
        let gone = Refusal::from(&Status::unavailable("the connection was lost"));
        assert_eq!(
            kind(Reply::conclude(None, Err(gone))),
            RefusalKind::BackendUnreachable
        );
        let disabled = alts::Error::NoCredential {
            detail: String::new(),
        };
        let disabled = Refusal::from(&Status::from(disabled));
        assert_eq!(
            kind(Reply::conclude(None, Err(disabled))),
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
