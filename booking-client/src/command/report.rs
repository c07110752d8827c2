//! `report …`

use std::io::Write;

use super::Service;
use crate::{
    cli::Report,
    failure::Failure,
    output::{self, Printer},
    request,
};

pub(super) async fn run(
    service: &Service,
    command: &Report,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let (Report::Utilisation(args)
    | Report::OnTimeStarts(args)
    | Report::Turnover(args)
    | Report::Cancellations(args)
    | Report::DurationAccuracy(args)
    | Report::Waiting(args)) = command;
    let place = service.place().await?;
    let request = request::report(args, service.site().await?, &place)?;
    let mut reports = service.reports();
    match command {
        Report::Utilisation(_) => {
            let report = service
                .call(request, async |r| reports.query_utilisation(r).await)
                .await?;
            printer.message(&report, || output::utilisation(&report))?;
        }
        Report::OnTimeStarts(_) => {
            let report = service
                .call(request, async |r| reports.query_on_time_starts(r).await)
                .await?;
            printer.message(&report, || output::on_time_starts(&report))?;
        }
        Report::Turnover(_) => {
            let report = service
                .call(request, async |r| reports.query_turnover(r).await)
                .await?;
            printer.message(&report, || output::turnover(&report))?;
        }
        Report::Cancellations(_) => {
            let report = service
                .call(request, async |r| reports.query_cancellations(r).await)
                .await?;
            printer.message(&report, || output::cancellations(&report))?;
        }
        Report::DurationAccuracy(_) => {
            let report = service
                .call(request, async |r| reports.query_duration_accuracy(r).await)
                .await?;
            printer.message(&report, || output::duration_accuracy(&report))?;
        }
        Report::Waiting(_) => {
            let report = service
                .call(request, async |r| reports.query_waiting(r).await)
                .await?;
            printer.message(&report, || output::waiting_report(&report, &place))?;
        }
    }
    Ok(())
}
