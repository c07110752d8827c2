//! Forms come from our own pages only.
//!
//! A page elsewhere must not make a visitor's browser ask for bookings. Browsers say where a form
//! comes from: `Sec-Fetch-Site` (W3C Fetch Metadata) or, before that existed, `Origin` (RFC 6454).
//! A request with neither is no browser's, so nobody's browser is being misused.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
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
    let Some(host) = headers.get(header::HOST) else {
        return false;
    };
    let authority = origin.as_bytes().splitn(2, |&byte| byte == b'/').nth(1);
    // Origin is `scheme://authority`: behind the first slash comes another, then the authority.
    authority.is_some_and(|rest| {
        rest.strip_prefix(b"/")
            .is_some_and(|authority| authority.eq_ignore_ascii_case(host.as_bytes()))
    })
}

#[cfg(test)]
#[path = "origin_tests.rs"]
mod tests;
