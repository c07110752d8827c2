//! `otbooking.OtBookingService`: parse, ask, decide, reply.

use booking_proto::otbooking::{
    BookingRequest, BookingResponse, ot_booking_service_server::OtBookingService,
};
use tonic::{Request, Response, Status};

use super::{Article, convert::booking as convert, desk::Admitted};
use crate::{app::Refusal, bookings::Bookings, domain::BookingInfo, names::name};

/// The service, over any store.
pub(super) struct OtBooking<S>(pub(super) Article<S>);

#[tonic::async_trait]
impl<S: Bookings> OtBookingService for OtBooking<S> {
    async fn get_booking_info(
        &self,
        request: Request<BookingRequest>,
    ) -> Result<Response<BookingResponse>, Status> {
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
