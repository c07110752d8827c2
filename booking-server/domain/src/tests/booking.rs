//! No sequence of calls gives a double booking; what is undone is as it was.

use proptest::prelude::*;

use super::{MONDAY, any_details, any_plan, held_by_minute};
use crate::{
    Booker, Case, CaseDetails, CaseId, CaseState, Hospital, Milestone, Move, OverrideRequest,
    Placed, Plan, ReasonGiven, RuleId, Timetable, TransitionError, cancel, confirm, place,
    place_all, postpone, record_milestone, reschedule, schedule,
    testing::{at, hospital, reason_code},
    time_range::later,
    update,
};

/// What somebody may try, on a case chosen by number.
#[derive(Clone, Debug)]
enum Call {
    Request(CaseDetails),
    Schedule(usize, Plan),
    Reschedule(usize, Plan),
    Swap(usize, usize),
    Update(usize, CaseDetails),
    Confirm(usize),
    Postpone(usize),
    Cancel(usize),
    Record(usize, Milestone),
}

fn any_call() -> impl Strategy<Value = Call> {
    let which = || 0usize..8;
    prop_oneof![
        3 => any_details().prop_map(Call::Request),
        6 => (which(), any_plan()).prop_map(|(which, plan)| Call::Schedule(which, plan)),
        3 => (which(), any_plan()).prop_map(|(which, plan)| Call::Reschedule(which, plan)),
        2 => (which(), which()).prop_map(|(one, other)| Call::Swap(one, other)),
        2 => (which(), any_details()).prop_map(|(which, details)| Call::Update(which, details)),
        1 => which().prop_map(Call::Confirm),
        1 => which().prop_map(Call::Postpone),
        1 => which().prop_map(Call::Cancel),
        1 => (which(), proptest::sample::select(Milestone::ALL.to_vec()))
            .prop_map(|(which, milestone)| Call::Record(which, milestone)),
    ]
}

/// A hospital's day in a vector, changed as the server changes the store.
struct Day {
    cases: Vec<Case>,
    hospital: Hospital,
    clock_min: i64,
}

impl Day {
    fn new() -> Self {
        Self {
            cases: Vec::new(),
            hospital: hospital(),
            clock_min: 0,
        }
    }

    /// Does what is called for, if it may be done.
    fn call(&mut self, call: Call) {
        self.clock_min += 1;
        let now = later(at(MONDAY), self.clock_min);
        let changed = match call {
            Call::Request(details) => {
                let id = CaseId::parse(&format!("{:03}", self.cases.len())).unwrap();
                self.cases.push(Case::request(id, details, now));
                return;
            }
            Call::Schedule(which, plan) => self.of(which, |day, case| {
                let placed = day.place(case, &plan)?;
                schedule(case, placed, now).ok()
            }),
            Call::Reschedule(which, plan) => self.of(which, |day, case| {
                let placed = day.place(case, &plan)?;
                reschedule(case, placed, &reason(), &day.hospital, now).ok()
            }),
            Call::Swap(one, other) => return self.swap(one, other),
            Call::Update(which, details) => self.of(which, |day, case| {
                let candidate = case.with_details(details.clone());
                let plan = case.plan.clone();
                let placed = plan.and_then(|plan| day.place(&candidate, &plan));
                update(case, details, placed, now).ok()
            }),
            Call::Confirm(which) => self.of(which, |_, case| confirm(case, None, now).ok()),
            Call::Postpone(which) => self.of(which, |day, case| {
                postpone(case, &reason(), &day.hospital, now).ok()
            }),
            Call::Cancel(which) => self.of(which, |day, case| {
                cancel(case, &reason(), &day.hospital, now).ok()
            }),
            Call::Record(which, milestone) => self.of(which, |day, case| {
                let inside = day.cases.iter().find(|other| {
                    let theatre = |case: &Case| case.plan.clone().map(|plan| plan.theatre);
                    other.state == CaseState::InTheatre && theatre(other) == theatre(case)
                });
                let inside = inside.map(|other| &other.id);
                record_milestone(case, milestone, now, inside, true, now).ok()
            }),
        };
        if let Some((which, case)) = changed {
            self.cases[which] = case;
        }
    }

