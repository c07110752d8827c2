//! `booking-client equipment …`

use booking_proto::ot::v1::EquipmentUnit;
use clap::{Args, Subcommand};

use super::{
    catalogue::{Catalogue, CatalogueItem as _, ItemFields, Retirable},
    unavailability::{self, AwayArgs, take_back},
};
use crate::{
    connection::Service,
    failure::Failure,
    printing::{Column, Printer, when},
    reading::{OneArgs, UpdateMask, id_of},
};

/// What can be done with equipment.
#[derive(Debug, Subcommand)]
pub enum Equipment {
    /// What can be done with every catalogue.
    #[command(flatten)]
    Catalogue(Catalogue<UnitFields>),
    /// Not there for a time; cases in the way stay and show up in 'conflicts'
    Away(AwayArgs),
    /// When units are not there, in a range
    Absences(unavailability::ListArgs),
    /// Take an absence back
    #[command(mut_arg("id", |id| id.value_name("ABSENCE").help("The absence, as 'equipment absences' names it")))]
    Back(OneArgs),
}

const MANUAL: &str = "\
Examples:
  booking-client equipment create C-ARM-2 --kind c-arm --name 'C-arm 2' --reprocess 10
  booking-client equipment away C-ARM-2 --from today --to +3 --reason Repair
  booking-client equipment absences C-ARM-2";

/// What a unit of equipment is.
#[derive(Clone, Debug, Default, Args)]
pub struct UnitFields {
    /// What it is one of, such as c-arm
    #[arg(long)]
    kind: Option<String>,
    /// Its name for people
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Minutes that it is being made ready again after a case
    #[arg(long, value_name = "MIN")]
    reprocess: Option<u16>,
}

impl ItemFields for UnitFields {
    type Item = EquipmentUnit;
    const NOUN: &'static str = "UNIT";
    const COLUMNS: &'static [Column<EquipmentUnit, ()>] = &[
        ("kind", |unit, ()| unit.kind.clone()),
        ("unit", |unit, ()| id_of(&unit.name)),
        ("name", |unit, ()| unit.display_name.clone()),
        ("reprocessing min", |unit, ()| {
            unit.reprocess_min.to_string()
        }),
        ("", |unit, ()| when(unit.retired, "retired")),
        ("version", |unit, ()| unit.etag.clone()),
    ];

    fn put(self, unit: &mut EquipmentUnit) -> UpdateMask {
        let mut mask = UpdateMask::default();
        mask.put("kind", self.kind, &mut unit.kind);
        mask.put("display_name", self.name, &mut unit.display_name);
        mask.put("reprocess_min", self.reprocess, &mut unit.reprocess_min);
        mask
    }
}

impl Retirable for UnitFields {
    const LIST: &'static str = "All units, by kind";
    const CREATE: &'static str = "A new unit: one piece that can be in one place at a time";
    const RETIRE: &'static str = "No longer booked; --undo turns it round";
    const MANUAL: &'static str = MANUAL;

    fn retired(unit: &mut EquipmentUnit) -> &mut bool {
        &mut unit.retired
    }
}

impl Equipment {
    /// Does what was typed.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let units = EquipmentUnit::COLLECTION;
        match self {
            Self::Catalogue(command) => command.run(service, printer).await,
            Self::Away(args) => args.run(units, service, printer).await,
            Self::Absences(args) => args.run(units, service, printer).await,
            Self::Back(args) => take_back(args, service, printer).await,
        }
    }
}
