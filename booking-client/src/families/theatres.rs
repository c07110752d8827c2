//! `booking-client theatres …`

use booking_proto::ot::v1::{DeleteTheatreRequest, GetTheatreRequest, Theatre, theatre::State};
use clap::{Args, Subcommand};

use super::{
    catalogue::{CatalogueItem as _, CreateArgs, ItemFields, ListArgs, UpdateArgs, amend, show},
    unavailability::{self, AwayArgs, take_back},
};
use crate::{
    connection::Service,
    failure::Failure,
    printing::{Column, Printer, joined},
    reading::{ChangeArgs, OneArgs, OpenOn, UpdateMask, day_name, hours, id_of, resource, shown},
};

/// What can be done with theatres.
#[derive(Debug, Subcommand)]
#[command(after_help = MANUAL)]
pub enum Theatres {
    /// All of them, in the order of boards
    List(ListArgs),
    /// All that is known of one
    Get {
        /// Which
        theatre: String,
    },
    /// A new one
    Create(CreateArgs<TheatreFields>),
    /// Change only what is given
    Update(UpdateArgs<TheatreFields>),
    /// Take it out of use for good, or with --maintenance or --open for now or not
    Retire {
        /// Which
        theatre: String,
        /// Not for good: closed until --open
        #[arg(long, conflicts_with = "open")]
        maintenance: bool,
        /// In use again
        #[arg(long)]
        open: bool,
        /// Etag, dry run, request id.
        #[command(flatten)]
        change: ChangeArgs,
    },
    /// Remove one that was never planned into
    #[command(mut_arg("id", |id| id.value_name("THEATRE")))]
    Delete(OneArgs),
    /// Close it for a time; cases in the way stay and show up in 'conflicts'
    Close(AwayArgs),
    /// Closures in a range
    Closures(unavailability::ListArgs),
    /// Take a closure back
    #[command(mut_arg("id", |id| id.value_name("CLOSURE").help("The closure, as 'theatres closures' names it")))]
    Reopen(OneArgs),
}

const MANUAL: &str = "\
Examples:
  booking-client theatres create OT-9 --name 'Theatre 9' --open mon-fri=08:00-18:00 \\
      --open sat=09:00-13:00 --capability general-anaesthesia --turnover 10
  booking-client theatres close OT-9 --from 'tomorrow 08:00' --to 'tomorrow 12:00' --reason 'Filter change'";

/// What a theatre is and can do.
#[derive(Clone, Debug, Default, Args)]
pub struct TheatreFields {
    /// Its name for people
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Its place on boards and lists
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    order: Option<i32>,
    /// Something it can do, such as general-anaesthesia; repeat it for several
    #[arg(long, value_name = "CAPABILITY")]
    capability: Vec<String>,
    /// Minutes kept free after every case, beyond its cleanup
    #[arg(long, value_name = "MIN")]
    turnover: Option<u16>,
    /// When it is open, as in mon-fri=08:00-18:00; repeat it for several
    #[arg(long, value_name = "DAYS=HOURS")]
    open: Vec<OpenOn>,
}

impl ItemFields for TheatreFields {
    type Item = Theatre;
    const NOUN: &'static str = "THEATRE";
    const COLUMNS: &'static [Column<Theatre, ()>] = &[
        ("theatre", |theatre, ()| id_of(&theatre.name)),
        ("name", |theatre, ()| theatre.display_name.clone()),
        ("state", |theatre, ()| shown(theatre.state().as_str_name())),
        ("open", |theatre, ()| opening(theatre)),
        ("turnover", |theatre, ()| theatre.turnover_min.to_string()),
        ("capabilities", |theatre, ()| {
            theatre.capabilities.join(", ")
        }),
        ("version", |theatre, ()| theatre.etag.clone()),
    ];

    fn put(self, theatre: &mut Theatre) -> UpdateMask {
        let mut mask = UpdateMask::default();
        mask.put("display_name", self.name, &mut theatre.display_name);
        mask.put("list_order", self.order, &mut theatre.list_order);
        mask.put_all("capabilities", self.capability, &mut theatre.capabilities);
        mask.put("turnover_min", self.turnover, &mut theatre.turnover_min);
        let rules = self.open.into_iter().flat_map(|OpenOn(rules)| rules);
        let rules = rules.collect();
        mask.put_all("opening_rules", rules, &mut theatre.opening_rules);
        mask
    }
}

impl Theatres {
    /// Does what was typed.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let theatres = Theatre::COLLECTION;
        match self {
            Self::List(args) => args.run::<TheatreFields>(service, printer).await,
            Self::Get { theatre } => {
                let name = resource(theatres, &theatre);
                let found = service.call(GetTheatreRequest { name }).await?;
                show::<TheatreFields>(&[found], printer)
            }
            Self::Create(args) => {
                let site = service.site().await?;
                let new = Theatre {
                    site,
                    ..Theatre::default()
                };
                args.run(new, service, printer).await
            }
            Self::Update(args) => args.run(service, printer).await,
            Self::Retire {
                theatre,
                maintenance,
                open,
                change,
            } => {
                let state = match (maintenance, open) {
                    (true, _) => State::Maintenance,
                    (_, true) => State::Open,
                    _ => State::Retired,
                };
                let mut changed = Theatre::default();
                let mut mask = UpdateMask::default();
                mask.put("state", Some(state), &mut changed.state);
                let which = (theatre.as_str(), change);
                amend::<TheatreFields>(changed, mask, which, (service, printer)).await
            }
            Self::Delete(args) => {
                service.call(DeleteTheatreRequest::from(args)).await?;
                Ok(printer.note("Deleted.")?)
            }
            Self::Close(args) => args.run(theatres, service, printer).await,
            Self::Closures(args) => args.run(theatres, service, printer).await,
            Self::Reopen(args) => take_back(args, service, printer).await,
        }
    }
}

/// `mon-fri 08:00-18:00, sat 09:00-13:00`: days that follow each other with the same hours are drawn
/// together.
fn opening(theatre: &Theatre) -> String {
    let mut runs: Vec<(i32, i32, String)> = Vec::new();
    let mut rules = theatre.opening_rules.clone();
    rules.sort_by_key(|rule| (rule.weekday, rule.open_minute));
    for rule in rules {
        let open = hours(rule.open_minute, rule.close_minute);
        let goes_on = |(_, last, known): &&mut (i32, i32, String)| {
            *known == open && *last == rule.weekday - 1
        };
        match runs.iter_mut().find(goes_on) {
            Some(run) => run.1 = rule.weekday,
            None => runs.push((rule.weekday, rule.weekday, open)),
        }
    }
    joined(runs.into_iter().map(|(first, last, open)| {
        if first == last {
            format!("{} {open}", day_name(first))
        } else {
            format!("{}-{} {open}", day_name(first), day_name(last))
        }
    }))
}

#[cfg(test)]
#[path = "theatres_tests.rs"]
mod tests;
