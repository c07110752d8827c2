//! Forms come from our own pages only.
//!
//! A page elsewhere must not make a visitor's browser ask for bookings. Browsers say where a form
//! comes from: `Sec-Fetch-Site` (W3C Fetch Metadata) or, before that existed, `Origin` (RFC 6454).
//! A request with neither is no browser's, so nobody's browser is being misused.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::pages::error::ErrorPage;

/// Answers 403 to forms from other sites.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || from_here(request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!("refused a form from another site");
    ErrorPage {
        status: StatusCode::FORBIDDEN,
        title: "That form came from another site",
        cause: "Forms are taken only from this site's own pages.",
        remedy: "Open the page here and send its form again.",
    }
    .into_response()
}

fn from_here(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        // "none" is the visitor's own doing, for example reloading after a restart.
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let host = headers.get(header::HOST).map(HeaderValue::as_bytes);
    // Origin is `scheme://authority`.
    let origin = origin.to_str().ok().and_then(|text| text.split_once("://"));
    origin
        .zip(host)
        .is_some_and(|((_, authority), host)| authority.as_bytes().eq_ignore_ascii_case(host))
}

#[cfg(test)]
#[path = "origin_tests.rs"]
mod tests;
