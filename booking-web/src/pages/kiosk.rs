//! `/kiosk`: the board for a wall: large, dark, without any patient's identity, always today.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    board::{Loaded, load},
    context::Ctx,
    frame::{Frame, Here},
};
use crate::view::board::Board;

#[derive(Template)]
#[template(path = "kiosk.html")]
struct KioskPage {
    frame: Frame,
    board: Board,
    clock: String,
}

/// `GET /kiosk`
pub(crate) async fn kiosk(ctx: Ctx) -> Response {
    match load(&ctx, None).await {
        Ok(Loaded { mut board, .. }) => {
            board.anonymise();
            let clock = board.civil.time(ctx.now);
            let page = KioskPage {
                frame: ctx.frame(Here::Elsewhere),
                board,
                clock,
            };
            super::page(StatusCode::OK, &page)
        }
        Err(refusal) => ctx.trouble(Here::Elsewhere, &refusal),
    }
}
