//! `booking-client sites …`: a catalogue that only grows.

use booking_proto::ot::v1::{CreateSiteRequest, ListSitesRequest, Site};
use clap::Subcommand;

use crate::{
    connection::{EVERYTHING, Service},
    failure::Failure,
    printing::{Column, Printer},
    reading::{WriteArgs, id_of},
};

/// What can be done with sites.
#[derive(Debug, Subcommand)]
#[command(after_help = MANUAL)]
pub enum Sites {
    /// All of them, with their time zones
    List,
    /// A new one; its time zone cannot change
    Create {
        /// Its identifier
        site: String,
        /// Its name for people
        #[arg(long, value_name = "TEXT")]
        name: String,
        /// What its wall clocks show, as in Europe/London
        #[arg(long, value_name = "ZONE")]
        time_zone: String,
        /// Dry run, request id.
        #[command(flatten)]
        write: WriteArgs,
    },
}

const MANUAL: &str = "\
A hospital from nothing, on a service that was started with an empty database:
  booking-client sites create main --name 'Main building' --time-zone Europe/London
  booking-client theatres create OT-1 --name 'Theatre 1' --open mon-fri=08:00-18:00 \\
      --capability general-anaesthesia
  booking-client staff create DC-1 --name 'Dr Okafor' --role primary-surgeon --specialty orthopaedics
  booking-client staff create DC-2 --name 'Dr Lind' --role anaesthetist
  booking-client equipment create C-ARM-1 --kind c-arm --name 'C-arm 1' --reprocess 10
  booking-client procedures create hip --name 'Hip replacement' --specialty orthopaedics \\
      --setup 20 --duration 90 --cleanup 20 --requires general-anaesthesia --equipment-kind c-arm --side-required
  booking-client cases create --patient PT-1 --procedure 'Hip replacement' --type hip --side left \\
      --surgeon DC-1 --anaesthetist DC-2 --equipment C-ARM-1
  booking-client slots CASE
Reasons are there from the beginning; sessions are needed only where theatre time belongs to somebody.";

impl Sites {
    /// Does what was typed.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let sites = match self {
            Self::List => {
                service
                    .list(ListSitesRequest::default(), EVERYTHING)
                    .await?
            }
            Self::Create {
                site,
                name,
                time_zone,
                write,
            } => {
                let request = CreateSiteRequest {
                    site_id: site,
                    site: Some(Site {
                        display_name: name,
                        time_zone,
                        ..Site::default()
                    }),
                    request_id: write.request_id(),
                    validate_only: write.dry_run,
                };
                vec![service.call(request).await?]
            }
        };
        Ok(printer.table(COLUMNS, &sites, &())?)
    }
}

const COLUMNS: &[Column<Site, ()>] = &[
    ("site", |site, ()| id_of(&site.name)),
    ("name", |site, ()| site.display_name.clone()),
    ("time zone", |site, ()| site.time_zone.clone()),
];
