//! No request hangs: whoever sends a form byte by byte gets a page that says so, and a fault of
//! ours that would never answer is cut off.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::{AppState, pages::error::ErrorPage};

/// Answers 408 once the request took longer than form and backend together may.
pub(super) async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
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
