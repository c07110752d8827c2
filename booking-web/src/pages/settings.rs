//! `/settings`: how this browser shows things, and what the hospital is made of.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use booking_proto::ot::v1::{Theatre, theatre};

use super::{
    context::{Ctx, permitted},
    field::{Choice, Field, Kind},
    frame::Frame,
    posted::Posted,
};
use crate::visitor::{SHORTCUTS_COOKIE, THEME_COOKIE, THEMES, theme};

/// A year: nobody sets it every shift.
const KEEP_S: i64 = 365 * 24 * 60 * 60;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    theme: Field,
    shortcuts: Field,
    theatres: Vec<Theatre>,
    saved: bool,
}

impl SettingsPage {
    fn state(theatre: &Theatre) -> &'static str {
        match theatre.state() {
            theatre::State::Open => "Open",
            theatre::State::Maintenance => "Maintenance",
            theatre::State::Retired => "Retired",
            theatre::State::Unspecified => "Not said",
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
    let page = theatres.map(|theatres| SettingsPage {
        theme: Field::line("theme", "Colours")
            .kind(choices(&THEMES))
            .value(ctx.visitor.theme),
        shortcuts: Field::line("shortcuts", "Single-key shortcuts")
            .kind(choices(&[("on", "On"), ("off", "Off")]))
            .value(if ctx.visitor.shortcuts { "on" } else { "off" }),
        theatres: theatres.unwrap_or_default(),
        saved: ctx.query.has("saved"),
        frame: ctx.frame(),
    });
    ctx.show(page)
}

/// `POST /settings`
pub(crate) async fn save(Posted { ctx, form }: Posted) -> Response {
    let theme = theme(form.get("theme"));
    let shortcuts = match form.get("shortcuts") {
        "off" => "off",
        _ => "on",
    };
    let keep = |name, value| ctx.state.sign_in.cookie(name, value, KEEP_S);
    let (theme, shortcuts) = (keep(THEME_COOKIE, theme), keep(SHORTCUTS_COOKIE, shortcuts));
    (theme, shortcuts, Redirect::to("/settings?saved=1")).into_response()
}
