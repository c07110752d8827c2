//! `ot.v1.HospitalService`: what the hospital has. Small enough to be listed out of memory.

use booking_domain::{Staff, Theatre, Unavailability};
use booking_proto::ot::v1::{self, hospital_service_server::HospitalService};
use booking_store::UnavailabilityQuery;
use tonic::Request;

use crate::grpc::{
    convert::{
        hospital::to_subject,
        item::ItemMessage as _,
        values::{EARLIEST_S, unless_empty},
    },
    fields::reading,
    limits::MAX_RANGE_DAYS,
    shared::{GrpcServices, Reply, catalogue::by_id},
};

/// Theatres in the order of boards; a number that orders as text.
fn board_order(theatre: &Theatre) -> String {
    let place = i64::from(theatre.list_order) - i64::from(i32::MIN);
    format!("{place:010} {}", theatre.id)
}

#[tonic::async_trait]
impl HospitalService for GrpcServices {
    async fn list_sites(
        &self,
        request: Request<v1::ListSitesRequest>,
    ) -> Reply<v1::ListSitesResponse> {
        self.list(request, by_id).await
    }

    async fn create_site(&self, request: Request<v1::CreateSiteRequest>) -> Reply<v1::Site> {
        self.create(request, |it| (&it.site_id, &it.site)).await
    }

    async fn create_theatre(
        &self,
        request: Request<v1::CreateTheatreRequest>,
    ) -> Reply<v1::Theatre> {
        self.create(request, |it| (&it.theatre_id, &it.theatre))
            .await
    }

    async fn get_theatre(&self, request: Request<v1::GetTheatreRequest>) -> Reply<v1::Theatre> {
        self.get(request, |it| &it.name).await
    }

    async fn list_theatres(
        &self,
        request: Request<v1::ListTheatresRequest>,
    ) -> Reply<v1::ListTheatresResponse> {
        self.list(request, board_order).await
    }

    async fn update_theatre(
        &self,
        request: Request<v1::UpdateTheatreRequest>,
    ) -> Reply<v1::Theatre> {
        self.update(request, |it| (&it.theatre, &it.update_mask))
            .await
    }

    async fn delete_theatre(&self, request: Request<v1::DeleteTheatreRequest>) -> Reply<()> {
        self.delete::<Theatre>(request).await
    }

    async fn create_staff(&self, request: Request<v1::CreateStaffRequest>) -> Reply<v1::Staff> {
        self.create(request, |it| (&it.staff_id, &it.staff)).await
    }

    async fn get_staff(&self, request: Request<v1::GetStaffRequest>) -> Reply<v1::Staff> {
        self.get(request, |it| &it.name).await
    }

    async fn list_staff(
        &self,
        request: Request<v1::ListStaffRequest>,
    ) -> Reply<v1::ListStaffResponse> {
        self.list(request, by_id).await
    }

    async fn update_staff(&self, request: Request<v1::UpdateStaffRequest>) -> Reply<v1::Staff> {
        self.update(request, |it| (&it.staff, &it.update_mask))
            .await
    }

    async fn delete_staff(&self, request: Request<v1::DeleteStaffRequest>) -> Reply<()> {
        self.delete::<Staff>(request).await
    }

    async fn create_equipment_unit(
        &self,
        request: Request<v1::CreateEquipmentUnitRequest>,
    ) -> Reply<v1::EquipmentUnit> {
        self.create(request, |it| (&it.equipment_unit_id, &it.equipment_unit))
            .await
    }

    async fn list_equipment_units(
        &self,
        request: Request<v1::ListEquipmentUnitsRequest>,
    ) -> Reply<v1::ListEquipmentUnitsResponse> {
        self.list(request, by_id).await
    }

    async fn update_equipment_unit(
        &self,
        request: Request<v1::UpdateEquipmentUnitRequest>,
    ) -> Reply<v1::EquipmentUnit> {
        self.update(request, |it| (&it.equipment_unit, &it.update_mask))
            .await
    }

    async fn create_procedure_type(
        &self,
        request: Request<v1::CreateProcedureTypeRequest>,
    ) -> Reply<v1::ProcedureType> {
        self.create(request, |it| (&it.procedure_type_id, &it.procedure_type))
            .await
    }

    async fn list_procedure_types(
        &self,
        request: Request<v1::ListProcedureTypesRequest>,
    ) -> Reply<v1::ListProcedureTypesResponse> {
        self.list(request, by_id).await
    }

    async fn update_procedure_type(
        &self,
        request: Request<v1::UpdateProcedureTypeRequest>,
    ) -> Reply<v1::ProcedureType> {
        self.update(request, |it| (&it.procedure_type, &it.update_mask))
            .await
    }

    async fn create_reason(&self, request: Request<v1::CreateReasonRequest>) -> Reply<v1::Reason> {
        self.create(request, |it| (&it.reason_id, &it.reason)).await
    }

    async fn list_reasons(
        &self,
        request: Request<v1::ListReasonsRequest>,
    ) -> Reply<v1::ListReasonsResponse> {
        self.list(request, by_id).await
    }

    async fn update_reason(&self, request: Request<v1::UpdateReasonRequest>) -> Reply<v1::Reason> {
        self.update(request, |it| (&it.reason, &it.update_mask))
            .await
    }

    async fn create_unavailability(
        &self,
        request: Request<v1::CreateUnavailabilityRequest>,
    ) -> Reply<v1::Unavailability> {
        self.create(request, |it| ("", &it.unavailability)).await
    }

    async fn list_unavailabilities(
        &self,
        request: Request<v1::ListUnavailabilitiesRequest>,
    ) -> Reply<v1::ListUnavailabilitiesResponse> {
        self.read(request, |admitted, request| async move {
            let (start, end) = (request.start_time.as_ref(), request.end_time.as_ref());
            let asked = format!("{start:?} {end:?}");
            let pages = self.pages(&admitted, &[&request.subject, &asked]);
            let (query, page) = reading(|fields| {
                let subject = fields.take("subject", unless_empty(&request.subject, to_subject));
                let range = fields.bounded_range(start, end, MAX_RANGE_DAYS);
                let page = pages.page::<String>(fields, request.page_size, &request.page_token);
                let query = UnavailabilityQuery {
                    subjects: subject?.into_iter().collect(),
                    range: Some(range?),
                };
                Some((query, page?))
            })?;
            let found = self.app.read().await?.unavailabilities(&query).await?;
            let key = |it: &Unavailability| {
                let since_1900 = it.range.start().as_second() - EARLIEST_S;
                format!("{since_1900:012} {}", it.id)
            };
            let (unavailabilities, next_page_token) =
                pages.of_sorted(found.into_iter(), &page, key, v1::Unavailability::of);
            Ok(v1::ListUnavailabilitiesResponse {
                unavailabilities,
                next_page_token,
            })
        })
        .await
    }

    async fn delete_unavailability(
        &self,
        request: Request<v1::DeleteUnavailabilityRequest>,
    ) -> Reply<()> {
        self.delete::<Unavailability>(request).await
    }
}
