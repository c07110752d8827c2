//! `sites …`, `equipment …`, `procedures …` and `reasons …`

use std::io::Write;

use booking_proto::ot::v1::{
    self, CreateEquipmentUnitRequest, CreateProcedureTypeRequest, CreateReasonRequest,
    CreateSiteRequest, EquipmentUnit, ProcedureType, Reason, Site, UpdateEquipmentUnitRequest,
    UpdateProcedureTypeRequest, UpdateReasonRequest,
};

use super::{
    Service,
    hospital::{away, back, everything, mask, unavailabilities},
    options, pages,
};
use crate::{
    cli::{Equipment, Procedures, Reasons, Sites},
    failure::Failure,
    output::{self, Printer},
    request::{self, resource},
};

/// Adds a thing under an identifier of the caller's choice; the calls differ in their types alone.
macro_rules! created {
    ($service:expr, $write:expr, $method:ident, $request:ident { $id_field:ident: $id:expr, $field:ident: $thing:expr }) => {{
        let write = options($write);
        let request = $request {
            $id_field: $id.clone(),
            $field: Some($thing),
            request_id: write.request_id,
            validate_only: write.validate_only,
        };
        let mut hospital = $service.hospital();
        $service
            .call(request, async |r| hospital.$method(r).await)
            .await?
    }};
}

/// Changes a thing in the fields that were typed.
macro_rules! updated {
    ($service:expr, $change:expr, $method:ident, $request:ident { $field:ident: $thing:expr, $mask:expr }) => {{
        let write = options(&$change.write);
        let mut thing = $thing;
        thing.etag = $change.etag.clone().unwrap_or_default();
        let request = $request {
            $field: Some(thing),
            update_mask: Some($mask),
            request_id: write.request_id,
            validate_only: write.validate_only,
        };
        let mut hospital = $service.hospital();
        $service
            .call(request, async |r| hospital.$method(r).await)
            .await?
    }};
}

pub(super) async fn sites(
    service: &Service,
    command: &Sites,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let sites = match command {
        Sites::List => everything!(service, ListSitesRequest {}, list_sites, sites),
        Sites::Create {
            site,
            name,
            time_zone,
            write,
        } => {
            let new = Site {
                display_name: name.clone(),
                time_zone: time_zone.clone(),
                ..Site::default()
            };
            vec![created!(
                service,
                write,
                create_site,
                CreateSiteRequest {
                    site_id: site,
                    site: new
                }
            )]
        }
    };
    printer.messages(&sites, || output::site_table(&sites))?;
    Ok(())
}

pub(super) async fn equipment(
    service: &Service,
    command: &Equipment,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    const COLLECTION: &str = "equipmentUnits";
    let units = match command {
        Equipment::List { retired } => everything!(
            service,
            ListEquipmentUnitsRequest {
                show_retired: *retired
            },
            list_equipment_units,
            equipment_units
        ),
        Equipment::Create {
            unit,
            fields,
            write,
        } => {
            let new = request::unit(unit, fields);
            vec![created!(
                service,
                write,
                create_equipment_unit,
                CreateEquipmentUnitRequest {
                    equipment_unit_id: unit,
                    equipment_unit: new
                }
            )]
        }
        Equipment::Update {
            unit,
            fields,
            change,
        } => {
            let (changed, mask) = (request::unit(unit, fields), request::unit_mask(fields)?);
            vec![updated!(
                service,
                change,
                update_equipment_unit,
                UpdateEquipmentUnitRequest {
                    equipment_unit: changed,
                    mask
                }
            )]
        }
        Equipment::Retire(args) => {
            let changed = EquipmentUnit {
                name: resource(COLLECTION, &args.id),
                retired: !args.undo,
                ..EquipmentUnit::default()
            };
            vec![updated!(
                service,
                args.change,
                update_equipment_unit,
                UpdateEquipmentUnitRequest {
                    equipment_unit: changed,
                    mask("retired")
                }
            )]
        }
        Equipment::Away(args) => return away(service, COLLECTION, args, printer).await,
        Equipment::Absences(args) => {
            return unavailabilities(service, COLLECTION, args, printer).await;
        }
        Equipment::Back { absence, change } => {
            return back(service, absence, change, printer).await;
        }
    };
    printer.messages(&units, || output::equipment_table(&units))?;
    Ok(())
}

pub(super) async fn procedures(
    service: &Service,
    command: &Procedures,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let types = match command {
        Procedures::List { retired } => everything!(
            service,
            ListProcedureTypesRequest {
                show_retired: *retired
            },
            list_procedure_types,
            procedure_types
        ),
        Procedures::Create {
            procedure,
            fields,
            write,
        } => {
            let new = request::procedure_type(procedure, fields);
            vec![created!(
                service,
                write,
                create_procedure_type,
                CreateProcedureTypeRequest {
                    procedure_type_id: procedure,
                    procedure_type: new
                }
            )]
        }
        Procedures::Update {
            procedure,
            fields,
            change,
        } => {
            let changed = request::procedure_type(procedure, fields);
            let mask = request::procedure_type_mask(fields)?;
            vec![updated!(
                service,
                change,
                update_procedure_type,
                UpdateProcedureTypeRequest {
                    procedure_type: changed,
                    mask
                }
            )]
        }
        Procedures::Retire(args) => {
            let changed = ProcedureType {
                name: resource("procedureTypes", &args.id),
                retired: !args.undo,
                ..ProcedureType::default()
            };
            vec![updated!(
                service,
                args.change,
                update_procedure_type,
                UpdateProcedureTypeRequest {
                    procedure_type: changed,
                    mask("retired")
                }
            )]
        }
    };
    printer.messages(&types, || output::procedure_table(&types))?;
    Ok(())
}

pub(super) async fn reasons(
    service: &Service,
    command: &Reasons,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let reasons = match command {
        Reasons::List { retired } => everything!(
            service,
            ListReasonsRequest {
                show_retired: *retired
            },
            list_reasons,
            reasons
        ),
        Reasons::Create {
            reason,
            fields,
            write,
        } => {
            let new = request::reason(reason, fields);
            vec![created!(
                service,
                write,
                create_reason,
                CreateReasonRequest {
                    reason_id: reason,
                    reason: new
                }
            )]
        }
        Reasons::Update {
            reason,
            fields,
            change,
        } => {
            let (changed, mask) = (
                request::reason(reason, fields),
                request::reason_mask(fields)?,
            );
            vec![updated!(
                service,
                change,
                update_reason,
                UpdateReasonRequest {
                    reason: changed,
                    mask
                }
            )]
        }
        Reasons::Retire(args) => {
            let changed = Reason {
                name: resource("reasons", &args.id),
                retired: !args.undo,
                ..Reason::default()
            };
            vec![updated!(
                service,
                args.change,
                update_reason,
                UpdateReasonRequest {
                    reason: changed,
                    mask("retired")
                }
            )]
        }
    };
    printer.messages(&reasons, || output::reason_table(&reasons))?;
    Ok(())
}
