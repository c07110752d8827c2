//! `schedule`, `conflicts`, `slots`, `watch` and `report`: what was typed → messages.

use booking_proto::ot::v1::{
    FindSlotsRequest, GetDayScheduleRequest, ListConflictsRequest, ReportRequest,
    WatchScheduleRequest,
};

use super::{
    UsageError, draft,
    name::{resource, resources},
};
use crate::{
    cli::{ConflictsArgs, ReportArgs, ScheduleArgs, SlotsArgs, WatchArgs},
    moment::Place,
    stamp::stamp,
};

/// Stands for the patient of a case that is only described: slots do not depend on who it is unless
/// it is said.
const NOBODY: &str = "draft";

/// One day.
pub fn day(
    args: &ScheduleArgs,
    site: &str,
    place: &Place,
) -> Result<GetDayScheduleRequest, UsageError> {
    Ok(GetDayScheduleRequest {
        site: site.to_owned(),
        date: args.day.resolve(place)?.to_string(),
        theatres: resources("theatres", &args.theatre),
    })
}

/// What stands against the rules.
pub fn conflicts(
    args: &ConflictsArgs,
    site: &str,
    place: &Place,
) -> Result<ListConflictsRequest, UsageError> {
    Ok(ListConflictsRequest {
        site: site.to_owned(),
        start_time: Some(stamp(args.from.from(place)?)),
        end_time: Some(stamp(args.to.to(place)?)),
    })
}

/// Where a case would fit.
pub fn slots(args: &SlotsArgs, place: &Place) -> Result<FindSlotsRequest, UsageError> {
    let described = match &args.case {
        Some(_) => None,
        None => Some(draft(
            args.patient.as_deref().unwrap_or(NOBODY),
            &args.draft,
            place,
        )?),
    };
    let case = args.case.as_ref().map(|typed| resource("cases", typed));
    Ok(FindSlotsRequest {
        case: case.unwrap_or_default(),
        draft: described,
        theatres: resources("theatres", &args.theatre),
        earliest_time: Some(stamp(args.earliest.from(place)?)),
        latest_time: Some(stamp(args.latest.to(place)?)),
        max_slots: args.max,
        include_near_misses: args.near_misses,
    })
}

/// What to be told of.
pub fn watch(args: &WatchArgs, place: &Place) -> Result<WatchScheduleRequest, UsageError> {
    let from = args.from.map(|from| from.from(place)).transpose()?;
    let to = args.to.map(|to| to.to(place)).transpose()?;
    Ok(WatchScheduleRequest {
        theatres: resources("theatres", &args.theatre),
        start_time: from.map(stamp),
        end_time: to.map(stamp),
        resume_token: args.resume.clone().unwrap_or_default(),
    })
}

/// Which days and theatres a report is about.
pub fn report(args: &ReportArgs, site: &str, place: &Place) -> Result<ReportRequest, UsageError> {
    Ok(ReportRequest {
        site: site.to_owned(),
        first_date: args.from.resolve(place)?.to_string(),
        last_date: args.to.resolve(place)?.to_string(),
        theatres: resources("theatres", &args.theatre),
        window_open_minute: args.window.map(|hours| hours.from_minute),
        window_close_minute: args.window.map(|hours| hours.to_minute),
        idle_gap_min: args.idle_gap.map(i32::from),
    })
}
