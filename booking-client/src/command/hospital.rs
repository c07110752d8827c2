//! `theatres …` and `staff …`, and when they and equipment cannot be used

use std::io::Write;

use booking_proto::ot::v1::{
    self, CreateStaffRequest, CreateTheatreRequest, DeleteStaffRequest, DeleteTheatreRequest,
    DeleteUnavailabilityRequest, GetStaffRequest, GetTheatreRequest, Theatre, UpdateStaffRequest,
    UpdateTheatreRequest, theatre,
};
use prost_types::FieldMask;

use super::{Service, options, pages};
use crate::{
    cli::{AwayArgs, ChangeArgs, Staff, Theatres, UnavailabilityArgs},
    failure::Failure,
    output::{self, Printer},
    request::{self, resource},
};

/// All pages of a list, which differ in their types alone.
macro_rules! everything {
    ($service:expr, $request:ident { $($field:ident: $value:expr),* }, $method:ident, $items:ident) => {{
        let mut hospital = $service.hospital();
        pages::all(pages::EVERYTHING, async |page_size, page_token| {
            let request = v1::$request { page_size, page_token, $($field: $value),* };
            let page = $service.call(request, async |r| hospital.$method(r).await).await?;
            Ok((page.$items, page.next_page_token))
        })
        .await?
    }};
}

pub(super) use everything;

pub(super) async fn theatres(
    service: &Service,
    command: &Theatres,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let mut hospital = service.hospital();
    let theatre = match command {
        Theatres::List { retired } => {
            let all = everything!(
                service,
                ListTheatresRequest {
                    show_retired: *retired
                },
                list_theatres,
                theatres
            );
            printer.messages(&all, || output::theatre_table(&all))?;
            return Ok(());
        }
        Theatres::Close(args) => return away(service, "theatres", args, printer).await,
        Theatres::Closures(args) => {
            return unavailabilities(service, "theatres", args, printer).await;
        }
        Theatres::Reopen { closure, change } => {
            return back(service, closure, change, printer).await;
        }
        Theatres::Delete { theatre, change } => {
            let write = options(&change.write);
            let request = DeleteTheatreRequest {
                name: resource("theatres", theatre),
                etag: change.etag.clone().unwrap_or_default(),
                request_id: write.request_id,
                validate_only: write.validate_only,
            };
            service
                .call(request, async |r| hospital.delete_theatre(r).await)
                .await?;
            printer.note("Deleted.")?;
            return Ok(());
        }
        Theatres::Get { theatre } => {
            let request = GetTheatreRequest {
                name: resource("theatres", theatre),
            };
            service
                .call(request, async |r| hospital.get_theatre(r).await)
                .await?
        }
        Theatres::Create {
            theatre,
            fields,
            write,
        } => {
            let write = options(write);
            let mut new = request::theatre(theatre, fields);
            new.site = service.site().await?.to_owned();
            let request = CreateTheatreRequest {
                theatre_id: theatre.clone(),
                theatre: Some(new),
                request_id: write.request_id,
                validate_only: write.validate_only,
            };
            service
                .call(request, async |r| hospital.create_theatre(r).await)
                .await?
        }
        Theatres::Update {
            theatre,
            fields,
            change,
        } => {
            let changed = request::theatre(theatre, fields);
            update_theatre(service, changed, request::theatre_mask(fields)?, change).await?
        }
        Theatres::Retire {
            theatre,
            maintenance,
            open,
            change,
        } => {
            let state = match (maintenance, open) {
                (true, _) => theatre::State::Maintenance,
                (_, true) => theatre::State::Open,
                _ => theatre::State::Retired,
            };
            let changed = Theatre {
                name: resource("theatres", theatre),
                state: state.into(),
                ..Theatre::default()
            };
            update_theatre(service, changed, mask("state"), change).await?
        }
    };
    printer.message(&theatre, || {
        output::theatre_table(std::slice::from_ref(&theatre))
    })?;
    Ok(())
}

async fn update_theatre(
    service: &Service,
    mut theatre: Theatre,
    update_mask: FieldMask,
    change: &ChangeArgs,
) -> Result<Theatre, Failure> {
    let write = options(&change.write);
    theatre.etag = change.etag.clone().unwrap_or_default();
    let request = UpdateTheatreRequest {
        theatre: Some(theatre),
        update_mask: Some(update_mask),
        request_id: write.request_id,
        validate_only: write.validate_only,
    };
    let mut hospital = service.hospital();
    service
        .call(request, async |r| hospital.update_theatre(r).await)
        .await
}

