//! `ot.v1.HospitalService`: what the hospital has. Small enough to be listed out of memory.

use booking_proto::ot::v1::{self, hospital_service_server::HospitalService};
use tonic::{Request, Response, Status};

use super::{
    convert::{
        hospital::{
            chosen_id, procedure_type, reason, site, staff, theatre, to_procedure_type, to_reason,
            to_site, to_staff, to_subject, to_theatre, to_unavailability, to_unit, unavailability,
            unit,
        },
        values::{EARLIEST_S, unless_empty},
    },
    desk::{Admitted, Desk, reading},
    fields::Fields,
    things::new_id,
};
use crate::{
    app::Refusal,
    domain::{
        EquipmentUnit, ProcedureType, Reason, Staff, Theatre, TheatreState, Unavailability,
        UnavailabilityId,
    },
    store::UnavailabilityQuery,
};

/// The longest range that is listed. Days.
pub(super) const MAX_RANGE_DAYS: i64 = 400;

/// Theatres in the order of boards; a number that orders as text.
fn board_order(theatre: &Theatre) -> String {
    let place = i64::from(theatre.list_order) - i64::from(i32::MIN);
    format!("{place:010} {}", theatre.id)
}

#[tonic::async_trait]
impl HospitalService for Desk {
    async fn list_sites(
        &self,
        request: Request<v1::ListSitesRequest>,
    ) -> Result<Response<v1::ListSitesResponse>, Status> {
        let (sites, next_page_token) = self
            .listed(
                request,
                |it| (it.page_size, &it.page_token, true),
                |hospital, _| hospital.sites.values().cloned().collect(),
                |it| it.id.to_string(),
                site,
            )
            .await?;
        Ok(Response::new(v1::ListSitesResponse {
            sites,
            next_page_token,
        }))
    }

    async fn create_site(
        &self,
        request: Request<v1::CreateSiteRequest>,
    ) -> Result<Response<v1::Site>, Status> {
        let read = |fields: &mut Fields, wire: &v1::CreateSiteRequest| {
            let id = chosen_id(fields, "site_id", &wire.site_id, new_id);
            to_site(fields, id, 1, &wire.site.clone().unwrap_or_default())
        };
        self.create(request, read, site).await
    }

    async fn create_theatre(
        &self,
        request: Request<v1::CreateTheatreRequest>,
    ) -> Result<Response<v1::Theatre>, Status> {
        let read = |fields: &mut Fields, wire: &v1::CreateTheatreRequest| {
            let id = chosen_id(fields, "theatre_id", &wire.theatre_id, new_id);
            let wire = wire.theatre.clone().unwrap_or_default();
            to_theatre(fields, id, 1, &wire)
        };
        self.create(request, read, theatre).await
    }

    async fn get_theatre(
        &self,
        request: Request<v1::GetTheatreRequest>,
    ) -> Result<Response<v1::Theatre>, Status> {
        let name = request.into_inner().name;
        self.got(
            &name,
            |hospital, id| hospital.theatres.get(id).cloned(),
            theatre,
        )
        .await
    }

    async fn list_theatres(
        &self,
        request: Request<v1::ListTheatresRequest>,
    ) -> Result<Response<v1::ListTheatresResponse>, Status> {
        let (theatres, next_page_token) = self
            .listed(
                request,
                |it| (it.page_size, &it.page_token, it.show_retired),
                |hospital, retired| {
                    let all = hospital.theatres.values();
                    all.filter(|it| retired || !(it.state == TheatreState::Retired))
                        .cloned()
                        .collect()
                },
                board_order,
                theatre,
            )
            .await?;
        Ok(Response::new(v1::ListTheatresResponse {
            theatres,
            next_page_token,
        }))
    }

    async fn update_theatre(
        &self,
        request: Request<v1::UpdateTheatreRequest>,
    ) -> Result<Response<v1::Theatre>, Status> {
        let given = |it: &v1::UpdateTheatreRequest| (it.theatre.clone(), it.update_mask.clone());
        let read = |fields: &mut Fields, before: &Theatre, wire: &v1::Theatre| {
            to_theatre(fields, Some(before.id.clone()), before.version, wire)
        };
        self.update(request, given, read, theatre).await
    }

    async fn delete_theatre(
        &self,
        request: Request<v1::DeleteTheatreRequest>,
    ) -> Result<Response<()>, Status> {
        self.delete::<_, Theatre>(request, |it| (&it.name, &it.etag))
            .await
    }

