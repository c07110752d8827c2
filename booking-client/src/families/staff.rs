//! `booking-client staff …`

use booking_proto::ot::v1::{self, DeleteStaffRequest, GetStaffRequest, TeamRole};
use clap::{Args, Subcommand};

use super::{
    catalogue::{Catalogue, CatalogueItem as _, ItemFields, Retirable, show},
    unavailability::{self, AwayArgs, take_back},
};
use crate::{
    connection::Service,
    failure::Failure,
    printing::{Column, Printer, joined},
    reading::{OneArgs, UpdateMask, enum_names, id_of, resource, shown},
};

/// What can be done with staff.
#[derive(Debug, Subcommand)]
pub enum Staff {
    /// All that is known of one
    #[command(display_order = 1)]
    Get {
        /// Who
        staff: String,
    },
    /// What can be done with every catalogue.
    #[command(flatten)]
    Catalogue(Catalogue<StaffFields>),
    /// Remove somebody who was never in a team
    #[command(mut_arg("id", |id| id.value_name("STAFF").help("Who")))]
    Delete(OneArgs),
    /// Away for a time; cases in the way stay and show up in 'conflicts'
    Absent(AwayArgs),
    /// Absences in a range
    Absences(unavailability::ListArgs),
    /// Take an absence back
    #[command(mut_arg("id", |id| id.value_name("ABSENCE").help("The absence, as 'staff absences' names it")))]
    Present(OneArgs),
}

const MANUAL: &str = "\
Examples:
  booking-client staff create DC-3904 --name 'Dr Okafor' --role primary-surgeon --role assistant-surgeon \\
      --specialty orthopaedics
  booking-client staff absent DC-3904 --from tomorrow --to +7 --reason Leave";

/// Who somebody is.
#[derive(Clone, Debug, Default, Args)]
pub struct StaffFields {
    /// Their name for people
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// What they may do in a case; repeat it for several
    #[arg(long, value_parser = enum_names::role(), value_name = "ROLE")]
    role: Vec<TeamRole>,
    /// Their branch of surgery
    #[arg(long)]
    specialty: Option<String>,
}

impl ItemFields for StaffFields {
    type Item = v1::Staff;
    const NOUN: &'static str = "STAFF";
    const IDENTIFIER: &'static str = "Their identifier";
    const WHICH: &'static str = "Who";
    const COLUMNS: &'static [Column<v1::Staff, ()>] = &[
        ("staff", |who, ()| id_of(&who.name)),
        ("name", |who, ()| who.display_name.clone()),
        ("roles", |who, ()| {
            joined(who.roles().map(|role| shown(role.as_str_name())))
        }),
        ("specialty", |who, ()| who.specialty.clone()),
        ("", |who, ()| match (who.retired, who.placeholder) {
            (true, _) => "retired".to_owned(),
            (_, true) => "stands for unknown people".to_owned(),
            _ => String::new(),
        }),
        ("version", |who, ()| who.etag.clone()),
    ];

    fn put(self, who: &mut v1::Staff) -> UpdateMask {
        let mut mask = UpdateMask::default();
        mask.put("display_name", self.name, &mut who.display_name);
        let roles = self.role.into_iter().map(i32::from).collect();
        mask.put_all("roles", roles, &mut who.roles);
        mask.put("specialty", self.specialty, &mut who.specialty);
        mask
    }
}

impl Retirable for StaffFields {
    const RETIRE: &'static str = "No longer booked; --undo turns it round";
    const RETIRED: &'static str = "Also those who are no longer booked";
    const UNDO: &'static str = "Booked again";
    const ONE: &'static str = Self::NOUN;
    const MANUAL: &'static str = MANUAL;

    fn retired(who: &mut v1::Staff) -> &mut bool {
        &mut who.retired
    }
}

impl Staff {
    /// Does what was typed.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let collection = v1::Staff::COLLECTION;
        match self {
            Self::Catalogue(command) => command.run(service, printer).await,
            Self::Get { staff } => {
                let name = resource(collection, &staff);
                let found = service.call(GetStaffRequest { name }).await?;
                show::<StaffFields>(&[found], printer)
            }
            Self::Delete(args) => {
                service.call(DeleteStaffRequest::from(args)).await?;
                Ok(printer.note("Deleted.")?)
            }
            Self::Absent(args) => args.run(collection, service, printer).await,
            Self::Absences(args) => args.run(collection, service, printer).await,
            Self::Present(args) => take_back(args, service, printer).await,
        }
    }
}
