//! Whether cases take as long as they are booked for.

use jiff::SignedDuration;

use super::{
    rows::{Period, Report, ReportRow, all_then_each, definitions},
    statistics::{PERCENTILE, Summary, count, mean_min, share},
};

/// From how many cases on a duration is suggested for the next.
pub const MIN_CASES_FOR_SUGGESTION: u32 = 5;

/// One procedure, or all.
#[derive(Clone, Debug, PartialEq)]
pub struct DurationRow {
    /// `None`: all together.
    pub procedure: Option<String>,
    /// Cases.
    pub cases: u32,
    /// As booked, on average.
    pub mean_booked_min: f64,
    /// As it was, on average.
    pub mean_actual_min: f64,
    /// As it was less as booked, on average.
    pub bias_min: f64,
    /// The same whatever its sign.
    pub mean_absolute_error_min: f64,
    /// Within 15 % of what was booked; 0 to 1.
    pub within_15_percent: f64,
    /// Median of what they took; `None` below [`MIN_CASES_FOR_SUGGESTION`].
    pub suggested_median_min: Option<f64>,
    /// 80th percentile of what they took; `None` likewise.
    pub suggested_p80_min: Option<f64>,
}

/// Booked and actual time in the room.
#[derive(Clone, Copy)]
struct Pair {
    booked: SignedDuration,
    actual: SignedDuration,
}

/// Duration accuracy: all procedures together, then each by name.
pub fn durations(rows: &[ReportRow], period: &Period) -> Report<DurationRow> {
    let pairs = rows.iter().filter_map(|row| {
        let (wheels_in, out) = (row.milestones.wheels_in?, row.milestones.wheels_out?);
        let booked_min = row.footprint.setup_min() + row.footprint.procedure_min();
        let pair = Pair {
            booked: SignedDuration::from_mins(booked_min.into()),
            actual: wheels_in.duration_until(out),
        };
        period.has(wheels_in).then_some((&*row.procedure, pair))
    });
    let values = [
        ("{min_cases}", &*MIN_CASES_FOR_SUGGESTION.to_string()),
        ("{percentile}", PERCENTILE),
    ];
    Report {
        rows: all_then_each(pairs, of_pairs),
        definitions: definitions(DEFINITIONS, &values),
    }
}

fn of_pairs(procedure: Option<&str>, pairs: &[Pair]) -> DurationRow {
    let mean = |of: fn(&Pair) -> SignedDuration| {
        let durations: Vec<SignedDuration> = pairs.iter().map(of).collect();
        mean_min(&durations).unwrap_or(0.0)
    };
    let cases = count(pairs.len());
    let near = pairs.iter().filter(|pair| is_within_15_percent(pair));
    let actual = Summary::of(pairs.iter().map(|pair| pair.actual));
    let suggested = actual.filter(|_| cases >= MIN_CASES_FOR_SUGGESTION);
    DurationRow {
        procedure: procedure.map(str::to_owned),
        cases,
        mean_booked_min: mean(|pair| pair.booked),
        mean_actual_min: mean(|pair| pair.actual),
        bias_min: mean(error),
        mean_absolute_error_min: mean(|pair| error(pair).abs()),
        within_15_percent: share(count(near.count()), cases),
        suggested_median_min: suggested.map(|summary| summary.median_min),
        suggested_p80_min: suggested.map(|summary| summary.p80_min),
    }
}

fn error(pair: &Pair) -> SignedDuration {
    pair.actual.saturating_sub(pair.booked)
}

/// In whole numbers, so that the bound itself is within.
fn is_within_15_percent(pair: &Pair) -> bool {
    let off = error(pair).abs().as_nanos();
    off.saturating_mul(100) <= pair.booked.as_nanos().saturating_mul(15)
}

const DEFINITIONS: &str = "\
cases: Cases with wheels in and wheels out whose wheels in falls on a civil date of the \
    period, by the site's clock.
mean_booked_min: Booked time in the room, setup + procedure (cleanup is after wheels out), \
    averaged.
mean_actual_min: Wheels out minus wheels in, averaged.
bias_min: Actual minus booked, averaged: above 0, cases take longer than booked.
mean_absolute_error_min: Actual minus booked whatever its sign, averaged.
within_15_percent: Share of cases whose actual time is at most 15 % of the booked time away \
    from it.
suggested_median_min: Median of the actual times; none below {min_cases} cases. {percentile}
suggested_p80_min: 80th percentile of the actual times; none below {min_cases} cases. \
    {percentile}";