    async fn create_staff(
        &self,
        request: Request<v1::CreateStaffRequest>,
    ) -> Result<Response<v1::Staff>, Status> {
        let read = |fields: &mut Fields, wire: &v1::CreateStaffRequest| {
            let id = chosen_id(fields, "staff_id", &wire.staff_id, new_id);
            let wire = wire.staff.clone().unwrap_or_default();
            to_staff(fields, id, 1, false, &wire)
        };
        self.create(request, read, staff).await
    }

    async fn get_staff(
        &self,
        request: Request<v1::GetStaffRequest>,
    ) -> Result<Response<v1::Staff>, Status> {
        let name = request.into_inner().name;
        self.got(&name, |hospital, id| hospital.staff.get(id).cloned(), staff)
            .await
    }

    async fn list_staff(
        &self,
        request: Request<v1::ListStaffRequest>,
    ) -> Result<Response<v1::ListStaffResponse>, Status> {
        let (staff, next_page_token) = self
            .listed(
                request,
                |it| (it.page_size, &it.page_token, it.show_retired),
                |hospital, retired| {
                    let all = hospital.staff.values();
                    all.filter(|it| retired || !(it.retired)).cloned().collect()
                },
                |it| it.id.to_string(),
                staff,
            )
            .await?;
        Ok(Response::new(v1::ListStaffResponse {
            staff,
            next_page_token,
        }))
    }

    async fn update_staff(
        &self,
        request: Request<v1::UpdateStaffRequest>,
    ) -> Result<Response<v1::Staff>, Status> {
        let given = |it: &v1::UpdateStaffRequest| (it.staff.clone(), it.update_mask.clone());
        let read = |fields: &mut Fields, before: &Staff, wire: &v1::Staff| {
            let (id, version) = (Some(before.id.clone()), before.version);
            to_staff(fields, id, version, before.placeholder, wire)
        };
        self.update(request, given, read, staff).await
    }

    async fn delete_staff(
        &self,
        request: Request<v1::DeleteStaffRequest>,
    ) -> Result<Response<()>, Status> {
        self.delete::<_, Staff>(request, |it| (&it.name, &it.etag))
            .await
    }

    async fn create_equipment_unit(
        &self,
        request: Request<v1::CreateEquipmentUnitRequest>,
    ) -> Result<Response<v1::EquipmentUnit>, Status> {
        let read = |fields: &mut Fields, wire: &v1::CreateEquipmentUnitRequest| {
            let id = chosen_id(fields, "equipment_unit_id", &wire.equipment_unit_id, new_id);
            let wire = wire.equipment_unit.clone().unwrap_or_default();
            to_unit(fields, id, 1, &wire)
        };
        self.create(request, read, unit).await
    }

    async fn list_equipment_units(
        &self,
        request: Request<v1::ListEquipmentUnitsRequest>,
    ) -> Result<Response<v1::ListEquipmentUnitsResponse>, Status> {
        let (equipment_units, next_page_token) = self
            .listed(
                request,
                |it| (it.page_size, &it.page_token, it.show_retired),
                |hospital, retired| {
                    let all = hospital.units.values();
                    all.filter(|it| retired || !(it.retired)).cloned().collect()
                },
                |it| it.id.to_string(),
                unit,
            )
            .await?;
        Ok(Response::new(v1::ListEquipmentUnitsResponse {
            equipment_units,
            next_page_token,
        }))
    }

    async fn update_equipment_unit(
        &self,
        request: Request<v1::UpdateEquipmentUnitRequest>,
    ) -> Result<Response<v1::EquipmentUnit>, Status> {
        let given = |it: &v1::UpdateEquipmentUnitRequest| {
            (it.equipment_unit.clone(), it.update_mask.clone())
        };
        let read = |fields: &mut Fields, before: &EquipmentUnit, wire: &v1::EquipmentUnit| {
            to_unit(fields, Some(before.id.clone()), before.version, wire)
        };
        self.update(request, given, read, unit).await
    }

    async fn create_procedure_type(
        &self,
        request: Request<v1::CreateProcedureTypeRequest>,
    ) -> Result<Response<v1::ProcedureType>, Status> {
        let read = |fields: &mut Fields, wire: &v1::CreateProcedureTypeRequest| {
            let id = chosen_id(fields, "procedure_type_id", &wire.procedure_type_id, new_id);
            let wire = wire.procedure_type.clone().unwrap_or_default();
            to_procedure_type(fields, id, 1, &wire)
        };
        self.create(request, read, procedure_type).await
    }

