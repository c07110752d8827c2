//! Which bars of one theatre go beside each other: cases that are in each other's way, overridden
//! or overtaken by events, must not hide one another.

/// The most lanes of one theatre; what comes after shares the last.
pub(crate) const MAX_LANES: usize = 12;

/// The lane of each bar, from 1; bars are half-open and come by start.
pub(crate) fn lanes(bars: &[(i64, i64)]) -> Vec<usize> {
    let mut ends: Vec<i64> = Vec::new();
    bars.iter()
        .map(|&(start, end)| {
            let free = ends.iter().position(|&taken| taken <= start);
            let lane = free.unwrap_or(ends.len()).min(MAX_LANES - 1);
            if lane == ends.len() {
                ends.push(end);
            } else {
                ends[lane] = ends[lane].max(end);
            }
            lane + 1
        })
        .collect()
}
