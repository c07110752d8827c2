//! What a handshaker counts, as Prometheus reads it. Labels are bounded: machines, sides, outcomes
//! and gRPC codes, never peers and never a stranger's words.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use alts_daemon::{
    clock::Clock,
    metrics::{Histogram, family, line},
};
use alts_handshake::{MachineName, Timestamp};
use tonic::Code;

/// Each metric's name, kind and meaning, in the order in which they are printed.
const FAMILIES: [(&str, &str, &str); 7] = [
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
];

const HANDSHAKES: &str = "alts_handshakes_total";
const DURATIONS: &str = "alts_handshake_duration_seconds";
const IN_PROGRESS: &str = "alts_handshakes_in_progress";
const CONNECTIONS: &str = "alts_connections";
const CONNECTIONS_CLOSED: &str = "alts_connections_closed_total";
const CREDENTIAL_REQUESTS: &str = "alts_credential_requests_total";
const PEER_CHECKS: &str = "alts_peer_checks_total";

/// How one handshake ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended<'a> {
    pub(crate) machine: &'a MachineName,
    pub(crate) side: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) code: Code,
    pub(crate) resumed: bool,
    pub(crate) duration: Duration,
}

/// All counters of one process.
#[derive(Debug)]
pub struct Metrics {
    clock: Clock,
    series: Mutex<BTreeMap<(&'static str, String), i64>>,
    histograms: Mutex<BTreeMap<String, Histogram>>,
    credentials: Mutex<BTreeMap<u64, (MachineName, Timestamp)>>,
    next_credential: AtomicU64,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            series: Mutex::default(),
            histograms: Mutex::default(),
            credentials: Mutex::default(),
            next_credential: AtomicU64::new(0),
        }
    }

    pub(crate) fn ended(&self, ended: &Ended<'_>) {
        let Ended {
            machine,
            side,
            outcome,
            code,
            resumed,
            duration,
        } = ended;
        let labels = format!(
            "machine=\"{machine}\",side=\"{side}\",outcome=\"{outcome}\",code=\"{code:?}\",\
             resumed=\"{resumed}\""
        );
        self.add(HANDSHAKES, labels, 1);
        let labels = format!("machine=\"{machine}\",side=\"{side}\"");
        locked(&self.histograms)
            .entry(labels)
            .or_default()
            .observe(*duration);
    }

    /// Counts a handshake as under way while the guard lives.
    pub(crate) fn in_progress(self: &Arc<Self>, machine: &MachineName) -> Counted {
        self.counted(IN_PROGRESS, machine)
    }

    /// Counts a connection while the guard lives.
    pub(crate) fn connection(self: &Arc<Self>, machine: &MachineName) -> Counted {
        self.counted(CONNECTIONS, machine)
    }

    fn counted(self: &Arc<Self>, name: &'static str, machine: &MachineName) -> Counted {
        let labels = format!("machine=\"{machine}\"");
        self.add(name, labels.clone(), 1);
        Counted {
            metrics: Arc::clone(self),
            name,
            labels,
        }
    }

    pub(crate) fn connection_closed(&self, machine: &MachineName, reason: &'static str) {
        self.add(
            CONNECTIONS_CLOSED,
            format!("machine=\"{machine}\",reason=\"{reason}\""),
            1,
        );
    }

    pub(crate) fn credential_request(&self, machine: &MachineName, result: &'static str) {
        self.add(
            CREDENTIAL_REQUESTS,
            format!("machine=\"{machine}\",result=\"{result}\""),
            1,
        );
    }

    pub(crate) fn peer_check(&self, machine: &MachineName, verdict: &'static str) {
        self.add(
            PEER_CHECKS,
            format!("machine=\"{machine}\",verdict=\"{verdict}\""),
            1,
        );
    }

    /// A place for one connection's credential.
    pub(crate) fn credential_slot(self: &Arc<Self>) -> CredentialSlot {
        let number = self.next_credential.fetch_add(1, Ordering::Relaxed);
        CredentialSlot {
            metrics: Arc::clone(self),
            number,
        }
    }

    fn add(&self, name: &'static str, labels: String, by: i64) {
        *locked(&self.series).entry((name, labels)).or_default() += by;
    }

    /// The text format, version 0.0.4.
    pub fn render(&self) -> String {
        let mut text = String::new();
        for (name, kind, help) in FAMILIES {
            let mut body = String::new();
            if name == DURATIONS {
                for (labels, histogram) in locked(&self.histograms).iter() {
                    histogram.render(name, labels, &mut body);
                }
            } else {
                let series = locked(&self.series);
                for ((_, labels), value) in series.iter().filter(|((n, _), _)| *n == name) {
                    line(&mut body, name, labels, value);
                }
            }
            family(&mut text, name, kind, help, &body);
        }
        self.render_credentials(&mut text);
        text
    }

    fn render_credentials(&self, text: &mut String) {
        let now_s = self.clock.now().as_unix_s();
        let mut machines: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (machine, not_after) in locked(&self.credentials).values() {
            let left_s = not_after.as_unix_s().saturating_sub(now_s);
            let (count, least_s) = machines
                .entry(format!("machine=\"{machine}\""))
                .or_insert((0, u64::MAX));
            *count += 1;
            *least_s = left_s.min(*least_s);
        }
        let (mut held, mut left) = (String::new(), String::new());
        for (labels, (count, least_s)) in machines {
            line(&mut held, "alts_credentials", &labels, count);
            line(
                &mut left,
                "alts_credential_remaining_seconds",
                &labels,
                least_s,
            );
        }
        family(
            text,
            "alts_credentials",
            "gauge",
            "Credentials that are held.",
            &held,
        );
        let help = "Remaining life of the credential that ends first.";
        family(
            text,
            "alts_credential_remaining_seconds",
            "gauge",
            help,
            &left,
        );
    }
}

/// Something that is counted as long as this lives.
#[derive(Debug)]
pub(crate) struct Counted {
    metrics: Arc<Metrics>,
    name: &'static str,
    labels: String,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.metrics
            .add(self.name, std::mem::take(&mut self.labels), -1);
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
        locked(&self.metrics.credentials).insert(self.number, (machine.clone(), not_after));
    }

    pub(crate) fn clear(&self) {
        locked(&self.metrics.credentials).remove(&self.number);
    }
}

impl Drop for CredentialSlot {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests;
