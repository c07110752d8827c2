//! Looking for places: what was asked, whether it is not too much, and what there is to know first.

use booking_domain::{
    Case, Hospital, MAX_CLAIM_MIN, MAX_SEARCH_DAYS, MAX_SEARCH_THEATRE_DAYS, SlotSearch, TimeRange,
    Timetable, later, searched,
};
use booking_proto::ot::v1;
use booking_store::{Reads, SessionQuery, StoreError, UnavailabilityQuery};
use jiff::SignedDuration;

use crate::{
    app::Refusal,
    grpc::{
        convert::values::{instant, required},
        fields::Fields,
        shared::request::theatres,
    },
};

/// Offers, when nobody says how many, and at most.
const DEFAULT_SLOTS: usize = 10;
const MAX_SLOTS: usize = 100;

/// No claim reaches further beyond where it begins.
const REACH_MIN: i64 = MAX_CLAIM_MIN as i64;

pub(super) fn to_search(
    fields: &mut Fields,
    hospital: &Hospital,
    wire: &v1::FindSlotsRequest,
) -> Option<SlotSearch> {
    let theatres = theatres(fields, hospital, &wire.theatres);
    let limit = match usize::try_from(wire.max_slots) {
        Ok(0) => Ok(DEFAULT_SLOTS),
        Ok(limit) => Ok(limit.min(MAX_SLOTS)),
        Err(_) => Err("is negative"),
    };
    let limit = fields.take("max_slots", limit);
    let (earliest, latest) = (wire.earliest_time.as_ref(), wire.latest_time.as_ref());
    let earliest = fields.take("earliest_time", required(earliest, instant));
    let latest = fields.take("latest_time", required(latest, instant));
    let starts = TimeRange::new(earliest?, latest?).map_err(|why| why.to_string());
    let starts = starts.and_then(|starts| {
        let long = starts.duration() > SignedDuration::from_hours(24 * i64::from(MAX_SEARCH_DAYS));
        let problem = || format!("is more than {MAX_SEARCH_DAYS} days after earliest_time");
        (!long).then_some(starts).ok_or_else(problem)
    });
    Some(SlotSearch {
        theatres: theatres?,
        starts: fields.take("latest_time", starts)?,
        limit: limit?,
        near_misses: wire.include_near_misses,
    })
}

/// Refuses a search that would keep everybody else waiting.
pub(super) fn check_extent(search: &SlotSearch) -> Result<(), Refusal> {
    let theatres = u64::try_from(search.theatres.len()).unwrap_or(u64::MAX);
    let hours = u64::try_from(search.starts.duration().as_hours()).unwrap_or(u64::MAX);
    let days = hours.div_ceil(24).max(1);
    if theatres.saturating_mul(days) <= MAX_SEARCH_THEATRE_DAYS.into() {
        return Ok(());
    }
    let why = format!(
        "{theatres} theatres for {days} days are too much to search at once; name fewer theatres, or \
         an earlier latest_time: together at most {MAX_SEARCH_THEATRE_DAYS} theatre-days"
    );
    Err(Refusal::field("theatres", why))
}

/// A stretch of time, and all around it that may reach into it.
pub(super) fn reach(range: TimeRange) -> TimeRange {
    let (start, end) = (range.start(), range.end());
    let wider = TimeRange::new(later(start, -REACH_MIN), later(end, REACH_MIN));
    wider.expect("no narrower than a range, which is never empty")
}

/// All that a search needs to know of.
pub(super) async fn around(
    reads: &mut Reads,
    wanted: &Case,
    search: &SlotSearch,
    hospital: &Hospital,
) -> Result<Timetable, StoreError> {
    let range = reach(search.starts);
    let resources = searched(wanted, search, hospital);
    let held = reads.held(&resources, range, &wanted.id).await?;
    let sessions = SessionQuery {
        theatres: search.theatres.clone(),
        range: Some(range),
        ..SessionQuery::default()
    };
    let unavailable = UnavailabilityQuery {
        range: Some(range),
        ..UnavailabilityQuery::default()
    };
    let sessions = reads.sessions(&sessions).await?;
    let unavailable = reads.unavailabilities(&unavailable).await?;
    Ok(Timetable::new(held, sessions, unavailable))
}

#[cfg(test)]
#[path = "slots_tests.rs"]
mod tests;
