//! Means, medians and percentiles, defined to the last digit.

use jiff::SignedDuration;

/// How percentiles are made; part of the definitions.
pub(super) const PERCENTILE: &str = "The p-th percentile of n sorted values x[0] to x[n-1] is \
    interpolated between neighbours: with h = (n-1) p/100, it is x[floor h] + (h - floor h) \
    (x[floor h + 1] - x[floor h]); the median is the 50th.";

/// What a set of durations is like; minutes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Their sum, divided by how many they are.
    pub mean_min: f64,
    /// The 50th percentile.
    pub median_min: f64,
    /// The 80th percentile.
    pub p80_min: f64,
    /// The 90th percentile.
    pub p90_min: f64,
    /// The least.
    pub min_min: f64,
    /// The greatest.
    pub max_min: f64,
}

impl Summary {
    /// `None` of nothing.
    pub(super) fn of(durations: impl IntoIterator<Item = SignedDuration>) -> Option<Self> {
        let mut sorted: Vec<SignedDuration> = durations.into_iter().collect();
        sorted.sort_unstable();
        let (first, last) = (sorted.first()?, sorted.last()?);
        Some(Self {
            mean_min: mean_min(&sorted)?,
            median_min: percentile_min(&sorted, 50),
            p80_min: percentile_min(&sorted, 80),
            p90_min: percentile_min(&sorted, 90),
            min_min: minutes(*first),
            max_min: minutes(*last),
        })
    }
}

/// Minutes and parts of one.
pub(super) fn minutes(duration: SignedDuration) -> f64 {
    duration.as_secs_f64() / 60.0
}

/// Their sum; what does not fit a duration is longer than time.
pub(super) fn sum(durations: impl IntoIterator<Item = SignedDuration>) -> SignedDuration {
    let durations = durations.into_iter();
    durations.fold(SignedDuration::ZERO, SignedDuration::saturating_add)
}

/// `None` of nothing.
pub(super) fn mean_min(durations: &[SignedDuration]) -> Option<f64> {
    let count = u32::try_from(durations.len())
        .ok()
        .filter(|count| *count > 0)?;
    Some(minutes(sum(durations.iter().copied())) / f64::from(count))
}

/// `part` of `whole`; 0 where there is no whole.
pub(super) fn fraction(part: SignedDuration, whole: SignedDuration) -> f64 {
    if whole.is_zero() {
        0.0
    } else {
        minutes(part) / minutes(whole)
    }
}

/// How many; more than that nobody has.
pub(super) fn count(how_many: usize) -> u32 {
    u32::try_from(how_many).unwrap_or(u32::MAX)
}

/// `part` of `whole`; 0 where there is no whole.
pub(super) fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 {
        0.0
    } else {
        f64::from(part) / f64::from(whole)
    }
}

/// Of sorted durations that are not none.
fn percentile_min(sorted: &[SignedDuration], percent: usize) -> f64 {
    let place = sorted.len().saturating_sub(1) * percent;
    let below = place / 100;
    let Some(low) = sorted.get(below).copied().map(minutes) else {
        return 0.0;
    };
    let high = sorted.get(below + 1).copied().map_or(low, minutes);
    let part = u8::try_from(place % 100).map_or(0.0, f64::from) / 100.0;
    low + part * (high - low)
}
