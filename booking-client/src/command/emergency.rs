//! `emergency …`

use std::io::Write;

use booking_proto::ot::v1::{ApplyEmergencyPlanRequest, PlanEmergencyRequest};

use super::{Service, options};
use crate::{
    cli::Emergency,
    failure::Failure,
    output::{self, Printer},
    request::resource,
};

pub(super) async fn run(
    service: &Service,
    command: &Emergency,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let mut schedule = service.schedule();
    match command {
        Emergency::Plan { case, theatre } => {
            let request = PlanEmergencyRequest {
                case: resource("cases", case),
                theatres: theatre
                    .iter()
                    .map(|typed| resource("theatres", typed))
                    .collect(),
            };
            let plan = service
                .call(request, async |r| schedule.plan_emergency(r).await)
                .await?;
            printer.messages(&plan.options, || output::options(&plan.options, &place))?;
        }
        Emergency::Apply { option, write } => {
            let write = options(write);
            let request = ApplyEmergencyPlanRequest {
                option: option.clone(),
                request_id: write.request_id,
                validate_only: write.validate_only,
            };
            let done = service
                .call(request, async |r| schedule.apply_emergency_plan(r).await)
                .await?;
            printer.messages(&done.cases, || output::case_table(&done.cases, &place))?;
        }
    }
    Ok(())
}
