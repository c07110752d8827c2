//! `/settings`: how this browser shows things, and what the hospital is made of.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::ot::v1::{Theatre, theatre};

use super::{
    context::{Ctx, permitted},
    field::{Choice, Field, Kind},
    fields::Posted,
    frame::{Frame, Here},
    sign_in::with_cookie,
};
use crate::visitor::Theme;

/// A year: nobody sets it every shift.
const KEEP_S: i64 = 365 * 24 * 60 * 60;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    theme: Field,
    shortcuts: Field,
    theatres: Vec<TheatreRow>,
    saved: bool,
}

struct TheatreRow {
    name: String,
    state: &'static str,
    capabilities: String,
    turnover_min: i32,
}

impl TheatreRow {
    fn of(theatre: &Theatre) -> Self {
        Self {
            name: theatre.display_name.clone(),
            state: match theatre.state() {
                theatre::State::Open => "Open",
                theatre::State::Maintenance => "Maintenance",
                theatre::State::Retired => "Retired",
                theatre::State::Unspecified => "Not said",
            },
            capabilities: theatre.capabilities.join(", "),
            turnover_min: theatre.turnover_min,
        }
    }
}

/// `GET /settings`
pub(crate) async fn show(ctx: Ctx) -> Response {
    let theatres = match permitted(ctx.theatres().await) {
        Ok(theatres) => theatres.unwrap_or_default(),
        Err(refusal) => return ctx.trouble(Here::Settings, &refusal),
    };
    let themes = [
        ("system", "As this device"),
        ("light", "Light"),
        ("dark", "Dark"),
    ];
    let shortcuts = [("on", "On"), ("off", "Off")];
    let choices = |all: &[(&str, &str)]| {
        Kind::Choice(
            all.iter()
                .map(|(value, label)| Choice::new(*value, *label))
                .collect(),
        )
    };
    let page = SettingsPage {
        theme: Field::line("theme", "Colours")
            .kind(choices(&themes))
            .value(ctx.visitor.theme.as_str()),
        shortcuts: Field::line("shortcuts", "Single-key shortcuts")
            .kind(choices(&shortcuts))
            .value(if ctx.visitor.shortcuts { "on" } else { "off" }),
        theatres: theatres.iter().map(TheatreRow::of).collect(),
        saved: ctx.query.has("saved"),
        frame: ctx.frame(Here::Settings),
    };
    super::page(StatusCode::OK, &page)
}

/// `POST /settings`
pub(crate) async fn save(Posted { ctx, fields }: Posted) -> Response {
    let theme = Theme::parse(fields.get("theme")).as_str();
    let shortcuts = if fields.get("shortcuts") == "off" {
        "off"
    } else {
        "on"
    };
    let mut response = with_cookie(
        &ctx.state,
        "ot_theme",
        theme,
        KEEP_S,
        Redirect::to("/settings?saved=1"),
    );
    let other = with_cookie(
        &ctx.state,
        "ot_shortcuts",
        shortcuts,
        KEEP_S,
        Redirect::to("/"),
    );
    for cookie in other.headers().get_all(axum::http::header::SET_COOKIE) {
        response
            .headers_mut()
            .append(axum::http::header::SET_COOKIE, cookie.clone());
    }
    response.into_response()
}
