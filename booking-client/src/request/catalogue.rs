//! `equipment …`, `procedures …` and `reasons …`: what was typed → messages of `HospitalService`.
//!
//! Each thing with what was typed, and beside it the names of the fields that were.

use booking_proto::ot::v1::{Durations, EquipmentUnit, ProcedureType, Reason};
use prost_types::FieldMask;

use super::{UsageError, hospital::mask, name::resource};
use crate::cli::{ProcedureFields, ReasonFields, UnitFields};

/// A unit of equipment with what was typed.
pub fn unit(id: &str, fields: &UnitFields) -> EquipmentUnit {
    EquipmentUnit {
        name: resource("equipmentUnits", id),
        kind: fields.kind.clone().unwrap_or_default(),
        display_name: fields.name.clone().unwrap_or_default(),
        reprocess_min: fields.reprocess.unwrap_or_default().into(),
        ..EquipmentUnit::default()
    }
}

/// Which fields of a unit were typed.
///
/// # Errors
/// [`UsageError::Meaning`] when none were.
pub fn unit_mask(fields: &UnitFields) -> Result<FieldMask, UsageError> {
    mask(&[
        (fields.kind.is_some(), "kind"),
        (fields.name.is_some(), "display_name"),
        (fields.reprocess.is_some(), "reprocess_min"),
    ])
}

/// A procedure type with what was typed.
pub fn procedure_type(id: &str, fields: &ProcedureFields) -> ProcedureType {
    let minutes = |typed: Option<u16>| typed.unwrap_or_default().into();
    ProcedureType {
        name: resource("procedureTypes", id),
        display_name: fields.name.clone().unwrap_or_default(),
        specialty: fields.specialty.clone().unwrap_or_default(),
        default_durations: Some(Durations {
            setup_min: minutes(fields.setup),
            procedure_min: minutes(fields.duration),
            cleanup_min: minutes(fields.cleanup),
        }),
        required_capabilities: fields.requires.clone(),
        required_equipment_kinds: fields.equipment_kind.clone(),
        laterality_required: fields.side_required.unwrap_or_default(),
        ..ProcedureType::default()
    }
}

/// Which fields of a procedure type were typed. Each duration is one of its own.
///
/// # Errors
/// [`UsageError::Meaning`] when none were.
pub fn procedure_type_mask(fields: &ProcedureFields) -> Result<FieldMask, UsageError> {
    mask(&[
        (fields.name.is_some(), "display_name"),
        (fields.specialty.is_some(), "specialty"),
        (fields.setup.is_some(), "default_durations.setup_min"),
        (fields.duration.is_some(), "default_durations.procedure_min"),
        (fields.cleanup.is_some(), "default_durations.cleanup_min"),
        (!fields.requires.is_empty(), "required_capabilities"),
        (
            !fields.equipment_kind.is_empty(),
            "required_equipment_kinds",
        ),
        (fields.side_required.is_some(), "laterality_required"),
    ])
}

/// A reason with what was typed.
pub fn reason(id: &str, fields: &ReasonFields) -> Reason {
    Reason {
        name: resource("reasons", id),
        display_name: fields.name.clone().unwrap_or_default(),
        group: fields.group.unwrap_or_default().into(),
        avoidable: fields.avoidable.unwrap_or_default(),
        fhir_code: fields.fhir_code.clone().unwrap_or_default(),
        ..Reason::default()
    }
}

/// Which fields of a reason were typed.
///
/// # Errors
/// [`UsageError::Meaning`] when none were.
pub fn reason_mask(fields: &ReasonFields) -> Result<FieldMask, UsageError> {
    mask(&[
        (fields.name.is_some(), "display_name"),
        (fields.group.is_some(), "group"),
        (fields.avoidable.is_some(), "avoidable"),
        (fields.fhir_code.is_some(), "fhir_code"),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_duration_that_was_typed_changes() {
        let fields = ProcedureFields {
            duration: Some(45),
            side_required: Some(false),
            ..ProcedureFields::default()
        };
        let paths = procedure_type_mask(&fields).unwrap().paths;
        assert_eq!(
            paths,
            ["default_durations.procedure_min", "laterality_required"]
        );
        let typed = procedure_type("hip", &fields);
        assert_eq!(typed.default_durations.unwrap().procedure_min, 45);
        assert!(!typed.laterality_required);
    }

    #[test]
    fn an_update_of_nothing_is_told_so() {
        let masks = [
            unit_mask(&UnitFields::default()),
            procedure_type_mask(&ProcedureFields::default()),
            reason_mask(&ReasonFields::default()),
        ];
        for mask in masks {
            let complaint = mask.unwrap_err().to_string();
            assert!(complaint.contains("nothing to change"), "{complaint}");
        }
    }
}
