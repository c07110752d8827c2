//! Counting, and the text format that Prometheus reads, version 0.0.4.

use std::{
    collections::BTreeMap,
    fmt::{Display, Write},
    time::Duration,
};

use parking_lot::Mutex;

/// Upper bounds of the histogram's buckets, in seconds: a handshake takes a millisecond, and is
/// given up after 30 s.
const BUCKETS_S: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0, 30.0,
];

/// Durations, counted by how long they were.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [u64; BUCKETS_S.len()],
    count: u64,
    sum_s: f64,
}

impl Histogram {
    /// Counts one.
    pub fn observe(&mut self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        for (bucket, bound) in self.buckets.iter_mut().zip(BUCKETS_S) {
            *bucket += u64::from(seconds <= bound);
        }
        self.count += 1;
        self.sum_s += seconds;
    }

    /// As text; `name`: the family's.
    pub fn render(&self, name: &str, labels: &str, text: &mut String) {
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
pub fn family(text: &mut String, name: &str, kind: &str, help: &str, body: &str) {
    if !body.is_empty() {
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{body}");
    }
}

/// One sample.
pub fn line(text: &mut String, name: &str, labels: &str, value: impl Display) {
    let _ = writeln!(text, "{name}{{{labels}}} {value}");
}

/// A family of counters that have labels.
#[derive(Debug)]
pub struct Counters {
    name: &'static str,
    help: &'static str,
    series: Mutex<BTreeMap<String, u64>>,
}

impl Counters {
    /// Nothing counted yet.
    pub fn new(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            series: Mutex::default(),
        }
    }

    /// Counts one with these labels.
    pub fn count(&self, labels: String) {
        let mut series = self.series.lock();
        *series.entry(labels).or_default() += 1;
    }

    /// The family as text.
    pub fn render(&self) -> String {
        let (mut text, mut body) = (String::new(), String::new());
        let series = self.series.lock();
        for (labels, value) in series.iter() {
            line(&mut body, self.name, labels, value);
        }
        family(&mut text, self.name, "counter", self.help, &body);
        text
    }
}
