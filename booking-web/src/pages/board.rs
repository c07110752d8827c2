//! `/`: today's theatre board, and any other day's. Kiosk and schedule show the same board.

use std::sync::Arc;

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::ot::v1::{
    Case, DaySchedule, GetDayScheduleRequest, ListCasesRequest, ListConflictsRequest,
};
use jiff::civil::Date;

use super::{
    context::{Ctx, permitted},
    frame::{Frame, Here},
};
use crate::{
    backend::{Access, Refusal, RefusalKind},
    view::{
        board::Board,
        civil::{days_later, instant, short_date},
        directory::Directory,
        waiting::Waiting,
    },
};

/// Waiting cases on the home page: the most urgent ones.
const WAITING_SHOWN: i32 = 8;

/// The right that a board needs.
const BOARD_RIGHT: &str = "schedule.read";

/// Where whoever may not see the board finds what there is for them, and why they are there.
const LOOKUP_INSTEAD: &str = "/lookup?instead=board";

#[derive(Template)]
#[template(path = "board_page.html")]
struct BoardPage {
    frame: Frame,
    board: Board,
    waiting: Vec<Waiting>,
    is_today: bool,
}

impl BoardPage {
    fn before_words(&self) -> String {
        short_date(self.before())
    }

    fn after_words(&self) -> String {
        short_date(self.after())
    }

    fn before(&self) -> Date {
        days_later(self.board.date, -1)
    }

    fn after(&self) -> Date {
        days_later(self.board.date, 1)
    }
}

/// `GET /`
pub(crate) async fn board(ctx: Ctx) -> Response {
    if is_known_to_look_up_only(&ctx) {
        return Redirect::to(LOOKUP_INSTEAD).into_response();
    }
    let date = ctx.query.date("date");
    let loaded = tokio::try_join!(load(&ctx, date), waiting(&ctx));
    match loaded {
        Ok((
            Loaded {
                board,
                names,
                is_today,
            },
            waiting,
        )) => {
            let waiting = waiting
                .iter()
                .map(|case| Waiting::of(case, &names, ctx.now))
                .collect();
            let page = BoardPage {
                frame: ctx.frame(Here::Board),
                board,
                waiting,
                is_today,
            };
            super::page(StatusCode::OK, &page)
        }
        Err(refusal) if only_looks_up(&ctx, &refusal) => {
            Redirect::to(LOOKUP_INSTEAD).into_response()
        }
        Err(refusal) => ctx.trouble(Here::Board, &refusal),
    }
}

/// Whether it is this front end's own account that may not see the board, but may look up: as the
/// article has it. A person who lacks the right is told which.
fn only_looks_up(ctx: &Ctx, refusal: &Refusal) -> bool {
    let denied = refusal.kind == RefusalKind::PermissionMissing;
    denied && ctx.visitor.person.is_none() && ctx.may("bookingInfo.get")
}

/// The same without asking in vain, which would be an event in the audit.
fn is_known_to_look_up_only(ctx: &Ctx) -> bool {
    let said = |access: Arc<Access>| !access.may(BOARD_RIGHT) && access.may("bookingInfo.get");
    ctx.visitor.person.is_none() && ctx.access().is_some_and(said)
}

/// One day's board, with the names on it.
pub(crate) struct Loaded {
    pub(crate) board: Board,
    pub(crate) names: Directory,
    pub(crate) is_today: bool,
}

/// Fetches a day, today when none is given.
pub(crate) async fn load(ctx: &Ctx, date: Option<Date>) -> Result<Loaded, Refusal> {
    let (day, staff) = tokio::try_join!(day(ctx, date), ctx.staff())?;
    let conflicts = ListConflictsRequest {
        start_time: day.start_time,
        end_time: day.end_time,
        ..Default::default()
    };
    let conflicts = permitted(ctx.desk.list_conflicts(conflicts).await)?
        .unwrap_or_default()
        .conflicts;
    let names = Directory::default().staff(&staff);
    let names = names.theatres(day.theatres.iter().filter_map(|one| one.theatre.as_ref()));
    let board = Board::of(&day, &names, &conflicts, ctx.now).ok_or_else(Refusal::not_understood)?;
    let start = instant(day.start_time.as_ref());
    let end = instant(day.end_time.as_ref());
    let is_today = start
        .zip(end)
        .is_some_and(|(start, end)| start <= ctx.now && ctx.now < end);
    Ok(Loaded {
        board,
        names,
        is_today,
    })
}

pub(crate) async fn day(ctx: &Ctx, date: Option<Date>) -> Result<DaySchedule, Refusal> {
    let request = GetDayScheduleRequest {
        date: date.map(|date| date.to_string()).unwrap_or_default(),
        ..Default::default()
    };
    ctx.desk.get_day_schedule(request).await
}

/// What waits, most urgent first; nothing for those who may not know.
async fn waiting(ctx: &Ctx) -> Result<Vec<Case>, Refusal> {
    let request = ListCasesRequest {
        page_size: WAITING_SHOWN,
        filter: "waiting = true".to_owned(),
        order_by: "waiting".to_owned(),
        ..Default::default()
    };
    let listed = permitted(ctx.desk.list_cases(request).await)?.unwrap_or_default();
    Ok(listed.cases)
}
