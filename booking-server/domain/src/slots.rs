//! Where a case would fit.
//!
//! A run of good starts can only begin where something ends or opens: another case, a closure, an
//! absence; opening hours, a session, the search itself. So it is enough to look there:
//!
//! ```text
//!   theatre   |open   [ case )          [ case )                    closed|
//!   surgeon      [ elsewhere  )
//!   events    ^       ^      ^^         ^       ^
//!   offers                    1                  2       first start of each run, on the grid
//! ```

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};

use crate::{
    Booker, BrokenRule, Case, Hospital, Plan, Resource, RuleId, Subject, TheatreId, TimeRange,
    Timetable,
    claim::claims,
    claim::needed,
    opening::{civil_date, open_within},
    rules::{broken_rules, session_of},
    time_range::later,
    timetable::subjects,
    wording::zone_of,
};

/// Plans begin on this grid. Minutes.
pub const PLAN_GRID_MIN: u16 = 5;

/// The longest stretch that is searched. Days.
pub const MAX_SEARCH_DAYS: u16 = 62;

/// The most that is searched: this many theatres for a day, or one theatre for as many days. Where
/// nothing fits, every place in there is asked about by all rules, which was measured to take 0.1 ms
/// of a core for each theatre and day with eight cases in it.
pub const MAX_SEARCH_THEATRE_DAYS: u32 = 2_000;

/// The first instant on the planning grid that is not before `instant`.
pub fn next_on_grid(instant: Timestamp) -> Timestamp {
    let grid_s = i64::from(PLAN_GRID_MIN) * 60;
    let second = instant.as_second();
    let second = second.saturating_add((instant.subsec_nanosecond() > 0).into());
    let steps = second.div_euclid(grid_s) + i64::from(second.rem_euclid(grid_s) > 0);
    Timestamp::from_second(steps.saturating_mul(grid_s)).unwrap_or(Timestamp::MAX)
}

/// What is looked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SlotSearch {
    /// In these theatres.
    pub theatres: Vec<TheatreId>,
    /// Starting in here; cut at [`MAX_SEARCH_DAYS`], and never in the past.
    pub starts: TimeRange,
    /// So many at most.
    pub limit: usize,
    /// Places that break rules too, after those that break none.
    pub near_misses: bool,
}

/// A place, and what it would break.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SlotOffer {
    /// Where and when.
    pub plan: Plan,
    /// Nothing: it fits.
    pub broken: Vec<BrokenRule>,
}

/// Every resource that matters to a search: the theatres', the team's, the patient's, the
/// equipment's.
pub fn searched(case: &Case, search: &SlotSearch, hospital: &Hospital) -> BTreeSet<Resource> {
    let plans = search.theatres.iter().map(|theatre| Plan {
        theatre: theatre.clone(),
        start: search.starts.start(),
        session: None,
    });
    let claimed = plans.flat_map(|plan| claims(case, &plan, hospital));
    claimed.map(|claim| claim.resource).collect()
}

/// The first start of every run of good ones, by time; with near misses, these follow: least
/// broken first, one for each theatre, day and set of rules, and never with the theatre or the
/// patient taken.
pub fn find_slots(
    case: &Case,
    search: &SlotSearch,
    around: &Timetable,
    hospital: &Hospital,
    booker: &Booker,
    now: Timestamp,
) -> Vec<SlotOffer> {
    let mut fits = Vec::new();
    let mut misses = Vec::new();
    for plan in candidates(case, search, around, hospital, now) {
        if fits.len() >= search.limit {
            break;
        }
        let surroundings = around.around(case, &plan, hospital);
        let broken = broken_rules(case, &plan, hospital, &surroundings, booker, now);
        let session = session_of(case, &plan, &surroundings);
        let plan = Plan {
            session: session.map(|session| session.id.clone()),
            ..plan
        };
        let offer = SlotOffer { plan, broken };
        if offer.broken.is_empty() {
            fits.push(offer);
        } else if search.near_misses {
            misses.push(offer);
        }
    }
    let room = search.limit.saturating_sub(fits.len());
    fits.extend(nearest(misses, hospital).into_iter().take(room));
    fits
}

