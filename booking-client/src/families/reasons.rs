//! `booking-client reasons …`

use booking_proto::ot::v1::{Reason, reason::Group};
use clap::Args;

use super::catalogue::{Catalogue, ItemFields, Retirable};
use crate::{
    printing::{Column, when},
    reading::{UpdateMask, enum_names, id_of, shown},
};

/// What can be done with reasons.
pub type Reasons = Catalogue<ReasonFields>;

const MANUAL: &str = "\
Examples:
  booking-client reasons create NO_PORTER --name 'Nobody to bring the patient' --group facility --avoidable
  booking-client reasons update NO_PORTER --avoidable=false
  booking-client reasons retire NO_PORTER";

/// What a reason says.
#[derive(Clone, Debug, Default, Args)]
pub struct ReasonFields {
    /// What it means, for people
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Whose doing it is
    #[arg(long, value_parser = enum_names::group(), value_name = "GROUP")]
    group: Option<Group>,
    /// Whether planning could have avoided it
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    avoidable: Option<bool>,
    /// The code of FHIR R4's appointment-cancellation-reason, as in pat-mt
    #[arg(long, value_name = "CODE")]
    fhir_code: Option<String>,
}

impl ItemFields for ReasonFields {
    type Item = Reason;
    const NOUN: &'static str = "REASON";
    const IDENTIFIER: &'static str = "Its code, such as NO_PORTER";
    const COLUMNS: &'static [Column<Reason, ()>] = &[
        ("code", |reason, ()| id_of(&reason.name)),
        ("meaning", |reason, ()| reason.display_name.clone()),
        ("group", |reason, ()| shown(reason.group().as_str_name())),
        ("", |reason, ()| when(reason.avoidable, "avoidable")),
        ("FHIR", |reason, ()| reason.fhir_code.clone()),
        ("", |reason, ()| when(reason.retired, "retired")),
        ("version", |reason, ()| reason.etag.clone()),
    ];

    fn put(self, reason: &mut Reason) -> UpdateMask {
        let mut mask = UpdateMask::default();
        mask.put("display_name", self.name, &mut reason.display_name);
        mask.put("group", self.group, &mut reason.group);
        mask.put("avoidable", self.avoidable, &mut reason.avoidable);
        mask.put("fhir_code", self.fhir_code, &mut reason.fhir_code);
        mask
    }
}

impl Retirable for ReasonFields {
    const MANUAL: &'static str = MANUAL;

    fn retired(reason: &mut Reason) -> &mut bool {
        &mut reason.retired
    }
}
