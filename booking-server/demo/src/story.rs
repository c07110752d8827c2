//! What happened so far: theatres run through their lists as real ones do, a little late, now and then
//! much too long, and some patients never come.

use booking_domain::{
    Case, Milestone, ReasonCode, ReasonGiven, TheatreId, abort, cancel, confirm, later,
    record_milestone,
};
use jiff::Timestamp;

use crate::{addition::Demo, catalogue::id, chance::Chance, week::Week};

/// Before the day, and on it.
const KNOWN_EARLY: [&str; 3] = ["PATIENT_DECLINED", "NOT_NEEDED", "PATIENT_TRANSPORT"];
const KNOWN_LATE: [&str; 4] = [
    "PATIENT_UNFIT",
    "PATIENT_DID_NOT_ATTEND",
    "NO_BED",
    "LIST_OVERRUN",
];
/// In the theatre, after anaesthesia.
const GIVEN_UP: &str = "EQUIPMENT_FAILED";

/// Moves every case to where it stands at the week's now.
pub(crate) fn tell(demo: &mut Demo, week: &Week, number: u64) {
    demo.cases.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut theatre: Option<TheatreId> = None;
    // When the theatre is free of the patient before.
    let mut free_at = Timestamp::MIN;
    for index in 0..demo.cases.len() {
        let case = demo.cases[index].clone();
        let Some(plan) = case.plan.clone() else {
            continue;
        };
        if theatre.as_ref() != Some(&plan.theatre) {
            theatre = Some(plan.theatre.clone());
            free_at = Timestamp::MIN;
        }
        let chance = &mut Chance::of(number, case.id.as_str());
        let (case, until) = live(case, plan.start, free_at, demo, week, chance);
        free_at = until.unwrap_or(free_at);
        demo.cases[index] = case;
    }
    demo.cases.sort_by(|a, b| a.id.cmp(&b.id));
}

fn order(case: &Case) -> Option<(&TheatreId, Timestamp)> {
    case.plan.as_ref().map(|plan| (&plan.theatre, plan.start))
}

/// The case as it stands, and when its theatre is or was free again.
fn live(
    case: Case,
    start: Timestamp,
    free_at: Timestamp,
    demo: &Demo,
    week: &Week,
    chance: &mut Chance,
) -> (Case, Option<Timestamp>) {
    let elective = !case.details.urgency.is_emergency();
    // Drawn before anything is asked of the clock: an hour later it is the same story.
    let (called_off, early) = (chance.percent(5), chance.percent(40));
    let early_reason = *chance.pick(&KNOWN_EARLY);
    let late_reason = *chance.pick(&KNOWN_LATE);
    let notice_min = chance.between(20, 90);
    let agreed = later(start, -60 * chance.between(6, 40));
    let times = Times::draw(&case, start, free_at, chance);
    if elective && called_off {
        let (before_min, code) = if early {
            (30 * 60, early_reason)
        } else {
            (notice_min, late_reason)
        };
        let when = later(start, -before_min);
        if when <= week.now {
            return (called(&case, code, when, demo), None);
        }
    }
    if agreed > week.now && elective {
        return (case, None);
    }
    let Ok(mut case) = confirm(&case, None, agreed.max(case.updated_at)) else {
        return (case, None);
    };
    for (milestone, at) in times.in_order {
        if at > week.now {
            break;
        }
        if times.given_up && milestone == Milestone::Closed {
            let reason = given(GIVEN_UP);
            return (
                abort(&case, &reason, &demo.hospital, at).unwrap_or(case),
                Some(later(at, 20)),
            );
        }
        case = record_milestone(&case, milestone, at, None, true, at).unwrap_or(case);
    }
    (case, Some(times.clean))
}

fn given(code: &str) -> ReasonGiven {
    ReasonGiven {
        code: id!(ReasonCode, code),
        note: String::new(),
    }
}

fn called(case: &Case, code: &str, when: Timestamp, demo: &Demo) -> Case {
    cancel(case, &given(code), &demo.hospital, when).unwrap_or_else(|_| case.clone())
}

/// When things happen to a case, if they have time to.
#[derive(Debug)]
struct Times {
    in_order: [(Milestone, Timestamp); 7],
    clean: Timestamp,
    given_up: bool,
}

impl Times {
    fn draw(case: &Case, start: Timestamp, free_at: Timestamp, chance: &mut Chance) -> Self {
        let footprint = case.details.footprint;
        let (setup, procedure) = (footprint.setup_min(), footprint.procedure_min());
        let (setup, procedure) = (i64::from(setup), i64::from(procedure));
        let late = chance.between(-6, 11);
        let wheels_in = later(start, late).max(later(free_at, chance.between(2, 6)));
        let ready = later(wheels_in, chance.skewed_min(setup.max(3)));
        let knife = later(ready, chance.between(1, 6));
        let closed = later(knife, chance.skewed_min(procedure * 8 / 10));
        let out = later(closed, chance.between(3, 9));
        let cleaning = i64::from(footprint.cleanup_min()).max(4);
        let clean = later(out, chance.skewed_min(cleaning));
        Self {
            in_order: [
                (Milestone::WheelsIn, wheels_in),
                (Milestone::AnaesthesiaReady, ready),
                (Milestone::KnifeToSkin, knife),
                (Milestone::Closed, closed),
                (Milestone::WheelsOut, out),
                (Milestone::TheatreClean, clean),
                (Milestone::RecoveryOut, later(out, chance.between(35, 110))),
            ],
            clean,
            given_up: chance.percent(1),
        }
    }
}