    fn of(
        &self,
        which: usize,
        change: impl FnOnce(&Self, &Case) -> Option<Case>,
    ) -> Option<(usize, Case)> {
        let case = self.cases.get(which)?;
        Some((which, change(self, case)?))
    }

    fn table(&self) -> Timetable {
        Timetable::of_cases(&self.cases, [], [], &self.hospital)
    }

    /// With every right there is, and a reason for everything.
    fn place(&self, case: &Case, plan: &Plan) -> Option<Placed> {
        let around = self.table().around(case, plan, &self.hospital);
        let now = later(at(MONDAY), self.clock_min);
        place(
            case,
            plan,
            &self.hospital,
            &around,
            &anybody(),
            &every_override(),
            now,
        )
        .ok()
    }

    fn swap(&mut self, one: usize, other: usize) {
        let (Some(first), Some(second)) = (self.cases.get(one), self.cases.get(other)) else {
            return;
        };
        let (Some(here), Some(there)) = (first.plan.clone(), second.plan.clone()) else {
            return;
        };
        let aside = every_override();
        let moves = [(first, there), (second, here)].map(|(case, plan)| Move {
            case,
            plan,
            overrides: &aside,
        });
        let now = later(at(MONDAY), self.clock_min);
        let Ok(placed) = place_all(&moves, &self.table(), &self.hospital, &anybody(), now) else {
            return;
        };
        let moved: Result<Vec<Case>, TransitionError> = [first, second]
            .into_iter()
            .zip(placed)
            .map(|(case, placed)| reschedule(case, placed, &reason(), &self.hospital, now))
            .collect();
        if let Ok(moved) = moved {
            for (which, case) in [one, other].into_iter().zip(moved) {
                self.cases[which] = case;
            }
        }
    }
}

fn reason() -> ReasonGiven {
    ReasonGiven {
        code: reason_code("NO_BED"),
        note: String::new(),
    }
}

fn anybody() -> Booker {
    Booker {
        any_session: true,
        overrides: true,
        emergency: true,
        ..Booker::default()
    }
}

fn every_override() -> Vec<OverrideRequest> {
    let request = |rule| OverrideRequest {
        rule,
        reason: "because".to_owned(),
    };
    RuleId::ALL.map(request).to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_sequence_of_calls_books_anything_twice(
        calls in proptest::collection::vec(any_call(), 1..40),
    ) {
        let mut day = Day::new();
        for call in calls {
            day.call(call);
            prop_assert_eq!(held_by_minute(&day.cases, &day.hospital), Ok(()));
            for case in &day.cases {
                prop_assert_eq!(case.clone().check().err(), None);
                prop_assert_eq!(case.milestones.check(), Ok(()));
            }
            let inside = |theatre: &str| {
                let cases = day.cases.iter();
                cases.filter(|case| {
                    case.state == CaseState::InTheatre
                        && case.plan.as_ref().is_some_and(|p| p.theatre.as_str() == theatre)
                }).count()
            };
            prop_assert!(["OT-1", "OT-2", "OT-3"].map(inside).iter().all(|count| *count <= 1));
        }
    }

    #[test]
    fn a_move_that_is_undone_leaves_the_plan_as_it_was(
        calls in proptest::collection::vec(any_call(), 1..30),
        which in 0usize..8, plan in any_plan(),
    ) {
        let mut day = Day::new();
        for call in calls {
            day.call(call);
        }
        let Some(before) = day.cases.get(which).filter(|case| case.state.holds()).cloned() else {
            return Ok(());
        };
        day.call(Call::Reschedule(which, plan));
        let back = before.plan.clone().unwrap();
        if day.cases[which].plan != before.plan {
            day.call(Call::Reschedule(which, back));
        }
        prop_assert_eq!(&day.cases[which].plan, &before.plan);
        prop_assert_eq!(held_by_minute(&day.cases, &day.hospital), Ok(()));
    }
}
