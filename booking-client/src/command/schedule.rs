//! `schedule`, `conflicts` and `slots`

use std::io::Write;

use super::Service;
use crate::{
    cli::{ConflictsArgs, ScheduleArgs, SlotsArgs},
    failure::Failure,
    output::{self, Printer},
    request,
};

pub(super) async fn day(
    service: &Service,
    args: &ScheduleArgs,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let request = request::day(args, service.site().await?, &place)?;
    let mut schedule = service.schedule();
    let mut day = service
        .call(request, async |r| schedule.get_day_schedule(r).await)
        .await?;
    if args.no_patients {
        // Before anything is printed in any form.
        output::without_patients(&mut day);
    }
    printer.message(&day, || output::day(&day, &place))?;
    Ok(())
}

pub(super) async fn conflicts(
    service: &Service,
    args: &ConflictsArgs,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let request = request::conflicts(args, service.site().await?, &place)?;
    let mut schedule = service.schedule();
    let found = service
        .call(request, async |r| schedule.list_conflicts(r).await)
        .await?;
    printer.messages(&found.conflicts, || {
        output::conflict_table(&found.conflicts)
    })?;
    Ok(())
}

pub(super) async fn slots(
    service: &Service,
    args: &SlotsArgs,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let request = request::slots(args, &place)?;
    let mut schedule = service.schedule();
    let found = service
        .call(request, async |r| schedule.find_slots(r).await)
        .await?;
    printer.messages(&found.offers, || output::offers(&found.offers, &place))?;
    Ok(())
}
