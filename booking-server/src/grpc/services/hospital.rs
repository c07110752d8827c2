//! `ot.v1.HospitalService`: what the hospital has. Small enough to be listed out of memory.

use booking_domain::{
    EquipmentUnit, ProcedureType, Reason, Site, Staff, Theatre, Unavailability, UnavailabilityId,
};
use booking_proto::ot::v1::{self, hospital_service_server::HospitalService};
use booking_store::UnavailabilityQuery;
use tonic::Request;

use crate::grpc::{
    convert::{
        hospital::{
            chosen_id, procedure_type, reason, site, staff, theatre, to_procedure_type, to_reason,
            to_site, to_staff, to_subject, to_theatre, to_unavailability, to_unit, unavailability,
            unit,
        },
        values::{EARLIEST_S, unless_empty},
    },
    fields::{Fields, reading},
    limits::MAX_RANGE_DAYS,
    shared::{GrpcServices, Reply, new_id},
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
        self.read(request, |admitted, request| async move {
            let page = (request.page_size, &*request.page_token, true);
            let listed = self.listed(&admitted, page, |it: &Site| it.id.to_string(), site);
            let (sites, next_page_token) = listed.await?;
            Ok(v1::ListSitesResponse {
                sites,
                next_page_token,
            })
        })
        .await
    }

    async fn create_site(&self, request: Request<v1::CreateSiteRequest>) -> Reply<v1::Site> {
        self.create(
            request,
            |fields, wire| {
                let id = chosen_id(fields, "site_id", &wire.site_id, new_id);
                to_site(fields, id, 1, &wire.site.clone().unwrap_or_default())
            },
            site,
        )
        .await
    }

    async fn create_theatre(
        &self,
        request: Request<v1::CreateTheatreRequest>,
    ) -> Reply<v1::Theatre> {
        self.create(
            request,
            |fields, wire| {
                let id = chosen_id(fields, "theatre_id", &wire.theatre_id, new_id);
                to_theatre(fields, id, 1, &wire.theatre.clone().unwrap_or_default())
            },
            theatre,
        )
        .await
    }

    async fn get_theatre(&self, request: Request<v1::GetTheatreRequest>) -> Reply<v1::Theatre> {
        self.read(request, |_, request| async move {
            self.got(&request.name, theatre).await
        })
        .await
    }

    async fn list_theatres(
        &self,
        request: Request<v1::ListTheatresRequest>,
    ) -> Reply<v1::ListTheatresResponse> {
        self.read(request, |admitted, request| async move {
            let page = (
                request.page_size,
                &*request.page_token,
                request.show_retired,
            );
            let listed = self.listed(&admitted, page, board_order, theatre);
            let (theatres, next_page_token) = listed.await?;
            Ok(v1::ListTheatresResponse {
                theatres,
                next_page_token,
            })
        })
        .await
    }

    async fn update_theatre(
        &self,
        request: Request<v1::UpdateTheatreRequest>,
    ) -> Reply<v1::Theatre> {
        let given = |it: &v1::UpdateTheatreRequest| (it.theatre.clone(), it.update_mask.clone());
        let read = |fields: &mut Fields, before: &Theatre, wire: &v1::Theatre| {
            to_theatre(fields, Some(before.id.clone()), before.version, wire)
        };
        self.update(request, given, read, theatre).await
    }

    async fn delete_theatre(&self, request: Request<v1::DeleteTheatreRequest>) -> Reply<()> {
        self.delete::<Theatre>(request).await
    }

    async fn create_staff(&self, request: Request<v1::CreateStaffRequest>) -> Reply<v1::Staff> {
        self.create(
            request,
            |fields, wire| {
                let id = chosen_id(fields, "staff_id", &wire.staff_id, new_id);
                to_staff(
                    fields,
                    id,
                    1,
                    false,
                    &wire.staff.clone().unwrap_or_default(),
                )
            },
            staff,
        )
        .await
    }

    async fn get_staff(&self, request: Request<v1::GetStaffRequest>) -> Reply<v1::Staff> {
        self.read(request, |_, request| async move {
            self.got(&request.name, staff).await
        })
        .await
    }

    async fn list_staff(
        &self,
        request: Request<v1::ListStaffRequest>,
    ) -> Reply<v1::ListStaffResponse> {
        self.read(request, |admitted, request| async move {
            let page = (
                request.page_size,
                &*request.page_token,
                request.show_retired,
            );
            let listed = self.listed(&admitted, page, |it: &Staff| it.id.to_string(), staff);
            let (staff, next_page_token) = listed.await?;
            Ok(v1::ListStaffResponse {
                staff,
                next_page_token,
            })
        })
        .await
    }

    async fn update_staff(&self, request: Request<v1::UpdateStaffRequest>) -> Reply<v1::Staff> {
        let given = |it: &v1::UpdateStaffRequest| (it.staff.clone(), it.update_mask.clone());
        let read = |fields: &mut Fields, before: &Staff, wire: &v1::Staff| {
            to_staff(
                fields,
                Some(before.id.clone()),
                before.version,
                before.placeholder,
                wire,
            )
        };
        self.update(request, given, read, staff).await
    }

    async fn delete_staff(&self, request: Request<v1::DeleteStaffRequest>) -> Reply<()> {
        self.delete::<Staff>(request).await
    }

    async fn create_equipment_unit(
        &self,
        request: Request<v1::CreateEquipmentUnitRequest>,
    ) -> Reply<v1::EquipmentUnit> {
        self.create(
            request,
            |fields, wire| {
                let id = chosen_id(fields, "equipment_unit_id", &wire.equipment_unit_id, new_id);
                to_unit(
                    fields,
                    id,
                    1,
                    &wire.equipment_unit.clone().unwrap_or_default(),
                )
            },
            unit,
        )
        .await
    }

    async fn list_equipment_units(
        &self,
        request: Request<v1::ListEquipmentUnitsRequest>,
    ) -> Reply<v1::ListEquipmentUnitsResponse> {
        self.read(request, |admitted, request| async move {
            let page = (
                request.page_size,
                &*request.page_token,
                request.show_retired,
            );
            let listed = self.listed(
                &admitted,
                page,
                |it: &EquipmentUnit| it.id.to_string(),
                unit,
            );
            let (equipment_units, next_page_token) = listed.await?;
            Ok(v1::ListEquipmentUnitsResponse {
                equipment_units,
                next_page_token,
            })
        })
        .await
    }

    async fn update_equipment_unit(
        &self,
        request: Request<v1::UpdateEquipmentUnitRequest>,
    ) -> Reply<v1::EquipmentUnit> {
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
    ) -> Reply<v1::ProcedureType> {
        self.create(
            request,
            |fields, wire| {
                let id = chosen_id(fields, "procedure_type_id", &wire.procedure_type_id, new_id);
                to_procedure_type(
                    fields,
                    id,
                    1,
                    &wire.procedure_type.clone().unwrap_or_default(),
                )
            },
            procedure_type,
        )
        .await
    }

    async fn list_procedure_types(
        &self,
        request: Request<v1::ListProcedureTypesRequest>,
    ) -> Reply<v1::ListProcedureTypesResponse> {
        self.read(request, |admitted, request| async move {
            let page = (
                request.page_size,
                &*request.page_token,
                request.show_retired,
            );
            let listed = self.listed(
                &admitted,
                page,
                |it: &ProcedureType| it.id.to_string(),
                procedure_type,
            );
            let (procedure_types, next_page_token) = listed.await?;
            Ok(v1::ListProcedureTypesResponse {
                procedure_types,
                next_page_token,
            })
        })
        .await
    }

    async fn update_procedure_type(
        &self,
        request: Request<v1::UpdateProcedureTypeRequest>,
    ) -> Reply<v1::ProcedureType> {
        let given = |it: &v1::UpdateProcedureTypeRequest| {
            (it.procedure_type.clone(), it.update_mask.clone())
        };
        let read = |fields: &mut Fields, before: &ProcedureType, wire: &v1::ProcedureType| {
            to_procedure_type(fields, Some(before.id.clone()), before.version, wire)
        };
        self.update(request, given, read, procedure_type).await
    }

    async fn create_reason(&self, request: Request<v1::CreateReasonRequest>) -> Reply<v1::Reason> {
        self.create(
            request,
            |fields, wire| {
                let id = chosen_id(fields, "reason_id", &wire.reason_id, new_id);
                to_reason(fields, id, 1, &wire.reason.clone().unwrap_or_default())
            },
            reason,
        )
        .await
    }

    async fn list_reasons(
        &self,
        request: Request<v1::ListReasonsRequest>,
    ) -> Reply<v1::ListReasonsResponse> {
        self.read(request, |admitted, request| async move {
            let page = (
                request.page_size,
                &*request.page_token,
                request.show_retired,
            );
            let listed = self.listed(&admitted, page, |it: &Reason| it.code.to_string(), reason);
            let (reasons, next_page_token) = listed.await?;
            Ok(v1::ListReasonsResponse {
                reasons,
                next_page_token,
            })
        })
        .await
    }

    async fn update_reason(&self, request: Request<v1::UpdateReasonRequest>) -> Reply<v1::Reason> {
        let given = |it: &v1::UpdateReasonRequest| (it.reason.clone(), it.update_mask.clone());
        let read = |fields: &mut Fields, before: &Reason, wire: &v1::Reason| {
            to_reason(fields, Some(before.code.clone()), before.version, wire)
        };
        self.update(request, given, read, reason).await
    }

    async fn create_unavailability(
        &self,
        request: Request<v1::CreateUnavailabilityRequest>,
    ) -> Reply<v1::Unavailability> {
        let id = UnavailabilityId::parse(&new_id()).expect("a UUID is an identifier");
        let read = |fields: &mut Fields, wire: &v1::CreateUnavailabilityRequest| {
            to_unavailability(fields, id, &wire.unavailability.clone().unwrap_or_default())
        };
        self.create(request, read, unavailability).await
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
                pages.of_sorted(found.into_iter(), &page, key, unavailability);
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
