//! `/`: today's theatre board, and any other day's. Kiosk and schedule show the same board.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use booking_proto::{
    contract::permission::Permission,
    ot::v1::{
        Case, DaySchedule, GetDayScheduleRequest, ListCasesRequest, ListConflictsRequest, Staff,
        TeamRole,
    },
};
use jiff::civil::Date;

use super::{
    begin,
    context::{Ctx, permitted},
    frame::Frame,
    url::quoted,
    waiting::ALL_WAITING,
};
use crate::{
    backend::Refusal,
    view::{
        board::Board,
        civil,
        directory::Directory,
        preset::{self, Passing, Preset},
        waiting::Waiting,
    },
    visitor::PRESET_COOKIE,
};

/// Waiting cases on the home page: the most urgent ones.
const WAITING_SHOWN: i32 = 8;
/// What suits somebody best is remembered for a year, in their browser.
const PRESET_KEEP_S: i64 = 365 * 24 * 60 * 60;

/// Where whoever may not see the board finds what there is for them, and why they are there.
const LOOKUP_INSTEAD: &str = "/lookup?instead=board";

#[derive(Template)]
#[template(path = "board_page.html")]
struct BoardPage {
    frame: Frame,
    board: Board,
    waiting: Vec<Waiting>,
    preset: Preset,
    /// Theatres that the preset hides.
    hidden: usize,
    /// A personal preset of somebody of whom the backend does not say who they are here.
    unknown: bool,
    /// For wards: none for other presets.
    passing: Option<Vec<Passing>>,
}

impl BoardPage {
    /// Address, label, whether it is this one.
    fn presets(&self) -> Vec<(String, &'static str, bool)> {
        let date = match self.board.is_today {
            true => String::new(),
            false => format!("&date={}", self.board.date),
        };
        let presets = self.preset.choices();
        presets
            .map(|(word, label, here)| (format!("/?for={word}{date}"), label, here))
            .to_vec()
    }
}

/// `GET /`
pub(crate) async fn board(ctx: Ctx) -> Response {
    if only_looks_up(&ctx, false) {
        return Redirect::to(LOOKUP_INSTEAD).into_response();
    }
    let date = ctx.query.date("date");
    let chosen = ctx.query.get("for");
    if Preset::parse(chosen).is_some() {
        return remember(&ctx, chosen, date);
    }
    let page = put_together(&ctx, date).await;
    if let Err(refusal) = &page {
        if only_looks_up(&ctx, refusal.is_of_permission()) {
            return Redirect::to(LOOKUP_INSTEAD).into_response();
        }
        if let Some(instead) = begin::instead_of_board(&ctx, refusal).await {
            return instead;
        }
    }
    ctx.show(page)
}

/// A choice is remembered in the browser, and the page's address stays the board's.
fn remember(ctx: &Ctx, chosen: &str, date: Option<Date>) -> Response {
    let date = date.map(|date| format!("?date={date}")).unwrap_or_default();
    let sign_in = &ctx.state.sign_in;
    let cookie = sign_in.cookie(PRESET_COOKIE, chosen, PRESET_KEEP_S);
    (cookie, Redirect::to(&format!("/{date}"))).into_response()
}

async fn put_together(ctx: &Ctx, date: Option<Date>) -> Result<BoardPage, Refusal> {
    let (mut board, names, staff) = load(ctx, date).await?;
    let access = ctx.access().unwrap_or_default();
    let me = access.staff.as_str();
    let chosen = Preset::parse(&ctx.visitor.preset);
    let suits = || {
        let me = staff.iter().filter(|one| one.name == me);
        let team: Vec<TeamRole> = me.flat_map(Staff::roles).collect();
        Preset::for_roles(&access.roles, &team)
    };
    let preset = chosen.unwrap_or_else(suits);
    let hidden = preset.narrow(&mut board, me);
    let passing = preset == Preset::Ward && board.is_today;
    let waiting = if passing {
        Vec::new()
    } else {
        waiting(ctx, waiting_for(preset, me)).await?
    };
    Ok(BoardPage {
        frame: ctx.frame(),
        waiting: waiting
            .into_iter()
            .map(|case| Waiting::of(case, &names, ctx.now))
            .collect(),
        passing: passing.then(|| preset::passing(&board, ctx.now)),
        unknown: preset.is_personal() && me.is_empty(),
        board,
        preset,
        hidden,
    })
}

/// Whether it is this front end's own account that may not see the board, but may look up: as the
/// article has it. A person who lacks the right is told which. Where it is known before anything was
/// `denied`, nothing is asked in vain, which would be an event in the audit.
fn only_looks_up(ctx: &Ctx, denied: bool) -> bool {
    let known = ctx.access();
    let may = |right| known.as_ref().map(|access| access.may(right));
    let shut_out = denied || may(Permission::ScheduleRead) == Some(false);
    ctx.visitor.person.is_none() && shut_out && may(Permission::BookingInfoGet) != Some(false)
}

/// A day's board, today's when none is given, with the names on it and everybody who works here.
pub(crate) async fn load(
    ctx: &Ctx,
    date: Option<Date>,
) -> Result<(Board, Directory, Vec<Staff>), Refusal> {
    let (day, staff) = tokio::try_join!(day(ctx, date), ctx.staff())?;
    let conflicts = ListConflictsRequest {
        start_time: day.start_time,
        end_time: day.end_time,
        ..Default::default()
    };
    let conflicts = permitted(ctx.client.list_conflicts(conflicts).await)?
        .unwrap_or_default()
        .conflicts;
    let names = Directory::default().staff(&staff);
    let names = names.theatres(day.theatres.iter().filter_map(|one| one.theatre.as_ref()));
    let board = Board::of(&day, &names, &conflicts, ctx.now).ok_or_else(Refusal::not_understood)?;
    Ok((board, names, staff))
}

pub(crate) async fn day(ctx: &Ctx, date: Option<Date>) -> Result<DaySchedule, Refusal> {
    let request = GetDayScheduleRequest {
        date: date.map(|date| date.to_string()).unwrap_or_default(),
        ..Default::default()
    };
    ctx.client.get_day_schedule(request).await
}

/// Which waiting cases are for whom, in the backend's filter language: of a long list somebody's own
/// may be the last.
fn waiting_for(preset: Preset, me: &str) -> String {
    match preset {
        Preset::Surgeon if !me.is_empty() => format!("{ALL_WAITING} AND staff = {}", quoted(me)),
        Preset::Anaesthetist => {
            format!("{ALL_WAITING} AND urgency = (IMMEDIATE, URGENT_2A, URGENT_2B)")
        }
        Preset::Coordinator | Preset::Surgeon | Preset::Ward => ALL_WAITING.to_owned(),
    }
}

/// What waits, most urgent first; nothing for those who may not know.
async fn waiting(ctx: &Ctx, filter: String) -> Result<Vec<Case>, Refusal> {
    let request = ListCasesRequest {
        page_size: WAITING_SHOWN,
        filter,
        order_by: "waiting".to_owned(),
        ..Default::default()
    };
    let listed = permitted(ctx.client.list_cases(request).await)?.unwrap_or_default();
    Ok(listed.cases)
}
