//! `booking-client equipment …`

use booking_proto::ot::v1::EquipmentUnit;
use clap::{Args, Subcommand};

use super::{
    catalogue::{CatalogueItem, CreateArgs, ItemFields, ListArgs, RetireArgs, UpdateArgs},
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
#[command(after_help = MANUAL)]
pub enum Equipment {
    /// All units, by kind
    List(ListArgs),
    /// A new unit: one piece that can be in one place at a time
    Create(CreateArgs<UnitFields>),
    /// Change only what is given
    Update(UpdateArgs<UnitFields>),
    /// No longer booked; --undo turns it round
    Retire(RetireArgs),
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

impl Equipment {
    /// Does what was typed.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let units = EquipmentUnit::COLLECTION;
        match self {
            Self::List(args) => args.run::<UnitFields>(service, printer).await,
            Self::Create(args) => args.run(EquipmentUnit::default(), service, printer).await,
            Self::Update(args) => args.run(service, printer).await,
            Self::Retire(args) => {
                args.run::<UnitFields>(|unit| &mut unit.retired, service, printer)
                    .await
            }
            Self::Away(args) => args.run(units, service, printer).await,
            Self::Absences(args) => args.run(units, service, printer).await,
            Self::Back(args) => take_back(args, service, printer).await,
        }
    }
}