/// Near misses worth showing, the best first.
fn nearest(mut misses: Vec<SlotOffer>, hospital: &Hospital) -> Vec<SlotOffer> {
    let taken = [RuleId::R1, RuleId::R3, RuleId::R5];
    misses.retain(|offer| !offer.broken.iter().any(|rule| taken.contains(&rule.rule)));
    let mut seen: BTreeSet<(TheatreId, Date, Vec<&'static str>)> = BTreeSet::new();
    misses.retain(|offer| {
        let zone = zone_of(hospital, &offer.plan.theatre);
        let day = civil_date(offer.plan.start, &zone);
        let reasons = offer.broken.iter().map(|rule| rule.reason).collect();
        seen.insert((offer.plan.theatre.clone(), day, reasons))
    });
    misses.sort_by_key(|offer| {
        let firm = offer.broken.iter().filter(|rule| !rule.is_overridable());
        (firm.count(), offer.broken.len())
    });
    misses
}

/// Every place where a run of good starts may begin, by time and the theatres' order.
fn candidates(
    case: &Case,
    search: &SlotSearch,
    around: &Timetable,
    hospital: &Hospital,
    now: Timestamp,
) -> Vec<Plan> {
    let longest = later(search.starts.start(), i64::from(MAX_SEARCH_DAYS) * 24 * 60);
    let end = search.starts.end().min(longest);
    let Ok(starts) = TimeRange::new(search.starts.start().max(now), end) else {
        return Vec::new();
    };
    let mut places = BTreeSet::new();
    for theatre in &search.theatres {
        let order = hospital
            .theatres
            .get(theatre)
            .map_or(0, |theatre| theatre.list_order);
        for event in events(case, theatre, starts, around, hospital) {
            let start = next_on_grid(event);
            if start >= starts.start() && start < starts.end() {
                places.insert((start, order, theatre));
            }
        }
    }
    let plan = |(start, _, theatre): (Timestamp, i32, &TheatreId)| Plan {
        theatre: theatre.clone(),
        start,
        session: None,
    };
    places.into_iter().map(plan).collect()
}

/// Every start from which one thing more is right than just before.
pub(crate) fn events(
    case: &Case,
    theatre: &TheatreId,
    starts: TimeRange,
    around: &Timetable,
    hospital: &Hospital,
) -> BTreeSet<Timestamp> {
    let plan = Plan {
        theatre: theatre.clone(),
        start: starts.start(),
        session: None,
    };
    // Whatever a case that starts in `starts` may touch.
    let footprint = case.details.footprint.range_from(starts.end());
    let mut touched = starts.hull(&footprint);
    let mut events = BTreeSet::from([starts.start()]);
    // A resource that is needed some time after the start is free early enough as much sooner.
    let mut free_from = |end: Timestamp, needed: TimeRange| {
        let lead = plan.start.duration_until(needed.start());
        events.extend(end.checked_sub(lead));
    };
    for claim in claims(case, &plan, hospital) {
        let last = TimeRange::lasting(starts.end(), minutes_of(&claim.range));
        touched = touched.hull(&last).hull(&claim.range);
        for end in around.releases(&claim.resource, touched) {
            free_from(end, claim.range);
        }
    }
    for subject in subjects(case, &plan) {
        for closed in around.unavailable_of(&subject) {
            free_from(closed.range.end(), starts);
            if let Subject::Staff(staff) = &subject {
                for member in case
                    .details
                    .team
                    .iter()
                    .filter(|member| member.staff == *staff)
                {
                    free_from(closed.range.end(), needed(case, &plan, member.role));
                }
            }
        }
    }
    for session in around.sessions_in(theatre) {
        events.extend([session.range.start(), session.range.end()]);
    }
    if let Some(known) = hospital.theatres.get(theatre) {
        let zone = zone_of(hospital, theatre);
        let open = open_within(known, &zone, &touched);
        events.extend(open.iter().map(TimeRange::start));
    }
    events
}

fn minutes_of(range: &TimeRange) -> u32 {
    u32::try_from(range.duration().as_mins()).unwrap_or(u32::MAX)
}
