//! `otbooking.OtBookingService`: parse, ask, decide, reply.

use std::sync::Arc;

use booking_proto::otbooking::{
    BookingRequest, BookingResponse, ot_booking_service_server::OtBookingService,
};
use tonic::{Request, Response, Status};

use super::{convert, status::Refusal};
use crate::{
    domain::BookingInfo,
    pseudonym::PatientNames,
    serve::{Clock, Deps},
    store::Store,
};

/// The service, over any store.
pub(super) struct OtBooking<S> {
    store: Arc<S>,
    clock: Clock,
    patient_names: Arc<PatientNames>,
}

impl<S: Store> OtBooking<S> {
    pub(super) fn new(deps: &Deps<S>) -> Self {
        Self {
            store: Arc::clone(&deps.store),
            clock: Arc::clone(&deps.clock),
            patient_names: Arc::clone(&deps.patient_names),
        }
    }
}

#[tonic::async_trait]
impl<S: Store> OtBookingService for OtBooking<S> {
    async fn get_booking_info(
        &self,
        request: Request<BookingRequest>,
    ) -> Result<Response<BookingResponse>, Status> {
        let query = convert::booking_query(request.get_ref()).map_err(Refusal::Invalid)?;
        let patient = self.patient_names.of(&query.patient);
        tracing::info!("Received request for booking info for patient {patient}");

        let cases = self.store.cases_of(&query.patient, &query.doctor).await;
        let cases = cases.map_err(Refusal::Store)?;
        let info = BookingInfo::answer(&query, &cases, (self.clock)()).ok_or(Refusal::NotFound)?;
        Ok(Response::new(convert::booking_response(info)))
    }
}
