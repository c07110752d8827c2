//! Pages for requests that are no look-up: cause and remedy in words, and a way back.

use askama::Template;
use axum::{
    extract::rejection::FormRejection,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::render::page;

/// A page that says why there is no other.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorPage {
    pub(crate) status: StatusCode,
    pub(crate) title: &'static str,
    pub(crate) cause: &'static str,
    pub(crate) remedy: &'static str,
}

impl IntoResponse for ErrorPage {
    fn into_response(self) -> Response {
        page(self.status, &self)
    }
}

/// For every path that is no page.
pub(crate) const NO_SUCH_PAGE: ErrorPage = ErrorPage {
    status: StatusCode::NOT_FOUND,
    title: "There is no such page",
    cause: "The address leads nowhere; perhaps it was mistyped or the page has moved.",
    remedy: "Start from the board.",
};

pub(crate) async fn not_found() -> ErrorPage {
    NO_SUCH_PAGE
}

/// 405 for a page that is asked for in a way it does not answer.
pub(crate) async fn method_not_allowed() -> ErrorPage {
    ErrorPage {
        status: StatusCode::METHOD_NOT_ALLOWED,
        title: "This page does not take that",
        cause: "The page exists, but it does not answer this kind of request.",
        remedy: "Start from the board.",
    }
}

impl From<FormRejection> for ErrorPage {
    /// A form that cannot be read at all. Fields that can be read but are wrong are no business of
    /// this page: they are shown beside the field.
    fn from(rejection: FormRejection) -> Self {
        let status = rejection.status();
        let (title, cause) = match status {
            StatusCode::PAYLOAD_TOO_LARGE => (
                "That form is too large",
                "What was sent is far larger than any form here.",
            ),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => (
                "That is not a form",
                "What was sent is not the content of a form.",
            ),
            _ => (
                "That form cannot be read",
                "What was sent is damaged or names a field twice.",
            ),
        };
        Self {
            status,
            title,
            cause,
            remedy: "Fill in the form here and send it again.",
        }
    }
}
