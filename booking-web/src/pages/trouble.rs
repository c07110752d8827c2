//! The page in place of one that the backend could not or would not fill.

use askama::Template;
use axum::response::Response;

use super::{frame::Frame, refusal_text::RefusalText, render};
use crate::backend::Refusal;

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage<'a> {
    frame: Frame,
    text: RefusalText,
    refusal: &'a Refusal,
    /// Who has to have the right that is missing.
    asked_as: String,
}

pub(crate) fn page(frame: Frame, asked_as: String, refusal: &Refusal) -> Response {
    let text = refusal.text();
    let page = TroublePage {
        frame,
        text,
        refusal,
        asked_as,
    };
    render::page(text.status, &page)
}