    async fn list_procedure_types(
        &self,
        request: Request<v1::ListProcedureTypesRequest>,
    ) -> Result<Response<v1::ListProcedureTypesResponse>, Status> {
        let (procedure_types, next_page_token) = self
            .listed(
                request,
                |it| (it.page_size, &it.page_token, it.show_retired),
                |hospital, retired| {
                    let all = hospital.procedure_types.values();
                    all.filter(|it| retired || !(it.retired)).cloned().collect()
                },
                |it| it.id.to_string(),
                procedure_type,
            )
            .await?;
        Ok(Response::new(v1::ListProcedureTypesResponse {
            procedure_types,
            next_page_token,
        }))
    }

    async fn update_procedure_type(
        &self,
        request: Request<v1::UpdateProcedureTypeRequest>,
    ) -> Result<Response<v1::ProcedureType>, Status> {
        let given = |it: &v1::UpdateProcedureTypeRequest| {
            (it.procedure_type.clone(), it.update_mask.clone())
        };
        let read = |fields: &mut Fields, before: &ProcedureType, wire: &v1::ProcedureType| {
            to_procedure_type(fields, Some(before.id.clone()), before.version, wire)
        };
        self.update(request, given, read, procedure_type).await
    }

    async fn create_reason(
        &self,
        request: Request<v1::CreateReasonRequest>,
    ) -> Result<Response<v1::Reason>, Status> {
        let read = |fields: &mut Fields, wire: &v1::CreateReasonRequest| {
            let id = chosen_id(fields, "reason_id", &wire.reason_id, new_id);
            let wire = wire.reason.clone().unwrap_or_default();
            to_reason(fields, id, 1, &wire)
        };
        self.create(request, read, reason).await
    }

    async fn list_reasons(
        &self,
        request: Request<v1::ListReasonsRequest>,
    ) -> Result<Response<v1::ListReasonsResponse>, Status> {
        let (reasons, next_page_token) = self
            .listed(
                request,
                |it| (it.page_size, &it.page_token, it.show_retired),
                |hospital, retired| {
                    let all = hospital.reasons.values();
                    all.filter(|it| retired || !(it.retired)).cloned().collect()
                },
                |it| it.code.to_string(),
                reason,
            )
            .await?;
        Ok(Response::new(v1::ListReasonsResponse {
            reasons,
            next_page_token,
        }))
    }

    async fn update_reason(
        &self,
        request: Request<v1::UpdateReasonRequest>,
    ) -> Result<Response<v1::Reason>, Status> {
        let given = |it: &v1::UpdateReasonRequest| (it.reason.clone(), it.update_mask.clone());
        let read = |fields: &mut Fields, before: &Reason, wire: &v1::Reason| {
            to_reason(fields, Some(before.code.clone()), before.version, wire)
        };
        self.update(request, given, read, reason).await
    }

    async fn create_unavailability(
        &self,
        request: Request<v1::CreateUnavailabilityRequest>,
    ) -> Result<Response<v1::Unavailability>, Status> {
        let id = UnavailabilityId::parse(&new_id()).expect("a UUID is an identifier");
        let read = |fields: &mut Fields, wire: &v1::CreateUnavailabilityRequest| {
            to_unavailability(fields, id, &wire.unavailability.clone().unwrap_or_default())
        };
        self.create(request, read, unavailability).await
    }

    async fn list_unavailabilities(
        &self,
        request: Request<v1::ListUnavailabilitiesRequest>,
    ) -> Result<Response<v1::ListUnavailabilitiesResponse>, Status> {
        let admitted = Admitted::of(&request)?;
        let request = request.into_inner();
        let (start, end) = (request.start_time.as_ref(), request.end_time.as_ref());
        let asked = [request.subject.clone(), format!("{start:?} {end:?}")];
        let pages = self.pages(&admitted, &[&asked[0], &asked[1]]);
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
        let mut snapshot = self.app.read().await?;
        let found = snapshot
            .unavailabilities(&query)
            .await
            .map_err(Refusal::from)?;
        let key = |it: &Unavailability| {
            let since_1900 = it.range.start().as_second() - EARLIEST_S;
            format!("{since_1900:012} {}", it.id)
        };
        let found = found.into_iter();
        let (unavailabilities, next_page_token) =
            pages.of_sorted(found, &page, key, unavailability);
        Ok(Response::new(v1::ListUnavailabilitiesResponse {
            unavailabilities,
            next_page_token,
        }))
    }

    async fn delete_unavailability(
        &self,
        request: Request<v1::DeleteUnavailabilityRequest>,
    ) -> Result<Response<()>, Status> {
        self.delete::<_, Unavailability>(request, |it| (&it.name, &it.etag))
            .await
    }
}
