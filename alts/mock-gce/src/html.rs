//! Error pages as Google's front ends send them: for people, who see them in tracebacks.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// A page with this status; `message` is HTML.
pub(crate) fn page(status: StatusCode, message: &str) -> Response {
    let (code, reason) = (
        status.as_u16(),
        status.canonical_reason().unwrap_or("Error"),
    );
    let body = format!(
        "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Error {code} ({reason})</title>\n\
         <p><b>{code}.</b> <ins>That’s an error.</ins>\n<p>{message}\n"
    );
    let content_type = [(header::CONTENT_TYPE, "text/html; charset=UTF-8")];
    (status, content_type, body).into_response()
}

/// Nothing is at `path`.
pub(crate) fn not_found(path: &str) -> Response {
    let message = format!(
        "The requested URL <code>{}</code> was not found on this server.",
        escaped(path)
    );
    page(StatusCode::NOT_FOUND, &message)
}

/// Text in HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
