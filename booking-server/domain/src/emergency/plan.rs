//! Options for an emergency: every theatre that can take it, and what it would cost others.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Booker, Case, CaseId, CaseState, Hospital, OverrideRequest, Plan, RuleId, Session, TheatreId,
    TimeRange, Timetable, Unavailability, Version,
    claim::{Claim, HeldClaim, Resource, ResourceKind, claims},
    projection::of_begun,
    rules::broken_rules,
    slots::{events, next_on_grid},
    time_range::later,
    timetable::held_by,
};

/// How far ahead a place is looked for. Minutes.
pub const EMERGENCY_HORIZON_MIN: u32 = 24 * 60;

/// The code of the reason that bumped cases get.
pub const EMERGENCY_BUMP: &str = "EMERGENCY_BUMP";

/// All that may be in the way: everything planned or going on from a day before now to two days
/// after, in any theatre, with the sessions, closures and absences of that time.
#[derive(Clone, Copy, Debug)]
pub struct Outlook<'a> {
    /// Cases that hold something, or are in recovery with their theatre not clean.
    pub cases: &'a [Case],
    /// Sessions.
    pub sessions: &'a [Session],
    /// Closures and absences.
    pub unavailable: &'a [Unavailability],
}

/// What happens to somebody else's case.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Fate {
    /// Later in the same theatre.
    Delayed(Plan),
    /// In another theatre.
    Moved(Plan),
    /// Back to the waiting list.
    Postponed,
}

/// A case that an option touches.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Consequence {
    /// Which.
    pub case: CaseId,
    /// As it was when the option was made.
    pub version: Version,
    /// What happens to it.
    pub fate: Fate,
    /// How much later it begins; minutes, negative when sooner, 0 when postponed.
    pub delay_min: i64,
    /// A sentence for a person; holds nothing of a patient.
    pub description: String,
}

/// One thing that could be done.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EmergencyOption {
    /// The emergency.
    pub case: CaseId,
    /// As it was when the option was made.
    pub version: Version,
    /// Where and when it goes.
    pub plan: Plan,
    /// From now to the start. Whole minutes.
    pub wait_min: u32,
    /// Who pays for it, by their planned start.
    pub consequences: Vec<Consequence>,
}

/// What could be done for `case` in `theatres`, the shortest wait first, and of equal waits the
/// cheapest for others; nothing is changed.
///
/// Empty when no theatre can take it within [`EMERGENCY_HORIZON_MIN`].
pub fn plan_emergency(
    case: &Case,
    theatres: &[TheatreId],
    outlook: Outlook<'_>,
    hospital: &Hospital,
    booker: &Booker,
    now: Timestamp,
) -> Vec<EmergencyOption> {
    let scene = Scene {
        case,
        outlook,
        table: table(outlook, hospital, now),
        hospital,
        booker,
        now,
    };
    let mut options: Vec<EmergencyOption> = theatres
        .iter()
        .flat_map(|theatre| scene.options_in(theatre))
        .collect();
    options.sort_by_key(|option| (option.wait_min, cost(option), option.plan.theatre.clone()));
    options
}

/// What is held, with theatres held for as long as their present patient will really need them, and
/// as planned: who went in early still holds the planned time, and the store lets nobody else have it.
pub(super) fn table(outlook: Outlook<'_>, hospital: &Hospital, now: Timestamp) -> Timetable {
    let sessions = outlook.sessions.iter().cloned();
    let unavailable = outlook.unavailable.iter().cloned();
    let held = outlook.cases.iter().flat_map(|case| {
        let mut held = held_by(case, hospital);
        if case.state.is_in_progress() {
            held.extend(until_clean(case, hospital, now));
        }
        held
    });
    Timetable::new(held, sessions, unavailable)
}

/// The theatre of a case in progress, from now until it is clean and its gap is over.
fn until_clean(case: &Case, hospital: &Hospital, now: Timestamp) -> Option<HeldClaim> {
    let plan = case.plan.as_ref()?;
    let theatre = hospital.theatres.get(&plan.theatre);
    let turnover_min = theatre.map_or(0, |theatre| theatre.turnover_min);
    let clean = of_begun(case, plan.start, now);
    // Only what is to come matters, and a claim has a longest length.
    let start = clean.start().max(now);
    let range = TimeRange::new(start, later(clean.end(), turnover_min.into())).ok()?;
    let resource = Resource {
        kind: ResourceKind::Theatre,
        id: plan.theatre.as_str().to_owned(),
    };
    Some(HeldClaim {
        case: case.id.clone(),
        claim: Claim { resource, range },
    })
}

