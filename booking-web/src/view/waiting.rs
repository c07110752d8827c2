//! The waiting list: how long somebody has waited, and against which target.

use booking_proto::ot::v1::{Case, case::State};
use jiff::Timestamp;

use super::{
    card::{surgeon, total_min},
    civil::{how_long, instant, minutes},
    directory::Directory,
    wording::{self, UrgencyMark},
};

/// One waiting case.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) case: Case,
    pub(crate) procedure: String,
    pub(crate) surgeon: String,
    pub(crate) urgency: UrgencyMark,
    pub(crate) waits: String,
    pub(crate) target: String,
    pub(crate) breached: bool,
    pub(crate) needs_min: i32,
    pub(crate) postponed: String,
}

impl Waiting {
    pub(crate) fn of(case: Case, names: &Directory, now: Timestamp) -> Self {
        let waits = instant(case.decision_time).map(|since| minutes(since, now).max(0));
        let left = instant(case.target_time).map(|target| minutes(now, target));
        Self {
            procedure: wording::procedure(&case.procedure, case.laterality()),
            surgeon: surgeon(&case, names),
            urgency: wording::urgency(case.urgency()),
            waits: waits.map(how_long).unwrap_or_default(),
            target: match left {
                None => "No target".to_owned(),
                Some(left @ 0..) => format!("{} left", how_long(left)),
                Some(left) => format!("Past its target by {}", how_long(-left)),
            },
            breached: left.is_some_and(|left| left < 0),
            needs_min: case.durations.as_ref().map_or(0, total_min),
            postponed: match (case.state(), case.postponements) {
                (State::Postponed, 1) => "Postponed once".to_owned(),
                (State::Postponed, times) => format!("Postponed {times} times"),
                _ => String::new(),
            },
            case,
        }
    }
}
