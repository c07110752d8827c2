//! The text format that Prometheus reads, version 0.0.4.

use std::{
    fmt::{Display, Write},
    time::Duration,
};

/// Upper bounds of the histogram's buckets, in seconds: a handshake takes a millisecond, and is
/// given up after 30 s.
const BUCKETS_S: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0, 30.0,
];

/// Durations, counted by how long they were.
#[derive(Debug, Default)]
pub(super) struct Histogram {
    buckets: [u64; BUCKETS_S.len()],
    count: u64,
    sum_s: f64,
}

impl Histogram {
    pub(super) fn observe(&mut self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        for (bucket, bound) in self.buckets.iter_mut().zip(BUCKETS_S) {
            *bucket += u64::from(seconds <= bound);
        }
        self.count += 1;
        self.sum_s += seconds;
    }

    /// `name`: the family's.
    pub(super) fn render(&self, name: &str, labels: &str, text: &mut String) {
        let bucket = format!("{name}_bucket");
        for (count, bound) in self.buckets.iter().zip(BUCKETS_S) {
            line(text, &bucket, &format!("{labels},le=\"{bound}\""), count);
        }
        line(text, &bucket, &format!("{labels},le=\"+Inf\""), self.count);
        line(text, &format!("{name}_sum"), labels, self.sum_s);
        line(text, &format!("{name}_count"), labels, self.count);
    }
}

/// A family's head and lines; nothing when there are no lines.
pub(super) fn family(text: &mut String, name: &str, kind: &str, help: &str, body: &str) {
    if !body.is_empty() {
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{body}");
    }
}

/// One sample.
pub(super) fn line(text: &mut String, name: &str, labels: &str, value: impl Display) {
    let _ = writeln!(text, "{name}{{{labels}}} {value}");
}
