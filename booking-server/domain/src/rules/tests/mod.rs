//! Each rule by what keeps it and what breaks it; overrides; sentences.

mod each;
mod overlap;
mod placing;
mod sessions;

use super::*;
use crate::{
    CaseDetails, Laterality, Subject, TheatreState, Timetable,
    testing::{
        at, details, hospital, plan, procedure_type_id, requested, specialty, staff_id, theatre_id,
        unavailable, unit_id,
    },
};

const NOW: &str = "2026-05-20T12:00";

/// A question with everything in its favour, for tests to spoil.
struct Question {
    case: Case,
    plan: Plan,
    hospital: Hospital,
    around: Surroundings,
    booker: Booker,
    now: Timestamp,
}

impl Question {
    fn new() -> Self {
        Self {
            case: requested("a"),
            plan: plan("OT-1", "2026-06-01T08:00"),
            hospital: hospital(),
            around: Surroundings::default(),
            booker: Booker::default(),
            now: at(NOW),
        }
    }

    fn among(mut self, cases: &[Case]) -> Self {
        let table = Timetable::of_cases(cases, [], [], &self.hospital);
        self.around = table.around(&self.case, &self.plan, &self.hospital);
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn broken(&self) -> Vec<BrokenRule> {
        let Self {
            case,
            plan,
            hospital,
            around,
            booker,
            now,
        } = self;
        broken_rules(case, plan, hospital, around, booker, *now)
    }

    fn place(&self, requested: &[OverrideRequest]) -> Result<Placed, Vec<BrokenRule>> {
        let Self {
            case,
            plan,
            hospital,
            around,
            booker,
            now,
        } = self;
        place(case, plan, hospital, around, booker, requested, *now)
    }

    /// `R1 THEATRE_DOUBLE_BOOKED`, for each.
    fn said(&self) -> Vec<String> {
        let broken = self.broken();
        let said = |rule: &BrokenRule| format!("{} {}", rule.rule.as_str(), rule.reason);
        broken.iter().map(said).collect()
    }
}

fn asking(rule: RuleId) -> OverrideRequest {
    OverrideRequest {
        rule,
        reason: "agreed with the coordinator".to_owned(),
    }
}

/// The case as a hip replacement that lacks nothing.
fn hip(case: &Case) -> Case {
    case.with_details(CaseDetails {
        procedure_type: Some(procedure_type_id("hip")),
        specialty: Some(specialty("orthopaedics")),
        laterality: Laterality::Left,
        units: vec![unit_id("CA-1")],
        ..details("PT-hip")
    })
}

fn set_state(q: &mut Question, state: TheatreState) {
    q.hospital
        .theatres
        .get_mut(&theatre_id("OT-1"))
        .unwrap()
        .state = state;
}

fn close(q: &mut Question, start: &str, end: &str) {
    let closed = Subject::Theatre(theatre_id("OT-1"));
    q.around.unavailable.push(unavailable(closed, start, end));
}

fn absent(q: &mut Question, who: &str, start: &str, end: &str) {
    let absent = Subject::Staff(staff_id(who));
    q.around.unavailable.push(unavailable(absent, start, end));
}
