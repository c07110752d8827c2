//! What every request passes before a page sees it, outermost first.
//!
//! ```text
//!   headers ─► access log ─► host ─► origin ─► renewal ─► time limit ─► compression ─► body limit ─► page
//! ```
//!
//! The headers are outermost so that refusals carry them too; the log comes before every guard so
//! that refusals are logged.

mod access_log;
mod headers;
mod origin;
mod refuse;
mod renewal;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use tower_http::compression::CompressionLayer;

use crate::state::AppState;

/// The largest form accepted. A new case with every field filled to its limit (notes of 2000
/// characters, lines of 200) is under 32 KiB when each of them takes nine bytes, percent-encoded.
pub(crate) const MAX_FORM_BYTES: usize = 64 * 1024;

/// Puts all guards around the pages.
pub(crate) fn around(pages: Router, state: AppState) -> Router {
    pages
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(
            state.clone(),
            refuse::time_limit,
        ))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            renewal::renew,
        ))
        .layer(middleware::from_fn(origin::guard))
        .layer(middleware::from_fn_with_state(state, refuse::host))
        .layer(middleware::from_fn(access_log::record))
        .layer(middleware::map_response(headers::harden))
}
