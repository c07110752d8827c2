//! One file per page: its handler beside its template's struct. Shared pieces have files of
//! their own: the security strip, the words for refusals, the form.

pub(crate) mod alts_accounts;
pub(crate) mod assets;
pub(crate) mod audit;
pub(crate) mod board;
pub(crate) mod booking;
pub(crate) mod case;
pub(crate) mod context;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod field;
pub(crate) mod fields;
pub(crate) mod form;
pub(crate) mod frame;
pub(crate) mod health;
pub(crate) mod import;
pub(crate) mod kiosk;
pub(crate) mod print;
pub(crate) mod reports;
pub(crate) mod schedule;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod strip;
pub(crate) mod trouble;
pub(crate) mod undo;
pub(crate) mod url;
pub(crate) mod waiting;
pub(crate) mod words;

#[cfg(test)]
pub(crate) mod tests;

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};

/// Renders a template as a page with the given status.
fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            // Rendering writes to memory; only a `Display` of ours that fails could get here.
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
