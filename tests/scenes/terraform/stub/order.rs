//! What Google refuses because of what is there and what is not, seen over one run of Terraform: an API that is enabled too late, a role that
//! still owns something, a machine that is protected, a metric that nobody has written to yet. A run is known by its connection.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rmpv::Value;

use super::value::{field, text};
use crate::platform::service;

/// Enabling an API takes longer than anything that does not wait for it.
const ENABLING: Duration = Duration::from_millis(100);

/// What has happened in a run.
#[derive(Debug, Default)]
struct Run {
    /// API to the first type of resource that was made by it.
    used: BTreeMap<&'static str, String>,
    /// Instances of which a database was dropped.
    dropped: BTreeSet<String>,
}

/// Every run that there was.
#[derive(Debug, Default)]
pub(super) struct Order {
    runs: Mutex<BTreeMap<Option<SocketAddr>, Run>>,
}

impl Order {
    /// Why a change is refused, if it is.
    pub(super) async fn refusal(
        &self,
        run: Option<SocketAddr>,
        kind: &str,
        prior: &Value,
        new: &Value,
    ) -> Option<String> {
        if kind == "google_project_service" && prior.is_nil() {
            tokio::time::sleep(ENABLING).await;
        }
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let run = runs.entry(run).or_default();
        if new.is_nil() {
            return run.deleted(kind, prior);
        }
        if prior.is_nil() {
            run.made(kind, new)
        } else {
            None
        }
    }
}

impl Run {
    fn made(&mut self, kind: &str, new: &Value) -> Option<String> {
        if kind == "google_project_service" {
            let enabled = text(new, "service").unwrap_or_default();
            let used = self.used.get(enabled.trim_end_matches(".googleapis.com"))?;
            return Some(format!(
                "SERVICE_DISABLED: {enabled} was not enabled yet when the first {used} was made"
            ));
        }
        if let Some(service) = service(kind) {
            self.used.entry(service).or_insert_with(|| kind.to_owned());
        }
        if kind == "google_monitoring_alert_policy" {
            return unknown_metric(new);
        }
        None
    }

    fn deleted(&mut self, kind: &str, prior: &Value) -> Option<String> {
        let abandoned = text(prior, "deletion_policy") == Some("ABANDON");
        let instance = text(prior, "instance").unwrap_or_default();
        if matches!(
            kind,
            "google_compute_instance" | "google_sql_database_instance"
        ) && field(prior, "deletion_protection").as_bool() == Some(true)
        {
            let name = text(prior, "name").unwrap_or_default();
            return Some(format!("{name} is protected against deletion"));
        }
        // What is abandoned is still there, and still somebody's.
        if kind == "google_sql_database" && !abandoned {
            self.dropped.insert(instance.to_owned());
        }
        (kind == "google_sql_user" && !abandoned && !self.dropped.contains(instance)).then(|| {
            let role = text(prior, "name").unwrap_or_default();
            format!("role \"{role}\" cannot be dropped because some objects depend on it")
        })
    }
}

/// An alert on what nobody has counted yet, which is everything when all is new.
fn unknown_metric(policy: &Value) -> Option<String> {
    for condition in field(policy, "conditions").as_array().into_iter().flatten() {
        let queries = field(condition, "condition_prometheus_query_language").as_array();
        for query in queries.into_iter().flatten() {
            if field(query, "disable_metric_validation").as_bool() != Some(true) {
                let said = text(query, "query").unwrap_or_default();
                return Some(format!(
                    "INVALID_ARGUMENT: no metric is known that {said} asks for"
                ));
            }
        }
    }
    None
}