/// What others pay, then the wait: postponed, moved, delayed, how much later in all.
fn cost(option: &EmergencyOption) -> (usize, usize, usize, i64, u32) {
    let count = |is: fn(&Fate) -> bool| {
        let consequences = option.consequences.iter();
        consequences.filter(|one| is(&one.fate)).count()
    };
    let delays = option.consequences.iter().map(|one| one.delay_min.max(0));
    (
        count(|fate| matches!(fate, Fate::Postponed)),
        count(|fate| matches!(fate, Fate::Moved(_))),
        count(|fate| matches!(fate, Fate::Delayed(_))),
        delays.fold(0, i64::saturating_add),
        option.wait_min,
    )
}

/// What all options are made from.
pub(super) struct Scene<'a> {
    pub(super) case: &'a Case,
    pub(super) outlook: Outlook<'a>,
    pub(super) table: Timetable,
    pub(super) hospital: &'a Hospital,
    pub(super) booker: &'a Booker,
    pub(super) now: Timestamp,
}

impl Scene<'_> {
    /// The first start that moves nobody; and, if there is one sooner, the first that moves
    /// somebody and the cheapest that does.
    fn options_in(&self, theatre: &TheatreId) -> Vec<EmergencyOption> {
        let mut options: Vec<EmergencyOption> = Vec::new();
        let mut first: Option<EmergencyOption> = None;
        let mut cheapest: Option<EmergencyOption> = None;
        let window = TimeRange::lasting(next_on_grid(self.now), EMERGENCY_HORIZON_MIN);
        for start in self.starts(self.case, theatre, window, &self.table) {
            let Some(option) = self.option_at(theatre, start) else {
                continue;
            };
            if option.consequences.is_empty() {
                options.push(option);
                break;
            }
            let less = |than: &EmergencyOption| cost(&option) < cost(than);
            if cheapest.as_ref().is_none_or(less) {
                cheapest = Some(option.clone());
            }
            first.get_or_insert(option);
        }
        if cheapest != first {
            options.extend(cheapest);
        }
        options.extend(first);
        options
    }

    /// Every start in `window` that is worth looking at for `case`, by time.
    pub(super) fn starts(
        &self,
        case: &Case,
        theatre: &TheatreId,
        window: TimeRange,
        table: &Timetable,
    ) -> BTreeSet<Timestamp> {
        let events = events(case, theatre, window, table, self.hospital);
        let starts = events.into_iter().map(next_on_grid);
        starts
            .filter(|start| window.start() <= *start && *start < window.end())
            .collect()
    }

    fn option_at(&self, theatre: &TheatreId, start: Timestamp) -> Option<EmergencyOption> {
        let plan = Plan {
            theatre: theatre.clone(),
            start,
            session: None,
        };
        let in_the_way = self.in_the_way(&plan)?;
        let mut table = self.table.clone();
        for case in &in_the_way {
            table.let_go(&case.id);
        }
        if !self.is_acceptable(self.case, &plan, &table) {
            return None;
        }
        table.hold_all(&self.case.id, claims(self.case, &plan, self.hospital));
        let wait = self.now.duration_until(start).as_mins();
        Some(EmergencyOption {
            case: self.case.id.clone(),
            version: self.case.version,
            wait_min: u32::try_from(wait).unwrap_or(0),
            consequences: self.resettle(&in_the_way, table),
            plan,
        })
    }

    /// The cases that would have to go, by start; `None` when one of them must not be touched.
    fn in_the_way(&self, plan: &Plan) -> Option<Vec<&Case>> {
        let mut in_the_way: Vec<&Case> = Vec::new();
        for claim in claims(self.case, plan, self.hospital) {
            for (_, holder) in self.table.holders(&claim.resource, claim.range) {
                if *holder == self.case.id || in_the_way.iter().any(|case| case.id == *holder) {
                    continue;
                }
                let mut cases = self.outlook.cases.iter();
                let case = cases.find(|case| case.id == *holder)?;
                if !self.may_be_moved(case) {
                    return None;
                }
                in_the_way.push(case);
            }
        }
        in_the_way.sort_by_key(|case| case.plan.as_ref().map(|plan| plan.start));
        Some(in_the_way)
    }

    fn may_be_moved(&self, case: &Case) -> bool {
        let has_begun = !matches!(case.state, CaseState::Scheduled | CaseState::Confirmed);
        !has_begun
            && !case.details.urgency.is_emergency()
            && case.details.urgency > self.case.details.urgency
    }

    /// Whether the booker can put `case` there, overriding what they may.
    fn is_acceptable(&self, case: &Case, plan: &Plan, table: &Timetable) -> bool {
        let around = table.around(case, plan, self.hospital);
        broken_rules(case, plan, self.hospital, &around, self.booker, self.now)
            .iter()
            .all(|broken| broken.is_overridable() && self.booker.may_override(broken.rule))
    }
}

/// What a booker asks to override for an emergency: all that they may.
pub(super) fn emergency_overrides(booker: &Booker) -> Vec<OverrideRequest> {
    let may = RuleId::ALL
        .into_iter()
        .filter(|rule| booker.may_override(*rule));
    let request = |rule| OverrideRequest {
        rule,
        reason: "emergency".to_owned(),
    };
    may.map(request).collect()
}
