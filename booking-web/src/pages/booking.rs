//! The look-up of the article: the form at `/lookup`, the answer at `/booking`.
//!
//! A look-up is a POST although it changes nothing: patients' numbers in a URL would end up in
//! histories, logs and referrers.

use askama::Template;
use axum::{
    extract::{FromRequestParts, rejection::FormRejection},
    http::{StatusCode, request::Parts},
    response::{Redirect, Response},
};

use booking_proto::contract::limits::{MAX_DESCRIPTION_CHARS, MAX_ID_CHARS};

use super::{
    context::Ctx,
    error::ErrorPage,
    field::{Field, Kind},
    fields::{Fields, Form},
    frame::Frame,
    render::page,
};
use crate::{
    backend::{Booking, Lookup, Refusal, Reply},
    state::AppState,
    visitor::{Visitor, Way},
};

/// The form and what became of it.
#[derive(Template)]
#[template(path = "booking.html")]
struct BookingPage {
    frame: Frame,
    fields: Vec<Field>,
    result: Shown,
    /// Somebody wanted the board and was sent here.
    instead_of_board: bool,
}

/// The right half of the page.
enum Shown {
    /// Nothing was asked yet.
    Nothing,
    /// The form has to be corrected first.
    Complaints,
    /// A booking, for the look-up as it was understood.
    Found { lookup: Lookup, booking: Booking },
    /// A proven backend's refusal.
    Refused(Refusal),
    /// No booking, and the strip says why.
    SeeStrip,
}

impl Shown {
    /// The page's title: what happened, and nothing about whom. Titles end up in histories.
    fn title(&self) -> &'static str {
        match self {
            Self::Nothing => "Look up a booking",
            Self::Complaints => "Correct the form",
            Self::Found { .. } => "Booking found",
            Self::Refused(refusal) => refusal.text().headline,
            Self::SeeStrip => "No booking to show",
        }
    }
}

/// Who may look up. Where nobody can sign in, whoever may connect, as the article has it: the
/// backend then answers what this front end's own account may ask.
pub(crate) struct Lookups(Ctx);

impl FromRequestParts<AppState> for Lookups {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let visitor = match state.sign_in.way {
            Way::Closed => Visitor::nobody(),
            _ => Visitor::from_request_parts(parts, state).await?,
        };
        Ok(Self(Ctx::of(visitor, parts, state).await))
    }
}

impl BookingPage {
    fn new(ctx: &Ctx, form: &Form, result: Shown) -> Self {
        let fields = [
            Field::line("patient", "Patient number")
                .hint("For example PT-1204")
                .kind(Kind::Identifier),
            Field::line("doctor", "Doctor number")
                .hint("In any surgical role, for example DC-3904")
                .kind(Kind::Identifier),
            Field::line("description", "Description")
                .hint("Part of the procedure or condition")
                .optional(),
        ];
        let mut fields = fields.map(|field| field.typed(form));
        // The first wrong one, or the first. Where there is an answer, that has the focus itself.
        let first = fields.iter().position(|field| field.problem.is_some());
        let blank = matches!(result, Shown::Nothing).then_some(0);
        if let Some(first) = first.or(blank) {
            fields[first].focus = true;
        }
        Self {
            frame: ctx.frame(),
            fields: fields.into(),
            result,
            instead_of_board: ctx.query.get("instead") == "board",
        }
    }
}

/// `GET /lookup`
pub(crate) async fn form(Lookups(ctx): Lookups) -> Response {
    let shown = BookingPage::new(&ctx, &Form::default(), Shown::Nothing);
    page(StatusCode::OK, &shown)
}

/// `GET /booking`: somebody reopened an answer, which is not kept. Back to the form.
pub(crate) async fn moved() -> Redirect {
    Redirect::to("/lookup")
}

/// `POST /booking`
pub(crate) async fn look_up(
    Lookups(ctx): Lookups,
    form: Result<axum::Form<Lookup>, FormRejection>,
) -> Result<Response, ErrorPage> {
    // What names a field twice is no form.
    let axum::Form(typed) = form?;
    let typed = [
        ("patient", typed.patient),
        ("doctor", typed.doctor),
        ("description", typed.description),
    ];
    let mut form = Form::from(Fields::default().or(typed));
    let Some(lookup) = parse(&mut form) else {
        let shown = BookingPage::new(&ctx, &form, Shown::Complaints);
        return Ok(ctx.show_form(&form, &shown));
    };
    let person = ctx.visitor.person.clone();
    let reply = ctx.state.backend.look_up(lookup.clone(), person).await;
    note(&reply);
    let strip = ctx.strip(Some(&reply));
    let (status, result) = match reply.into_outcome() {
        Ok(booking) => (StatusCode::OK, Shown::Found { lookup, booking }),
        Err(refusal) if strip.is_refused() => (refusal.text().status, Shown::SeeStrip),
        Err(refusal) => (refusal.text().status, Shown::Refused(refusal)),
    };
    let mut shown = BookingPage::new(&ctx, &form, result);
    shown.frame.strip = strip;
    Ok(page(status, &shown))
}

/// The look-up that a form asks for, without the blanks around what was typed. The limits are the
/// backend's, checked here too so that a complaint can stand beside its field.
fn parse(form: &mut Form) -> Option<Lookup> {
    for (field, example) in [("patient", "PT-1204"), ("doctor", "DC-3904")] {
        if !form.has(field) {
            let words = format!("Enter the {field}'s number, for example {example}.");
            form.complain(field, words);
        }
    }
    let lookup = Lookup {
        patient: form.plain("patient", MAX_ID_CHARS),
        doctor: form.plain("doctor", MAX_ID_CHARS),
        description: form.plain("description", MAX_DESCRIPTION_CHARS),
    };
    (!form.is_wrong()).then_some(lookup)
}

/// One log line per look-up: who answered or why nobody did, never about whom was asked.
fn note(reply: &Reply) {
    let (peer, refusal) = reply.parts();
    let backend = peer.map_or("unproven", |peer| &peer.backend);
    match refusal {
        None => tracing::info!(backend, "look-up answered"),
        Some(refusal) => {
            let (kind, code, cause) = (refusal.kind, refusal.code, refusal.cause());
            tracing::warn!(backend, ?kind, ?code, cause, "look-up refused");
        }
    }
}

#[cfg(test)]
#[path = "booking_tests.rs"]
mod tests;
