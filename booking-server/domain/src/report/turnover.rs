//! How long it takes from one patient to the next.

use jiff::SignedDuration;

use super::{
    rows::{Period, Report, ReportRow, all_then_each, definitions},
    statistics::{PERCENTILE, Summary, count},
    stays::{STAY, by_theatre_day, stays},
};
use crate::TheatreId;

/// Longer gaps are idle time. Minutes; our choice, no standard.
pub const DEFAULT_IDLE_GAP_MIN: u16 = 90;

/// One theatre, or all.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnoverRow {
    /// `None`: all together.
    pub theatre: Option<TheatreId>,
    /// Turnovers.
    pub count: u32,
    /// What they are like; `None` of nothing.
    pub summary: Option<Summary>,
    /// Left out: the next came in before the last was out. Errors in the data.
    pub negatives: u32,
    /// Left out: idle time.
    pub idle_gaps: u32,
}

/// Turnover times, gaps above `idle_gap_min` being idle time: all theatres together, then each by
/// number.
pub fn turnover(rows: &[ReportRow], idle_gap_min: u16, period: &Period) -> Report<TurnoverRow> {
    let stays = stays(rows, period);
    let pairs = by_theatre_day(&stays).flat_map(|day| day.iter().zip(day.iter().skip(1)));
    let gaps = pairs.map(|(before, after)| {
        let gap = before.wheels_out.duration_until(after.wheels_in);
        (before.theatre, gap)
    });
    let idle_gap = SignedDuration::from_mins(idle_gap_min.into());
    let values = [
        ("{stay}", STAY),
        ("{percentile}", PERCENTILE),
        ("{idle_gap_min}", &idle_gap_min.to_string()),
    ];
    Report {
        rows: all_then_each(gaps, |theatre, gaps| of_gaps(theatre, gaps, idle_gap)),
        definitions: definitions(DEFINITIONS, &values),
    }
}

fn of_gaps(
    theatre: Option<&TheatreId>,
    gaps: &[SignedDuration],
    idle: SignedDuration,
) -> TurnoverRow {
    let turnovers = gaps
        .iter()
        .filter(|gap| !gap.is_negative() && **gap <= idle);
    TurnoverRow {
        theatre: theatre.cloned(),
        count: count(turnovers.clone().count()),
        summary: Summary::of(turnovers.copied()),
        negatives: count(gaps.iter().filter(|gap| gap.is_negative()).count()),
        idle_gaps: count(gaps.iter().filter(|gap| **gap > idle).count()),
    }
}

const DEFINITIONS: &str = "\
cases: {stay}
count: Turnovers: the minutes from the wheels out of one case to the wheels in of the next, in \
    one theatre-day, cases taken by wheels in and then by wheels out. Turnover contains cleanup \
    and setup. Gaps below 0 and above {idle_gap_min} minutes are left out of all figures but their \
    own counts.
mean_min: Sum of the turnovers ÷ count.
median_min: {percentile}
p90_min: {percentile}
min_min: The shortest turnover.
max_min: The longest turnover.
negatives: Gaps below 0: the next patient came in before the last was out, an error in the \
    data.
idle_gaps: Gaps above {idle_gap_min} minutes: idle time, not turnover.";
