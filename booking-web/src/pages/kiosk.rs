//! `/kiosk`: the board for a wall: large, dark, without any patient's identity, always today.

use askama::Template;
use axum::response::Response;

use super::{board::load, context::Ctx, frame::Frame};
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
    let loaded = load(&ctx, None).await;
    let page = loaded.map(|(mut board, ..)| {
        board.anonymise();
        KioskPage {
            frame: ctx.frame(),
            clock: board.civil.time(ctx.now),
            board,
        }
    });
    ctx.show(page)
}
