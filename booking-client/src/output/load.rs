//! What a load test found.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use crate::printable::Printable;

/// All bookings of a run.
#[derive(Clone, Debug, Default)]
pub struct LoadResult {
    /// How long each booking took, from sending to the durable answer.
    pub took: Vec<Duration>,
    /// How often each refusal came.
    pub refusals: BTreeMap<String, u32>,
    /// The whole run.
    pub elapsed: Duration,
}

impl LoadResult {
    fn per_second(&self) -> f64 {
        self.took.len() as f64 / self.elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// In milliseconds: the smallest time that this share of all bookings did not exceed.
    fn percentiles_ms(&self) -> [(&'static str, f64); 4] {
        let mut sorted = self.took.clone();
        sorted.sort_unstable();
        let at = |share: f64| {
            let rank = (share * sorted.len() as f64).ceil() as usize;
            let took = sorted
                .get(rank.saturating_sub(1))
                .copied()
                .unwrap_or_default();
            took.as_secs_f64() * 1000.0
        };
        [
            ("p50", at(0.5)),
            ("p95", at(0.95)),
            ("p99", at(0.99)),
            ("max", at(1.0)),
        ]
    }

    pub(super) fn text(&self) -> String {
        let percentiles = self.percentiles_ms();
        let percentiles = percentiles
            .map(|(name, ms)| format!("{name} {ms:.1} ms"))
            .join(", ");
        let mut text = format!(
            "{} bookings in {:.2} s: {:.0} a second\n{percentiles}\n",
            self.took.len(),
            self.elapsed.as_secs_f64(),
            self.per_second()
        );
        for (refusal, count) in &self.refusals {
            text.push_str(&format!("refused {count} times: {}\n", Printable(refusal)));
        }
        text
    }

    pub(super) fn json(&self) -> Value {
        let mut result = json!({
            "bookings": self.took.len(),
            "seconds": self.elapsed.as_secs_f64(),
            "bookingsPerSecond": self.per_second(),
            "refusals": self.refusals,
        });
        for (name, ms) in self.percentiles_ms() {
            result[format!("{name}Ms")] = json!(ms);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let result = LoadResult {
            took: (1..=100).rev().map(Duration::from_millis).collect(),
            refusals: BTreeMap::from([("THEATRE_DOUBLE_BOOKED".to_owned(), 3)]),
            elapsed: Duration::from_secs(2),
        };
        assert_eq!(
            result.text(),
            "100 bookings in 2.00 s: 50 a second\np50 50.0 ms, p95 95.0 ms, p99 99.0 ms, max 100.0 ms\n\
             refused 3 times: THEATRE_DOUBLE_BOOKED\n"
        );
        assert_eq!(result.json()["p95Ms"], 95.0);
        assert_eq!(LoadResult::default().json()["p99Ms"], 0.0);
    }
}
