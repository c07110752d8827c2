//! `booking-client procedures …`

use booking_proto::ot::v1::{Durations, ProcedureType};
use clap::Args;

use super::{
    cases::{fields::DurationArgs, shown::total_min},
    catalogue::{Catalogue, ItemFields, Retirable},
};
use crate::{
    printing::{Column, when},
    reading::{UpdateMask, id_of},
};

/// What can be done with procedure types.
pub type Procedures = Catalogue<ProcedureFields>;

const MANUAL: &str = "\
Examples:
  booking-client procedures create knee --name 'Knee replacement' --specialty orthopaedics \\
      --setup 20 --duration 90 --cleanup 20 --requires laminar-flow --equipment-kind c-arm --side-required
  booking-client procedures update knee --duration 80 --side-required=false
A list such as --requires replaces what was there.";

/// What a procedure type brings to its cases.
#[derive(Clone, Debug, Default, Args)]
pub struct ProcedureFields {
    /// Its name for people
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// The specialty that its cases count for
    #[arg(long)]
    specialty: Option<String>,
    #[command(flatten)]
    durations: DurationArgs,
    /// Something a theatre must be able to do; repeat it for several
    #[arg(long, value_name = "CAPABILITY")]
    requires: Vec<String>,
    /// A kind of equipment of which a case must have a unit; repeat it for several
    #[arg(long, value_name = "KIND")]
    equipment_kind: Vec<String>,
    /// Whether a case must say on which side
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    side_required: Option<bool>,
}

impl ItemFields for ProcedureFields {
    type Item = ProcedureType;
    const NOUN: &'static str = "PROCEDURE";
    const COLUMNS: &'static [Column<ProcedureType, ()>] = &[
        ("type", |each, ()| id_of(&each.name)),
        ("name", |each, ()| each.display_name.clone()),
        ("specialty", |each, ()| each.specialty.clone()),
        ("min", |each, ()| total_min(durations(each))),
        ("setup", |each, ()| durations(each).setup_min.to_string()),
        ("procedure", |each, ()| {
            durations(each).procedure_min.to_string()
        }),
        ("cleanup", |each, ()| {
            durations(each).cleanup_min.to_string()
        }),
        ("side", |each, ()| when(each.laterality_required, "needed")),
        ("capabilities", |each, ()| {
            each.required_capabilities.join(", ")
        }),
        ("equipment", |each, ()| {
            each.required_equipment_kinds.join(", ")
        }),
        ("", |each, ()| when(each.retired, "retired")),
        ("version", |each, ()| each.etag.clone()),
    ];

    fn put(self, each: &mut ProcedureType) -> UpdateMask {
        let mut mask = UpdateMask::default();
        let kept = &mut each.default_durations;
        kept.get_or_insert_default();
        self.durations.put("default_durations", &mut mask, kept);
        mask.put("display_name", self.name, &mut each.display_name);
        mask.put("specialty", self.specialty, &mut each.specialty);
        let capabilities = &mut each.required_capabilities;
        mask.put_all("required_capabilities", self.requires, capabilities);
        let kinds = &mut each.required_equipment_kinds;
        mask.put_all("required_equipment_kinds", self.equipment_kind, kinds);
        let side = &mut each.laterality_required;
        mask.put("laterality_required", self.side_required, side);
        mask
    }
}

fn durations(each: &ProcedureType) -> Durations {
    each.default_durations.unwrap_or_default()
}

impl Retirable for ProcedureFields {
    const LIST: &'static str = "All of them, with their durations and needs";
    const UPDATE: &'static str =
        "Change only what is given; cases that are entered keep what they have";
    const MANUAL: &'static str = MANUAL;

    fn retired(each: &mut ProcedureType) -> &mut bool {
        &mut each.retired
    }
}

#[cfg(test)]
#[path = "procedures_tests.rs"]
mod tests;
