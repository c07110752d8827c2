//! Whatever stands in the schedule against the rules: overridden by somebody, or overtaken by a
//! later closure, absence, retirement or change of a session.

use jiff::Timestamp;

use crate::{Booker, BrokenRule, Case, CaseId, Hospital, Timetable, rules::broken_rules};

/// A rule that a planned case breaks as things are now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Conflict {
    /// Which case.
    pub case: CaseId,
    /// What it breaks.
    pub broken: BrokenRule,
    /// Whether somebody overrode the rule for it.
    pub overridden: bool,
}

/// Every broken rule of every case that holds its place, in the order of the cases.
///
/// `around` is the stretch of time that the cases lie in, with all that is held there. Whether a
/// case is in somebody else's session is not asked: who put it there had the right to.
pub fn conflicts(
    cases: &[Case],
    around: &Timetable,
    hospital: &Hospital,
    now: Timestamp,
) -> Vec<Conflict> {
    let anybody = Booker {
        any_session: true,
        ..Booker::default()
    };
    let mut conflicts = Vec::new();
    for case in cases {
        let Some(plan) = case.plan.as_ref().filter(|_| case.state.holds()) else {
            continue;
        };
        let surroundings = around.around(case, plan, hospital);
        for broken in broken_rules(case, plan, hospital, &surroundings, &anybody, now) {
            let mut overrides = case.overrides.iter();
            let overridden =
                broken.is_overridable() && overrides.any(|aside| aside.rule == broken.rule);
            conflicts.push(Conflict {
                case: case.id.clone(),
                broken,
                overridden,
            });
        }
    }
    conflicts
}
