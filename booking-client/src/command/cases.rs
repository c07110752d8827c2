//! `cases …`: one call each, but for those that must look first.

use std::io::Write;

use booking_proto::ot::v1::{
    self, AbortCaseRequest, BatchRescheduleCasesRequest, CancelCaseRequest, Case,
    ConfirmCaseRequest, GetCaseRequest, GetDayScheduleRequest, PostponeCaseRequest,
    ScheduleCaseRequest,
};

use super::{Service, options, pages};
use crate::{
    cli::{Cases, ChangeArgs, CorrectArgs, EndArgs, ListCasesArgs, PlanArgs, PushArgs},
    failure::Failure,
    output::{self, Printer},
    request::{self, overrides, resource},
};

pub(super) async fn run(
    service: &Service,
    command: &Cases,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let case = match command {
        Cases::List(args) => return list(service, args, printer).await,
        Cases::Push(args) => return push(service, args, printer).await,
        Cases::Get { case } => {
            let place = service.place().await?;
            let case = get(service, case).await?;
            printer.message(&case, || output::case_details(&case, &place))?;
            return Ok(());
        }
        Cases::Create(args) => {
            let request = request::create(args, &service.place().await?, &options(&args.write))?;
            let mut cases = service.cases();
            service
                .call(request, async |r| cases.create_case(r).await)
                .await?
        }
        Cases::Update(args) => {
            let request =
                request::update(args, &service.place().await?, &options(&args.change.write))?;
            let mut cases = service.cases();
            service
                .call(request, async |r| cases.update_case(r).await)
                .await?
        }
        Cases::Schedule { case, plan, change } => schedule(service, case, plan, change).await?,
        Cases::Confirm { case, change } => confirm(service, case, change).await?,
        Cases::Reschedule(args) => {
            let request =
                request::reschedule(args, &service.place().await?, &options(&args.change.write))?;
            let mut cases = service.cases();
            service
                .call(request, async |r| cases.reschedule_case(r).await)
                .await?
        }
        Cases::Postpone(args) => postpone(service, args).await?,
        Cases::Cancel(args) => cancel(service, args).await?,
        Cases::Abort(args) => abort(service, args).await?,
        Cases::Milestone(args) => {
            let request =
                request::milestone(args, &service.place().await?, &options(&args.change.write))?;
            let mut cases = service.cases();
            service
                .call(request, async |r| cases.record_milestone(r).await)
                .await?
        }
        Cases::Correct(args) => correct(service, args).await?,
    };
    let place = service.place().await?;
    printer.message(&case, || output::case_line(&case, &place))?;
    Ok(())
}

async fn list(
    service: &Service,
    args: &ListCasesArgs,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let first = request::list(args, &place)?;
    let mut client = service.cases();
    let cases = pages::all(args.limit, async |page_size, page_token| {
        let request = v1::ListCasesRequest {
            page_size,
            page_token,
            ..first.clone()
        };
        let page = service
            .call(request, async |r| client.list_cases(r).await)
            .await?;
        Ok((page.cases, page.next_page_token))
    })
    .await?;
    printer.messages(&cases, || {
        if args.waiting {
            output::waiting_list(&cases, &place)
        } else {
            output::case_table(&cases, &place)
        }
    })?;
    Ok(())
}

async fn get(service: &Service, typed: &str) -> Result<Case, Failure> {
    let request = GetCaseRequest {
        name: resource("cases", typed),
    };
    let mut cases = service.cases();
    service
        .call(request, async |r| cases.get_case(r).await)
        .await
}

async fn schedule(
    service: &Service,
    case: &str,
    plan: &PlanArgs,
    change: &ChangeArgs,
) -> Result<Case, Failure> {
    let write = options(&change.write);
    let request = ScheduleCaseRequest {
        name: resource("cases", case),
        etag: change.etag.clone().unwrap_or_default(),
        plan: Some(request::plan(plan, &service.place().await?)?),
        overrides: overrides(&plan.overrides),
        request_id: write.request_id,
        validate_only: write.validate_only,
    };
    let mut cases = service.cases();
    service
        .call(request, async |r| cases.schedule_case(r).await)
        .await
}

async fn confirm(service: &Service, case: &str, change: &ChangeArgs) -> Result<Case, Failure> {
    let write = options(&change.write);
    let request = ConfirmCaseRequest {
        name: resource("cases", case),
        etag: change.etag.clone().unwrap_or_default(),
        request_id: write.request_id,
        validate_only: write.validate_only,
    };
    let mut cases = service.cases();
    service
        .call(request, async |r| cases.confirm_case(r).await)
        .await
}

/// The three ways for a case to lose its place: messages of one shape and three types.
macro_rules! ending {
    ($name:ident, $request:ident, $method:ident) => {
        async fn $name(service: &Service, args: &EndArgs) -> Result<Case, Failure> {
            let write = options(&args.change.write);
            let request = $request {
                name: resource("cases", &args.case),
                etag: args.change.etag.clone().unwrap_or_default(),
                reason: resource("reasons", &args.reason),
                note: args.note.clone(),
                request_id: write.request_id,
                validate_only: write.validate_only,
            };
            let mut cases = service.cases();
            service
                .call(request, async |r| cases.$method(r).await)
                .await
        }
    };
}
ending!(postpone, PostponeCaseRequest, postpone_case);
ending!(cancel, CancelCaseRequest, cancel_case);
ending!(abort, AbortCaseRequest, abort_case);

async fn correct(service: &Service, args: &CorrectArgs) -> Result<Case, Failure> {
    let place = service.place().await?;
    let now = get(service, &args.case).await?;
    let request = request::correct(args, &now, &place, &options(&args.change.write))?;
    let mut cases = service.cases();
    service
        .call(request, async |r| cases.correct_case(r).await)
        .await
}

async fn push(
    service: &Service,
    args: &PushArgs,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let from = args
        .from
        .resolve(&place)
        .map_err(request::UsageError::from)?;
    let day = GetDayScheduleRequest {
        site: service.site().await?.to_owned(),
        date: place.zone.to_datetime(from).date().to_string(),
        theatres: vec![resource("theatres", &args.theatre)],
    };
    let mut schedule = service.schedule();
    let day = service
        .call(day, async |r| schedule.get_day_schedule(r).await)
        .await?;
    let planned: Vec<_> = day
        .theatres
        .into_iter()
        .flat_map(|theatre| theatre.cases)
        .collect();
    let moves = request::moves(args, from, &planned);
    if moves.is_empty() {
        return Err(Failure::usage(
            "no case of that theatre starts from then on; see 'schedule'",
        ));
    }
    let write = options(&args.write);
    let request = BatchRescheduleCasesRequest {
        moves,
        reason: resource("reasons", &args.reason),
        note: args.note.clone(),
        overrides: overrides(&args.overrides),
        request_id: write.request_id,
        validate_only: write.validate_only,
    };
    let mut cases = service.cases();
    let moved = service
        .call(request, async |r| cases.batch_reschedule_cases(r).await)
        .await?;
    printer.messages(&moved.cases, || output::case_table(&moved.cases, &place))?;
    Ok(())
}
