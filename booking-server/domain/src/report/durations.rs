//! Whether cases take as long as they are booked for.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{
    rows::{Definition, Period, ReportRow, define},
    statistics::{PERCENTILE, Summary, mean_min, share},
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

/// The figures and how they were made.
#[derive(Clone, Debug, PartialEq)]
pub struct DurationsReport {
    /// All procedures together, then each by name.
    pub rows: Vec<DurationRow>,
    /// How.
    pub definitions: Vec<Definition>,
}

/// Booked and actual time in the room.
#[derive(Clone, Copy)]
struct Pair {
    booked: SignedDuration,
    actual: SignedDuration,
}

/// Duration accuracy by procedure.
pub fn durations(rows: &[ReportRow], period: &Period) -> DurationsReport {
    let mut procedures: BTreeMap<&str, Vec<Pair>> = BTreeMap::new();
    let mut all = Vec::new();
    for row in rows {
        let (Some(wheels_in), Some(wheels_out)) =
            (row.milestones.wheels_in, row.milestones.wheels_out)
        else {
            continue;
        };
        if !period.has(wheels_in) {
            continue;
        }
        let booked_min = row.footprint.setup_min() + row.footprint.procedure_min();
        let pair = Pair {
            booked: SignedDuration::from_mins(booked_min.into()),
            actual: wheels_in.duration_until(wheels_out),
        };
        procedures.entry(&row.procedure).or_default().push(pair);
        all.push(pair);
    }
    let mut rows = vec![of_pairs(None, &all)];
    rows.extend(
        procedures
            .iter()
            .map(|(name, pairs)| of_pairs(Some(name), pairs)),
    );
    DurationsReport {
        rows,
        definitions: definitions(),
    }
}

fn of_pairs(procedure: Option<&str>, pairs: &[Pair]) -> DurationRow {
    let mean = |of: fn(&Pair) -> SignedDuration| {
        let durations: Vec<SignedDuration> = pairs.iter().map(of).collect();
        mean_min(&durations).unwrap_or(0.0)
    };
    let cases = u32::try_from(pairs.len()).unwrap_or(u32::MAX);
    let near = pairs
        .iter()
        .filter(|pair| is_within_15_percent(pair))
        .count();
    let actual = Summary::of(pairs.iter().map(|pair| pair.actual));
    let suggested = actual.filter(|_| cases >= MIN_CASES_FOR_SUGGESTION);
    DurationRow {
        procedure: procedure.map(str::to_owned),
        cases,
        mean_booked_min: mean(|pair| pair.booked),
        mean_actual_min: mean(|pair| pair.actual),
        bias_min: mean(error),
        mean_absolute_error_min: mean(|pair| error(pair).abs()),
        within_15_percent: share(u32::try_from(near).unwrap_or(u32::MAX), cases),
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

fn definitions() -> Vec<Definition> {
    vec![
        define(
            "cases",
            "Cases with wheels in and wheels out whose wheels in falls on a civil date of the \
             period, by the site's clock.",
        ),
        define(
            "mean_booked_min",
            "Booked time in the room, setup + procedure (cleanup is after wheels out), averaged.",
        ),
        define("mean_actual_min", "Wheels out minus wheels in, averaged."),
        define(
            "bias_min",
            "Actual minus booked, averaged: above 0, cases take longer than booked.",
        ),
        define(
            "mean_absolute_error_min",
            "Actual minus booked whatever its sign, averaged.",
        ),
        define(
            "within_15_percent",
            "Share of cases whose actual time is at most 15 % of the booked time away from it.",
        ),
        define(
            "suggested_median_min",
            format!(
                "Median of the actual times; none below {MIN_CASES_FOR_SUGGESTION} cases. \
                 {PERCENTILE}"
            ),
        ),
        define(
            "suggested_p80_min",
            format!(
                "80th percentile of the actual times; none below {MIN_CASES_FOR_SUGGESTION} cases. \
                 {PERCENTILE}"
            ),
        ),
    ]
}
