//! A sign-in goes on while it is in use: whoever opens pages, and the kiosk, which nobody opens twice.
//! A page that only keeps itself up to date is not in use; left alone at a desk, it ends after a shift.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use jiff::Timestamp;

use crate::{
    state::AppState,
    visitor::{SESSION_COOKIE, SESSION_S},
};

/// The page on a wall: nobody signs in there every shift.
const KIOSK: &str = "/kiosk";

/// Adds a new cookie to a page that somebody opened, when the sign-in is past half its time.
pub(super) async fn renew(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let in_use = request.uri().path() == KIOSK || is_opened(request.headers());
    let renewed = in_use
        .then(|| state.sign_in.renewed(request.headers(), Timestamp::now()))
        .flatten();
    let response = next.run(request).await;
    match renewed {
        Some(session) if !response.headers().contains_key(header::SET_COOKIE) => {
            let cookie = state.sign_in.cookie(SESSION_COOKIE, &session, SESSION_S);
            (cookie, response).into_response()
        }
        _ => response,
    }
}

/// By a person, and not by a script (W3C Fetch Metadata); browsers that do not say are believed.
fn is_opened(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-mode")
        .is_none_or(|mode| mode == "navigate")
}
