//! `theatres …` and `staff …`: what was typed → messages of `HospitalService`.

use booking_proto::ot::v1::{
    CreateUnavailabilityRequest, ListUnavailabilitiesRequest, Staff, Theatre, Unavailability,
};
use prost_types::FieldMask;

use super::{UsageError, WriteOptions, name::resource};
use crate::{
    cli::{AwayArgs, StaffFields, TheatreFields, UnavailabilityArgs},
    moment::Place,
    stamp::stamp,
};

/// A theatre with what was typed.
pub fn theatre(id: &str, fields: &TheatreFields) -> Theatre {
    Theatre {
        name: resource("theatres", id),
        display_name: fields.name.clone().unwrap_or_default(),
        list_order: fields.order.unwrap_or_default(),
        capabilities: fields.capability.clone(),
        turnover_min: fields.turnover.unwrap_or_default().into(),
        opening_rules: fields.open.iter().flat_map(|open| open.rules()).collect(),
        ..Theatre::default()
    }
}

/// Which fields of a theatre were typed.
///
/// # Errors
/// [`UsageError::Meaning`] when none were.
pub fn theatre_mask(fields: &TheatreFields) -> Result<FieldMask, UsageError> {
    mask(&[
        (fields.name.is_some(), "display_name"),
        (fields.order.is_some(), "list_order"),
        (!fields.capability.is_empty(), "capabilities"),
        (fields.turnover.is_some(), "turnover_min"),
        (!fields.open.is_empty(), "opening_rules"),
    ])
}

/// A member of staff with what was typed.
pub fn staff(id: &str, fields: &StaffFields) -> Staff {
    Staff {
        name: resource("staff", id),
        display_name: fields.name.clone().unwrap_or_default(),
        roles: fields.role.iter().map(|role| (*role).into()).collect(),
        specialty: fields.specialty.clone().unwrap_or_default(),
        ..Staff::default()
    }
}

/// Which fields of a member of staff were typed.
///
/// # Errors
/// [`UsageError::Meaning`] when none were.
pub fn staff_mask(fields: &StaffFields) -> Result<FieldMask, UsageError> {
    mask(&[
        (fields.name.is_some(), "display_name"),
        (!fields.role.is_empty(), "roles"),
        (fields.specialty.is_some(), "specialty"),
    ])
}

pub(super) fn mask(fields: &[(bool, &str)]) -> Result<FieldMask, UsageError> {
    let typed = fields.iter().filter(|(typed, _)| *typed);
    let paths: Vec<String> = typed.map(|(_, path)| (*path).to_owned()).collect();
    if paths.is_empty() {
        return Err(UsageError::Meaning(
            "nothing to change; give at least one of the fields that --help lists".to_owned(),
        ));
    }
    Ok(FieldMask { paths })
}

/// A closure or an absence of something in `collection`.
pub fn away(
    collection: &str,
    args: &AwayArgs,
    place: &Place,
    write: &WriteOptions,
) -> Result<CreateUnavailabilityRequest, UsageError> {
    Ok(CreateUnavailabilityRequest {
        unavailability: Some(Unavailability {
            subject: resource(collection, &args.subject),
            start_time: Some(stamp(args.from.from(place)?)),
            end_time: Some(stamp(args.to.to(place)?)),
            reason: args.reason.clone(),
            ..Unavailability::default()
        }),
        request_id: write.request_id.clone(),
        validate_only: write.validate_only,
    })
}

/// The first page of closures or absences.
pub fn unavailabilities(
    collection: &str,
    args: &UnavailabilityArgs,
    place: &Place,
) -> Result<ListUnavailabilitiesRequest, UsageError> {
    let subject = args
        .subject
        .as_ref()
        .map(|typed| resource(collection, typed));
    Ok(ListUnavailabilitiesRequest {
        subject: subject.unwrap_or_default(),
        start_time: Some(stamp(args.from.from(place)?)),
        end_time: Some(stamp(args.to.to(place)?)),
        ..ListUnavailabilitiesRequest::default()
    })
}
