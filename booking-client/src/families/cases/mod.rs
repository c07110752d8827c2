//! `booking-client cases …`

mod change;
pub mod fields;
mod list;
mod push;
pub mod shown;
#[cfg(test)]
mod tests;

use booking_proto::ot::v1::{
    AbortCaseRequest, CancelCaseRequest, Case, ConfirmCaseRequest, GetCaseRequest,
    PostponeCaseRequest,
};
use clap::Subcommand;

use self::{
    change::{
        CorrectArgs, CreateArgs, EndArgs, MilestoneArgs, RescheduleArgs, ScheduleArgs, UpdateArgs,
    },
    fields::OTHERS,
    list::ListArgs,
    push::PushArgs,
    shown::{CASE, case_line},
};
use crate::{
    connection::Service,
    failure::Failure,
    printing::{Printer, details},
    reading::{OneArgs, resource},
};

/// What can be done with cases.
#[derive(Debug, Subcommand)]
#[command(after_help = MANUAL)]
pub enum Cases {
    /// Those that meet all conditions, by start
    List(ListArgs),
    /// All that is known of one
    Get {
        /// Which
        case: String,
    },
    /// Enter one, on the waiting list or, with --theatre and --start, straight into a day
    Create(CreateArgs),
    /// Change what was asked for: only what is given
    Update(UpdateArgs),
    /// Give a waiting case its theatre and start
    Schedule(ScheduleArgs),
    /// Everybody has agreed
    #[command(mut_arg("id", |id| id.value_name("CASE")))]
    Confirm(OneArgs),
    /// Move a planned case; its confirmation is lost
    Reschedule(RescheduleArgs),
    /// Back to the waiting list, with its age
    Postpone(EndArgs),
    /// It will not take place
    Cancel(EndArgs),
    /// Given up in theatre, after anaesthesia
    Abort(EndArgs),
    /// Record what happened: wheels-in, wheels-out and recovery-out move the case on
    Milestone(MilestoneArgs),
    /// Put right what was recorded wrongly
    Correct(CorrectArgs),
    /// Push the list: move everything in a theatre from a time on by so many minutes
    Push(PushArgs),
}

const MANUAL: &str = "\
A case's life:
  requested -> scheduled -> confirmed -> in theatre -> in recovery -> completed
  A planned case may be postponed (it waits again, with its age) or cancelled (the end).

Examples:
  booking-client cases create --patient PT-1204 --procedure 'Hip replacement' --side left \\
      --urgency elective --setup 15 --duration 90 --cleanup 15 --surgeon DC-3904 --anaesthetist AN-1
  booking-client cases schedule CASE --theatre OT-1 --start 08:30 --dry-run
  booking-client cases milestone CASE wheels-in
  booking-client cases push --theatre OT-1 --by 20 --reason LIST_OVERRUN";

impl Cases {
    /// One call each, but for those that must look first.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let site = service.site_time().await?;
        let site = &site;
        let case = match self {
            Self::List(args) => return args.run(service, printer).await,
            Self::Push(args) => return args.run(service, printer).await,
            Self::Get { case } => {
                let case = get(service, &case).await?;
                return Ok(
                    printer.message(&case, |case| details(&[CASE, OTHERS].concat(), case, site))?
                );
            }
            Self::Create(args) => service.call(args.into_request(site)?).await,
            Self::Update(args) => service.call(args.into_request(site)?).await,
            Self::Schedule(args) => service.call(args.into_request(site)?).await,
            Self::Confirm(args) => service.call(ConfirmCaseRequest::from(args)).await,
            Self::Reschedule(args) => service.call(args.into_request(site)?).await,
            Self::Postpone(args) => service.call(PostponeCaseRequest::from(args)).await,
            Self::Cancel(args) => service.call(CancelCaseRequest::from(args)).await,
            Self::Abort(args) => service.call(AbortCaseRequest::from(args)).await,
            Self::Milestone(args) => service.call(args.into_request(site)?).await,
            Self::Correct(args) => {
                let now = get(service, &args.case).await?;
                service.call(args.into_request(now, site)?).await
            }
        }?;
        Ok(printer.message(&case, |case| case_line(case, site))?)
    }
}

async fn get(service: &Service, typed: &str) -> Result<Case, Failure> {
    let name = resource("cases", typed);
    service.call(GetCaseRequest { name }).await
}
