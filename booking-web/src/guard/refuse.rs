//! Guards that answer in place of a page: another host's requests, and those that take too long.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::{pages::error::ErrorPage, state::AppState};

/// Answers 421 to requests for other hosts (RFC 9110, section 15.5.20).
pub(super) async fn host(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    if state.hosts.answers(host.unwrap_or_default()) {
        return next.run(request).await;
    }
    tracing::warn!("refused a request for another host; --public-host would allow a name");
    ErrorPage {
        status: StatusCode::MISDIRECTED_REQUEST,
        title: "This is not that host",
        cause: "The address in your browser is not one that this front end answers to.",
        remedy: "Open it as localhost, or have its operator name this host with --public-host.",
    }
    .into_response()
}

/// Answers 408 once the request took longer than form and backend together may: whoever sends a form
/// byte by byte gets a page that says so, and a fault of ours that would never answer is cut off.
pub(super) async fn time_limit(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    match tokio::time::timeout(state.request_timeout(), next.run(request)).await {
        Ok(response) => response,
        Err(_) => ErrorPage {
            status: StatusCode::REQUEST_TIMEOUT,
            title: "That took too long",
            cause: "The request was not complete in time, so it was given up.",
            remedy: "Check your connection and send the form again.",
        }
        .into_response(),
    }
}
