//! `/settings`: how this browser shows things, and what the hospital is made of.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use booking_proto::ot::v1::{Theatre, theatre};

use super::{
    context::{Ctx, permitted},
    field::{Choice, Field, Kind},
    frame::{Frame, Here},
    posted::Posted,
};
use crate::visitor::{SHORTCUTS_COOKIE, THEME_COOKIE, Theme};

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
    let theatres = permitted(ctx.theatres().await);
    let choices = |all: &[(&str, &str)]| {
        let all = all.iter().map(|(value, label)| Choice::new(*value, *label));
        Kind::Choice(all.collect())
    };
    let themes = choices(&[
        ("system", "As this device"),
        ("light", "Light"),
        ("dark", "Dark"),
    ]);
    let page = theatres.map(|theatres| SettingsPage {
        theme: Field::line("theme", "Colours")
            .kind(themes)
            .value(ctx.visitor.theme.as_str()),
        shortcuts: Field::line("shortcuts", "Single-key shortcuts")
            .kind(choices(&[("on", "On"), ("off", "Off")]))
            .value(if ctx.visitor.shortcuts { "on" } else { "off" }),
        theatres: theatres.iter().flatten().map(TheatreRow::of).collect(),
        saved: ctx.query.has("saved"),
        frame: ctx.frame(Here::Settings),
    });
    ctx.show(Here::Settings, page)
}

/// `POST /settings`
pub(crate) async fn save(Posted { ctx, fields }: Posted) -> Response {
    let theme = Theme::parse(fields.get("theme")).as_str();
    let shortcuts = match fields.get("shortcuts") {
        "off" => "off",
        _ => "on",
    };
    let keep = |name, value| ctx.state.sign_in.cookie(name, value, KEEP_S);
    let (theme, shortcuts) = (keep(THEME_COOKIE, theme), keep(SHORTCUTS_COOKIE, shortcuts));
    (theme, shortcuts, Redirect::to("/settings?saved=1")).into_response()
}
