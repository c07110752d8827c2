//! Connections that are open to each machine's handshaker, from the metrics of the process that
//! runs them.

use std::collections::BTreeMap;

use axum::http::Request;
use http_body_util::{BodyExt as _, Limited};
use tonic::{body::Body, transport::Channel};
use tower::ServiceExt as _;

/// The largest text that is read.
const MAX_BYTES: usize = 4 * 1024 * 1024;
const GAUGE: &str = "alts_connections{machine=\"";

/// Open connections by machine; none when nobody says. The admin service has the page beside its
/// calls, over the same connection.
pub(super) async fn connections(channel: Channel) -> Option<BTreeMap<String, u64>> {
    let request = Request::get("/metrics").body(Body::empty()).ok()?;
    let (_, page) = channel.oneshot(request).await.ok()?.into_parts();
    let text = Limited::new(page, MAX_BYTES).collect().await.ok()?;
    Some(parse(std::str::from_utf8(&text.to_bytes()).ok()?))
}

/// The gauge's lines of Prometheus' text format.
fn parse(text: &str) -> BTreeMap<String, u64> {
    text.lines()
        .filter_map(|line| line.strip_prefix(GAUGE))
        .filter_map(|rest| rest.split_once("\"}"))
        .filter_map(|(machine, value)| Some((machine.to_owned(), value.trim().parse().ok()?)))
        .collect()
}

#[cfg(test)]
#[path = "metrics_tests.rs"]
mod tests;
