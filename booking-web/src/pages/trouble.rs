//! The page in place of one that the backend could not or would not fill.

use askama::Template;
use axum::response::Response;

use super::{
    context::Ctx,
    frame::{Frame, Here},
    words::Words,
};
use crate::backend::Refusal;

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    frame: Frame,
    words: Words,
    refusal: Refusal,
    /// Who has to have the right that is missing.
    asked_as: String,
}

pub(crate) fn page(ctx: &Ctx, here: Here, refusal: &Refusal) -> Response {
    let words = Words::of(refusal.kind);
    let asked_as = match &ctx.visitor.person {
        Some(person) => format!("{} ({person})", ctx.visitor.display_name),
        None => "this front end's service account".to_owned(),
    };
    let page = TroublePage {
        frame: ctx.frame(here),
        words,
        refusal: refusal.clone(),
        asked_as,
    };
    super::page(words.status, &page)
}
