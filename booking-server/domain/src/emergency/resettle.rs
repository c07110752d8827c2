//! Where the cases go that make room.

use super::plan::{Consequence, Fate, Scene};
use crate::{
    Booker, Case, Plan, TheatreId, TimeRange, Timetable,
    claim::claims,
    opening::{civil_date, day_range},
    rules::broken_rules,
    slots::next_on_grid,
    wording::{clock, minutes, theatre_name, zone_of},
};

impl Scene<'_> {
    /// What happens to each, in turn; `table` holds everything else, the emergency in its place.
    pub(super) fn resettle(&self, cases: &[&Case], mut table: Timetable) -> Vec<Consequence> {
        let mut consequences = Vec::with_capacity(cases.len());
        for case in cases {
            let plan = self.later_today(case, &table);
            if let Some(plan) = &plan {
                table.hold_all(&case.id, claims(case, plan, self.hospital));
            }
            consequences.push(self.consequence(case, plan));
        }
        consequences
    }

    /// The first good start on the planned day: in the same theatre if there is one there, else in
    /// the theatre that has the earliest.
    fn later_today(&self, case: &Case, table: &Timetable) -> Option<Plan> {
        let planned = case.plan.as_ref()?;
        let zone = zone_of(self.hospital, &planned.theatre);
        let day = day_range(&zone, civil_date(planned.start, &zone))?;
        let from = planned.start.max(self.now);
        let rest = TimeRange::new(next_on_grid(from), day.end()).ok()?;
        let here = self.first_start(case, &planned.theatre, rest, table);
        here.or_else(|| {
            let others = self.hospital.theatres.keys();
            let others = others.filter(|theatre| **theatre != planned.theatre);
            others
                .filter_map(|theatre| self.first_start(case, theatre, rest, table))
                .min_by_key(|plan| plan.start)
        })
    }

    /// The first start that breaks no rule at all: nobody overrides rules for a bumped case.
    fn first_start(
        &self,
        case: &Case,
        theatre: &TheatreId,
        window: TimeRange,
        table: &Timetable,
    ) -> Option<Plan> {
        let plain = Booker {
            any_session: self.booker.any_session,
            ..Booker::default()
        };
        let starts = self.starts(case, theatre, window, table);
        let plan = |start| Plan {
            theatre: theatre.clone(),
            start,
            session: None,
        };
        starts.into_iter().map(plan).find(|plan| {
            let around = table.around(case, plan, self.hospital);
            broken_rules(case, plan, self.hospital, &around, &plain, self.now).is_empty()
        })
    }

    fn consequence(&self, case: &Case, plan: Option<Plan>) -> Consequence {
        let before = case.plan.as_ref();
        let was = before
            .map(|plan| self.place_in_words(plan))
            .unwrap_or_default();
        let delay_min = match (before, &plan) {
            (Some(before), Some(after)) => before.start.duration_until(after.start).as_mins(),
            _ => 0,
        };
        let (fate, description) = match plan {
            None => (
                Fate::Postponed,
                format!("The case {was} goes back to the waiting list"),
            ),
            Some(plan) => {
                let is = self.place_in_words(&plan);
                if before.is_some_and(|before| before.theatre == plan.theatre) {
                    let late = minutes(delay_min);
                    let zone = zone_of(self.hospital, &plan.theatre);
                    let at = clock(plan.start, &zone);
                    (
                        Fate::Delayed(plan),
                        format!("The case {was} begins {late} later, at {at}"),
                    )
                } else {
                    (
                        Fate::Moved(plan),
                        format!("The case {was} is moved to be {is}"),
                    )
                }
            }
        };
        Consequence {
            case: case.id.clone(),
            version: case.version,
            fate,
            delay_min,
            description,
        }
    }

    /// `in Theatre 1 at 09:00`
    fn place_in_words(&self, plan: &Plan) -> String {
        let name = theatre_name(self.hospital, &plan.theatre);
        let zone = zone_of(self.hospital, &plan.theatre);
        format!("in {name} at {}", clock(plan.start, &zone))
    }
}
