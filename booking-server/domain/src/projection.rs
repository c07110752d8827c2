//! When cases will really begin and end, as far as can be told. The plan stays what it is.
//!
//! ```text
//!   planned   [  A  )[  B  )     [  C  )
//!   now                    |
//!   A          in ======== | ===...)            not out yet: it lasts until its time is up, or now
//!   B                            ...[  B  )     waits for A: late
//!   C                                     [ C ) waits for B, if there is no gap left between
//! ```

use jiff::{SignedDuration, Timestamp};

use crate::{Case, CaseId, CaseState, Milestones, TimeRange, time_range::later};

/// When a case is likely to take its theatre.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Projection {
    /// Which.
    pub case: CaseId,
    /// From wheels in until the theatre is clean.
    pub range: TimeRange,
    /// How far its beginning lies behind the plan; whole minutes, never negative.
    pub delay_min: u32,
}

/// Foretells one theatre's day, by projected start. Cases without a plan and cancelled ones are
/// left out.
///
/// `turnover_min` is the theatre's; `day` is what the cases are planned into: what has not begun
/// when it is over keeps its plan, since nothing is known of it.
pub fn project(
    cases: &[Case],
    turnover_min: u16,
    day: &TimeRange,
    now: Timestamp,
) -> Vec<Projection> {
    let mut begun = Vec::new();
    let mut to_come = Vec::new();
    for case in cases {
        match (&case.plan, case.state) {
            (None, _) | (_, CaseState::Cancelled) => {}
            (Some(plan), CaseState::Scheduled | CaseState::Confirmed) => {
                to_come.push((plan.start, case));
            }
            (Some(plan), _) => begun.push((plan.start, case)),
        }
    }
    let by_plan = |a: &(Timestamp, &Case), b: &(Timestamp, &Case)| {
        a.0.cmp(&b.0).then_with(|| a.1.id.cmp(&b.1.id))
    };
    begun.sort_by(by_plan);
    to_come.sort_by(by_plan);

    let mut free = Timestamp::MIN;
    let mut projections = Vec::with_capacity(cases.len());
    for (planned, case) in begun {
        let range = of_begun(case, planned, now);
        free = free.max(later(range.end(), turnover_min.into()));
        projections.push(projection(case, planned, range));
    }
    for (planned, case) in to_come {
        let earliest = if now < day.end() {
            now.max(free)
        } else {
            Timestamp::MIN
        };
        let range = case.details.footprint.range_from(planned.max(earliest));
        free = free.max(later(range.end(), turnover_min.into()));
        projections.push(projection(case, planned, range));
    }
    projections.sort_by(|a, b| (a.range, &a.case).cmp(&(b.range, &b.case)));
    projections
}

/// When a theatre that has this case in it, or had it, is clean again.
pub(crate) fn of_begun(case: &Case, planned: Timestamp, now: Timestamp) -> TimeRange {
    let Milestones {
        wheels_in,
        wheels_out,
        theatre_clean,
        ..
    } = case.milestones;
    let footprint = &case.details.footprint;
    let start = wheels_in.unwrap_or(planned);
    let in_room_min = i64::from(footprint.setup_min()) + i64::from(footprint.procedure_min());
    // Whoever is in there now is not out before now.
    let expected_out = later(start, in_room_min).max(now);
    let out = wheels_out.unwrap_or(expected_out);
    let clean = theatre_clean.unwrap_or_else(|| later(out, footprint.cleanup_min().into()));
    TimeRange::new(start, clean).unwrap_or_else(|_| TimeRange::lasting(start, 1))
}

fn projection(case: &Case, planned: Timestamp, range: TimeRange) -> Projection {
    let behind = planned
        .duration_until(range.start())
        .max(SignedDuration::ZERO);
    Projection {
        case: case.id.clone(),
        range,
        delay_min: u32::try_from(behind.as_mins()).unwrap_or(u32::MAX),
    }
}
