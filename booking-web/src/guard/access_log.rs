//! One log line per request: method, page, status, duration. Never a URI or a form: either could
//! name a patient, even when only a visitor's typing error put it there.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};

/// Logs the request once it is answered. Files and probes are not news: they log at DEBUG.
pub(super) async fn record(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;

    let route = matched.as_ref().map_or("unknown", MatchedPath::as_str);
    let status = response.status().as_u16();
    // Not u128: in JSON that would be a text.
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if route.starts_with("/static/") || matches!(route, "/healthz" | "/events") {
        tracing::debug!(%method, route, status, duration_ms, "request served");
    } else {
        tracing::info!(%method, route, status, duration_ms, "request served");
    }
    response
}