pub(super) async fn staff(
    service: &Service,
    command: &Staff,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let mut hospital = service.hospital();
    let person = match command {
        Staff::List { retired } => {
            let all = everything!(
                service,
                ListStaffRequest {
                    show_retired: *retired
                },
                list_staff,
                staff
            );
            printer.messages(&all, || output::staff_table(&all))?;
            return Ok(());
        }
        Staff::Absent(args) => return away(service, "staff", args, printer).await,
        Staff::Absences(args) => return unavailabilities(service, "staff", args, printer).await,
        Staff::Present { absence, change } => return back(service, absence, change, printer).await,
        Staff::Delete { staff, change } => {
            let write = options(&change.write);
            let request = DeleteStaffRequest {
                name: resource("staff", staff),
                etag: change.etag.clone().unwrap_or_default(),
                request_id: write.request_id,
                validate_only: write.validate_only,
            };
            service
                .call(request, async |r| hospital.delete_staff(r).await)
                .await?;
            printer.note("Deleted.")?;
            return Ok(());
        }
        Staff::Get { staff } => {
            let request = GetStaffRequest {
                name: resource("staff", staff),
            };
            service
                .call(request, async |r| hospital.get_staff(r).await)
                .await?
        }
        Staff::Create {
            staff,
            fields,
            write,
        } => {
            let write = options(write);
            let request = CreateStaffRequest {
                staff_id: staff.clone(),
                staff: Some(request::staff(staff, fields)),
                request_id: write.request_id,
                validate_only: write.validate_only,
            };
            service
                .call(request, async |r| hospital.create_staff(r).await)
                .await?
        }
        Staff::Update {
            staff,
            fields,
            change,
        } => {
            let changed = request::staff(staff, fields);
            update_staff(service, changed, request::staff_mask(fields)?, change).await?
        }
        Staff::Retire {
            staff,
            undo,
            change,
        } => {
            let changed = v1::Staff {
                name: resource("staff", staff),
                retired: !undo,
                ..v1::Staff::default()
            };
            update_staff(service, changed, mask("retired"), change).await?
        }
    };
    printer.message(&person, || {
        output::staff_table(std::slice::from_ref(&person))
    })?;
    Ok(())
}

async fn update_staff(
    service: &Service,
    mut staff: v1::Staff,
    update_mask: FieldMask,
    change: &ChangeArgs,
) -> Result<v1::Staff, Failure> {
    let write = options(&change.write);
    staff.etag = change.etag.clone().unwrap_or_default();
    let request = UpdateStaffRequest {
        staff: Some(staff),
        update_mask: Some(update_mask),
        request_id: write.request_id,
        validate_only: write.validate_only,
    };
    let mut hospital = service.hospital();
    service
        .call(request, async |r| hospital.update_staff(r).await)
        .await
}

pub(super) fn mask(path: &str) -> FieldMask {
    FieldMask {
        paths: vec![path.to_owned()],
    }
}

pub(super) async fn away(
    service: &Service,
    collection: &str,
    args: &AwayArgs,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let request = request::away(collection, args, &place, &options(&args.write))?;
    let mut hospital = service.hospital();
    let made = service
        .call(request, async |r| hospital.create_unavailability(r).await)
        .await?;
    printer.message(&made, || {
        output::unavailability_table(std::slice::from_ref(&made), &place)
    })?;
    Ok(())
}

pub(super) async fn unavailabilities(
    service: &Service,
    collection: &str,
    args: &UnavailabilityArgs,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let first = request::unavailabilities(collection, args, &place)?;
    let mut hospital = service.hospital();
    let mut all = pages::all(pages::EVERYTHING, async |page_size, page_token| {
        let request = v1::ListUnavailabilitiesRequest {
            page_size,
            page_token,
            ..first.clone()
        };
        let page = service
            .call(request, async |r| hospital.list_unavailabilities(r).await)
            .await?;
        Ok((page.unavailabilities, page.next_page_token))
    })
    .await?;
    // Without a subject the service tells of closures and absences alike.
    all.retain(|each| each.subject.starts_with(collection));
    printer.messages(&all, || output::unavailability_table(&all, &place))?;
    Ok(())
}

pub(super) async fn back(
    service: &Service,
    typed: &str,
    change: &ChangeArgs,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let write = options(&change.write);
    let request = DeleteUnavailabilityRequest {
        name: resource("unavailabilities", typed),
        etag: change.etag.clone().unwrap_or_default(),
        request_id: write.request_id,
        validate_only: write.validate_only,
    };
    let mut hospital = service.hospital();
    service
        .call(request, async |r| hospital.delete_unavailability(r).await)
        .await?;
    printer.note("Taken back.")?;
    Ok(())
}
