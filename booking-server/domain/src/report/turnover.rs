//! How long it takes from one patient to the next.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{
    rows::{Definition, Period, ReportRow, define},
    statistics::{PERCENTILE, Summary},
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

/// The figures and how they were made.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnoverReport {
    /// All theatres together, then each by number.
    pub rows: Vec<TurnoverRow>,
    /// How.
    pub definitions: Vec<Definition>,
}

/// Turnover times, gaps above `idle_gap_min` being idle time.
pub fn turnover(rows: &[ReportRow], idle_gap_min: u16, period: &Period) -> TurnoverReport {
    let stays = stays(rows, period);
    let mut theatres: BTreeMap<&TheatreId, Vec<SignedDuration>> = BTreeMap::new();
    let mut all = Vec::new();
    for day in by_theatre_day(&stays) {
        for pair in day.windows(2) {
            if let [before, after] = pair {
                let gap = before.wheels_out.duration_until(after.wheels_in);
                theatres.entry(before.theatre).or_default().push(gap);
                all.push(gap);
            }
        }
    }
    let mut rows = vec![of_gaps(None, &all, idle_gap_min)];
    let of_theatre = |(theatre, gaps): (&&TheatreId, &Vec<SignedDuration>)| {
        of_gaps(Some(theatre), gaps, idle_gap_min)
    };
    rows.extend(theatres.iter().map(of_theatre));
    TurnoverReport {
        rows,
        definitions: definitions(idle_gap_min),
    }
}

fn of_gaps(theatre: Option<&TheatreId>, gaps: &[SignedDuration], idle_gap_min: u16) -> TurnoverRow {
    let idle = SignedDuration::from_mins(idle_gap_min.into());
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
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

fn definitions(idle_gap_min: u16) -> Vec<Definition> {
    vec![
        define("cases", STAY),
        define(
            "count",
            format!(
                "Turnovers: the minutes from the wheels out of one case to the wheels in of the \
                 next, in one theatre-day, cases taken by wheels in and then by wheels out. \
                 Turnover contains cleanup and setup. Gaps below 0 and above {idle_gap_min} \
                 minutes are left out of all figures but their own counts."
            ),
        ),
        define("mean_min", "Sum of the turnovers ÷ count."),
        define("median_min", PERCENTILE),
        define("p90_min", PERCENTILE),
        define("min_min", "The shortest turnover."),
        define("max_min", "The longest turnover."),
        define(
            "negatives",
            "Gaps below 0: the next patient came in before the last was out, an error in the data.",
        ),
        define(
            "idle_gaps",
            format!("Gaps above {idle_gap_min} minutes: idle time, not turnover."),
        ),
    ]
}
