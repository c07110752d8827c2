//! `cases push`: a theatre's list, moved as a whole.

use booking_proto::ot::v1::{
    BatchRescheduleCasesRequest, CaseProjection, GetDayScheduleRequest, OverrideRequest, Plan,
    batch_reschedule_cases_request::Move, case::State,
};
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use theatre_log::stamp;

use super::{change::ReasonArgs, shown::CASES};
use crate::{
    connection::Service,
    failure::Failure,
    printing::Printer,
    reading::{Moment, UsageError, WriteArgs, parse_rule, resource, timestamp},
};

/// A list that is pushed.
#[derive(Debug, Args)]
pub struct PushArgs {
    /// Whose list
    #[arg(long)]
    theatre: String,
    /// By how many minutes; negative pulls it forward
    #[arg(long, value_name = "MIN", allow_negative_numbers = true)]
    by: i32,
    /// Everything that starts from this time on, on its day; now unless told
    #[arg(long, value_name = "TIME", default_value = "now")]
    pub(super) from: Moment,
    #[command(flatten)]
    reason: ReasonArgs,
    /// Set a rule aside and say why, as in R6='list overrun'; repeat it for several
    #[arg(long = "override", value_name = "RULE=WHY", value_parser = parse_rule)]
    overrides: Vec<OverrideRequest>,
    #[command(flatten)]
    write: WriteArgs,
}

impl PushArgs {
    /// Everything of a theatre's day that is still to come from `from` on, moved by so many minutes. Each
    /// move refers to the version that was read.
    pub(super) fn into_request(
        self,
        from: Timestamp,
        day: impl IntoIterator<Item = CaseProjection>,
    ) -> Result<BatchRescheduleCasesRequest, UsageError> {
        let by = SignedDuration::from_mins(self.by.into());
        let moved = |projection: CaseProjection| {
            let case = projection.case?;
            let movable = matches!(case.state(), State::Scheduled | State::Confirmed);
            let plan = case.plan.filter(|_| movable)?;
            let start = timestamp(plan.start_time?)?;
            (start >= from).then(|| Move {
                name: case.name,
                etag: case.etag,
                plan: Some(Plan {
                    theatre: plan.theatre,
                    start_time: start.checked_add(by).ok().map(stamp),
                    ..Plan::default()
                }),
            })
        };
        let moves: Vec<Move> = day.into_iter().filter_map(moved).collect();
        if moves.is_empty() {
            let said = "no case of that theatre starts from then on; see 'schedule'";
            return Err(UsageError::Meaning(said.to_owned()));
        }
        Ok(BatchRescheduleCasesRequest {
            moves,
            reason: self.reason.name(),
            note: self.reason.note.unwrap_or_default(),
            overrides: self.overrides,
            request_id: self.write.request_id(),
            validate_only: self.write.dry_run,
        })
    }

    pub(super) async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let site = service.site_time().await?;
        let from = self.from.resolve(&site)?;
        let day = GetDayScheduleRequest {
            site: service.site().await?,
            date: site.zone.to_datetime(from).date().to_string(),
            theatres: vec![resource("theatres", &self.theatre)],
        };
        let day = service.call(day).await?;
        let planned = day.theatres.into_iter().flat_map(|theatre| theatre.cases);
        let request = self.into_request(from, planned)?;
        let moved = service.call(request).await?;
        Ok(printer.table(CASES, &moved.cases, &site)?)
    }
}
