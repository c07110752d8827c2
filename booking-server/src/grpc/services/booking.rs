//! `otbooking.OtBookingService`: parse, ask, decide, reply.

use std::sync::Arc;

use booking_domain::BookingInfo;
use booking_proto::otbooking::{
    BookingRequest, BookingResponse, ot_booking_service_server::OtBookingService,
};
use tonic::{Request, Response};

use crate::{
    app::Refusal,
    bookings::Bookings,
    clock::Clock,
    grpc::{convert::booking as convert, layers::access::Admitted, shared::Reply},
    journal::Journal,
    names::name,
    pseudonym::PatientNames,
};

/// What the article's service needs, over any store.
pub(crate) struct Article<S> {
    /// Where the cases are.
    pub(crate) store: S,
    /// What time it is.
    pub(crate) clock: Clock,
    /// What patients are called in logs.
    pub(crate) patient_names: Arc<PatientNames>,
    /// Where calls are written down.
    pub(crate) journal: Journal,
}

/// The service, over any store.
pub(in crate::grpc) struct OtBooking<S>(pub(in crate::grpc) Article<S>);

#[tonic::async_trait]
impl<S: Bookings> OtBookingService for OtBooking<S> {
    async fn get_booking_info(&self, request: Request<BookingRequest>) -> Reply<BookingResponse> {
        let query = convert::booking_query(request.get_ref())?;
        let patient = self.0.patient_names.of(&query.patient);
        tracing::info!("Received request for booking info for patient {patient}");
        if let Some(Admitted { caller, method }) = request.extensions().get() {
            let person = caller.person.as_deref();
            let about = name(&query.patient);
            self.0
                .journal
                .asked(method.name, &caller.account, person, &about);
        }

        let found = self.0.store.cases_of(&query.patient, &query.doctor).await;
        let (cases, hospital) = found.map_err(Refusal::from)?;
        let info = BookingInfo::answer(&query, &cases, &hospital, (self.0.clock)());
        let info = info.ok_or(Refusal::NoSuchBooking)?;
        Ok(Response::new(convert::booking_response(info)))
    }
}
