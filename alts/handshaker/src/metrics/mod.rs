//! What a handshaker counts, as Prometheus reads it. Labels are bounded: machines, sides, outcomes
//! and gRPC codes, never peers and never a stranger's words.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use alts_daemon::{
    clock::Clock,
    metrics::{Histogram, family, line},
};
use alts_handshake::{MachineName, Timestamp};
use parking_lot::Mutex;
use tonic::Code;

const HANDSHAKES: &str = "alts_handshakes_total";
const DURATIONS: &str = "alts_handshake_duration_seconds";
pub(crate) const IN_PROGRESS: &str = "alts_handshakes_in_progress";
pub(crate) const CONNECTIONS: &str = "alts_connections";
pub(crate) const CONNECTIONS_CLOSED: &str = "alts_connections_closed_total";
pub(crate) const CREDENTIAL_REQUESTS: &str = "alts_credential_requests_total";
pub(crate) const PEER_CHECKS: &str = "alts_peer_checks_total";
const CREDENTIALS: &str = "alts_credentials";
const REMAINING: &str = "alts_credential_remaining_seconds";

/// Each family, its kind and its meaning, in the order in which they are printed.
const FAMILIES: [(&str, &str, &str); 9] = [
    (HANDSHAKES, "counter", "Handshakes that ended, by how."),
    (
        DURATIONS,
        "histogram",
        "From a handshake's first message to its end.",
    ),
    (
        IN_PROGRESS,
        "gauge",
        "Handshakes that have begun and not ended.",
    ),
    (CONNECTIONS, "gauge", "Connections of workloads."),
    (
        CONNECTIONS_CLOSED,
        "counter",
        "Connections that the handshaker closed, by why.",
    ),
    (
        CREDENTIAL_REQUESTS,
        "counter",
        "Requests for credentials, by what came of them.",
    ),
    (
        PEER_CHECKS,
        "counter",
        "Peers checked with the authority, by verdict.",
    ),
    (CREDENTIALS, "gauge", "Credentials that are held."),
    (
        REMAINING,
        "gauge",
        "Remaining life of the credential that ends first.",
    ),
];

/// Values by family and labels.
type Series = BTreeMap<(&'static str, String), i64>;

/// All counters of one process.
#[derive(Debug)]
pub struct Metrics {
    clock: Clock,
    series: Mutex<Series>,
    histograms: Mutex<BTreeMap<String, Histogram>>,
    credentials: Mutex<Credentials>,
}

/// When the credentials that are held end, each under a number of its own.
#[derive(Debug, Default)]
struct Credentials {
    next: u64,
    held: BTreeMap<u64, (MachineName, Timestamp)>,
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            series: Mutex::default(),
            histograms: Mutex::default(),
            credentials: Mutex::default(),
        }
    }

    /// Counts a handshake that ended, how, and after how long.
    pub(crate) fn ended(
        &self,
        machine: &str,
        side: &str,
        (outcome, code, resumed): (&str, Code, bool),
        duration: Duration,
    ) {
        let labels = format!("machine=\"{machine}\",side=\"{side}\"");
        let how = format!("outcome=\"{outcome}\",code=\"{code:?}\",resumed=\"{resumed}\"");
        self.add(HANDSHAKES, format!("{labels},{how}"), 1);
        let mut histograms = self.histograms.lock();
        histograms.entry(labels).or_default().observe(duration);
    }

    /// Counts one in a family, with a label of its own.
    pub(crate) fn count(
        &self,
        family: &'static str,
        machine: &MachineName,
        (label, value): (&str, &str),
    ) {
        let labels = format!("machine=\"{machine}\",{label}=\"{value}\"");
        self.add(family, labels, 1);
    }

    /// Counts one in a family while the guard lives.
    pub(crate) fn counted(
        self: &Arc<Self>,
        family: &'static str,
        machine: &MachineName,
    ) -> Counted {
        let labels = format!("machine=\"{machine}\"");
        self.add(family, labels.clone(), 1);
        Counted {
            metrics: Arc::clone(self),
            family,
            labels,
        }
    }

    /// A place for one connection's credential.
    pub(crate) fn credential_slot(self: &Arc<Self>) -> CredentialSlot {
        let mut credentials = self.credentials.lock();
        credentials.next += 1;
        CredentialSlot {
            metrics: Arc::clone(self),
            number: credentials.next,
        }
    }

    fn add(&self, family: &'static str, labels: String, by: i64) {
        *self.series.lock().entry((family, labels)).or_default() += by;
    }

    /// The text format, version 0.0.4.
    pub fn render(&self) -> String {
        let mut series = self.series.lock().clone();
        self.add_credentials(&mut series);
        let mut text = String::new();
        for (name, kind, help) in FAMILIES {
            let mut body = String::new();
            if name == DURATIONS {
                for (labels, histogram) in self.histograms.lock().iter() {
                    histogram.render(name, labels, &mut body);
                }
            }
            for ((_, labels), value) in series.iter().filter(|((n, _), _)| *n == name) {
                line(&mut body, name, labels, value);
            }
            family(&mut text, name, kind, help, &body);
        }
        text
    }

    fn add_credentials(&self, series: &mut Series) {
        let now_s = self.clock.now().as_unix_s();
        for (machine, not_after) in self.credentials.lock().held.values() {
            let left_s = not_after.as_unix_s().saturating_sub(now_s);
            let left_s = i64::try_from(left_s).unwrap_or(i64::MAX);
            let labels = format!("machine=\"{machine}\"");
            *series.entry((CREDENTIALS, labels.clone())).or_default() += 1;
            let least_s = series.entry((REMAINING, labels)).or_insert(left_s);
            *least_s = left_s.min(*least_s);
        }
    }
}

/// Something that is counted as long as this lives.
#[derive(Debug)]
pub(crate) struct Counted {
    metrics: Arc<Metrics>,
    family: &'static str,
    labels: String,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let labels = std::mem::take(&mut self.labels);
        self.metrics.add(self.family, labels, -1);
    }
}

/// One connection's entry among the credentials.
#[derive(Debug)]
pub(crate) struct CredentialSlot {
    metrics: Arc<Metrics>,
    number: u64,
}

impl CredentialSlot {
    pub(crate) fn holds(&self, machine: &MachineName, not_after: Timestamp) {
        let mut credentials = self.metrics.credentials.lock();
        let held = (machine.clone(), not_after);
        credentials.held.insert(self.number, held);
    }

    pub(crate) fn clear(&self) {
        let mut credentials = self.metrics.credentials.lock();
        credentials.held.remove(&self.number);
    }
}

impl Drop for CredentialSlot {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests;
