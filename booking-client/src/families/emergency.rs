//! `booking-client emergency …`

use booking_proto::ot::v1::{ApplyEmergencyPlanRequest, EmergencyOption, PlanEmergencyRequest};
use clap::Subcommand;

use super::cases::shown::CASES;
use crate::{
    connection::Service,
    failure::Failure,
    printable::Printable,
    printing::{Printer, dated_span},
    reading::{SiteTime, WriteArgs, id_of, resource, resources, shown},
};

/// What can be done about an emergency.
#[derive(Debug, Subcommand)]
#[command(after_help = MANUAL)]
pub enum Emergency {
    /// What could be done now, shortest wait first, and what it would do to others; changes nothing
    Plan {
        /// A waiting case that is immediate or urgent
        case: String,
        /// Only in this theatre; repeat it for several
        #[arg(long)]
        theatre: Vec<String>,
    },
    /// Do what an option said, all of it or nothing
    Apply {
        /// The option, as 'emergency plan' printed it
        option: String,
        /// Dry run, request id.
        #[command(flatten)]
        write: WriteArgs,
    },
}

const MANUAL: &str = "\
Examples:
  booking-client cases create --patient PT-88 --procedure Laparotomy --urgency urgent-2a --duration 90 --surgeon DC-3
  booking-client emergency plan CASE
  booking-client emergency apply OPTION";

impl Emergency {
    /// Does what was typed.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let site = service.site_time().await?;
        match self {
            Self::Plan { case, theatre } => {
                let request = PlanEmergencyRequest {
                    case: resource("cases", &case),
                    theatres: resources("theatres", &theatre),
                };
                let plan = service.call(request).await?;
                printer.messages(&plan.options, |options| shown_options(options, &site))?;
            }
            Self::Apply { option, write } => {
                let request = ApplyEmergencyPlanRequest {
                    option,
                    request_id: write.request_id(),
                    validate_only: write.dry_run,
                };
                let done = service.call(request).await?;
                printer.table(CASES, &done.cases, &site)?;
            }
        }
        Ok(())
    }
}

fn shown_options(options: &[EmergencyOption], site: &SiteTime) -> String {
    if options.is_empty() {
        return "No theatre can take it.\n".to_owned();
    }
    let options = (1..).zip(options);
    options
        .map(|(number, option)| shown_option(number, option, site))
        .collect()
}

fn shown_option(number: usize, option: &EmergencyOption, site: &SiteTime) -> String {
    let plan = option.plan.clone().unwrap_or_default();
    let theatre = id_of(&plan.theatre);
    let when = dated_span(plan.start_time, plan.end_time, site);
    let line = format!("{number}. {theatre} {when}, in {} min", option.wait_min);
    let mut text = format!("{}\n", Printable(&line));
    if option.consequences.is_empty() {
        text.push_str("   nobody else is affected\n");
    }
    for consequence in &option.consequences {
        let what = shown(consequence.kind().as_str_name());
        let case = id_of(&consequence.case);
        let line = format!("{case} is {what}: {}", consequence.description);
        text.push_str(&format!("   {}\n", Printable(&line)));
    }
    let apply = Printable(&option.option);
    text + &format!("   booking-client emergency apply {apply}\n")
}
