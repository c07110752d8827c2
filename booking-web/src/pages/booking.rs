//! The look-up of the article: the form at `/lookup`, the answer at `/booking`.
//!
//! A look-up is a POST although it changes nothing: patients' numbers in a URL would end up in
//! histories, logs and referrers.

use askama::Template;
use axum::{
    extract::{Form, FromRequestParts, RawQuery, rejection::FormRejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::Timestamp;

use super::{
    error::ErrorPage,
    form::{Complaints, LookupForm},
    frame::{Frame, Here, Offers},
    page,
    strip::Strip,
    words::Words,
};
use crate::{
    AppState,
    backend::{Booking, Lookup, Refusal, Reply},
    visitor::{Visitor, Way},
};

/// The query with which the board sends those here who may not see it.
const INSTEAD_OF_BOARD: &str = "instead=board";

/// The form and what became of it.
#[derive(Template)]
#[template(path = "booking.html")]
struct BookingPage {
    frame: Frame,
    form: LookupForm,
    complaints: Complaints,
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
    Refused { words: Words, refusal: Refusal },
    /// No booking, and the strip says why.
    SeeStrip,
}

impl BookingPage {
    /// The field to start in: the first wrong one, or the first. None when there is an answer,
    /// which then has the focus itself.
    fn focus(&self) -> &'static str {
        let Complaints {
            patient,
            doctor,
            description,
        } = &self.complaints;
        match (patient, doctor, description, &self.result) {
            (Some(_), ..) | (.., Shown::Nothing) => "patient",
            (_, Some(_), ..) => "doctor",
            (_, _, Some(_), _) => "description",
            _ => "",
        }
    }
}

impl Shown {
    /// The page's title: what happened, and nothing about whom. Titles end up in histories.
    fn title(&self) -> &'static str {
        match self {
            Self::Nothing => "Look up a booking",
            Self::Complaints => "Correct the form",
            Self::Found { .. } => "Booking found",
            Self::Refused { words, .. } => words.headline,
            Self::SeeStrip => "No booking to show",
        }
    }
}

/// Who may look up. Where nobody can sign in, whoever may connect, as the article has it: the
/// backend then answers what this front end's own account may ask.
pub(crate) struct Lookups {
    state: AppState,
    visitor: Visitor,
}

impl FromRequestParts<AppState> for Lookups {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let visitor = match state.sign_in.way {
            Way::Closed => Visitor::nobody(),
            _ => Visitor::from_request_parts(parts, state).await?,
        };
        Ok(Self {
            state: state.clone(),
            visitor,
        })
    }
}

impl Lookups {
    fn frame(&self, strip: Option<Strip>) -> Frame {
        let idle = || Strip::Idle {
            expected: self.state.expected.to_vec(),
        };
        Frame {
            here: Here::Lookup,
            token: self.visitor.form_token(&self.state.sign_in.seal),
            visitor: self.visitor.clone(),
            strip: strip.unwrap_or_else(idle),
            offers: Offers::new(&self.state, self.visitor.person.as_deref()),
            undo: None,
            since: String::new(),
        }
    }
}

/// `GET /lookup`
pub(crate) async fn form(ctx: Lookups, query: RawQuery) -> Response {
    let blank = BookingPage {
        frame: ctx.frame(None),
        form: LookupForm::default(),
        complaints: Complaints::default(),
        result: Shown::Nothing,
        instead_of_board: query.0.as_deref() == Some(INSTEAD_OF_BOARD),
    };
    page(StatusCode::OK, &blank)
}

/// `GET /booking`: somebody reopened an answer, which is not kept. Back to the form.
pub(crate) async fn moved() -> Redirect {
    Redirect::to("/lookup")
}

/// `POST /booking`
pub(crate) async fn look_up(
    ctx: Lookups,
    form: Result<Form<LookupForm>, FormRejection>,
) -> Response {
    let form = match form {
        Ok(Form(form)) => form,
        Err(rejection) => return ErrorPage::from(rejection).into_response(),
    };
    let lookup = match form.parse() {
        Ok(lookup) => lookup,
        Err(complaints) => return complain(&ctx, form, complaints),
    };
    let state = &ctx.state;
    let reply = state
        .backend
        .look_up(
            lookup.clone(),
            ctx.visitor.person.clone(),
            state.backend_timeout,
        )
        .await;
    note(&reply);
    answer(&ctx, form, lookup, reply)
}

fn complain(ctx: &Lookups, form: LookupForm, complaints: Complaints) -> Response {
    let page_ = BookingPage {
        frame: ctx.frame(None),
        form,
        complaints,
        result: Shown::Complaints,
        instead_of_board: false,
    };
    page(StatusCode::UNPROCESSABLE_ENTITY, &page_)
}

fn answer(ctx: &Lookups, form: LookupForm, lookup: Lookup, reply: Reply) -> Response {
    let strip = Strip::of(&reply, &ctx.state.expected, Timestamp::now());
    let outcome = match reply {
        Reply::Proven { outcome, .. } => outcome,
        Reply::Unproven(refusal) => Err(refusal),
    };
    let (status, result) = match outcome {
        Ok(booking) => (StatusCode::OK, Shown::Found { lookup, booking }),
        Err(refusal) => {
            let words = Words::of(refusal.kind);
            let result = if strip.is_refused() {
                Shown::SeeStrip
            } else {
                Shown::Refused { words, refusal }
            };
            (words.status, result)
        }
    };
    page(
        status,
        &BookingPage {
            frame: ctx.frame(Some(strip)),
            form,
            complaints: Complaints::default(),
            result,
            instead_of_board: false,
        },
    )
}

/// One log line per look-up: who answered or why nobody did, never about whom was asked.
fn note(reply: &Reply) {
    let (backend, refusal) = match reply {
        Reply::Proven { peer, outcome } => (peer.backend.as_str(), outcome.as_ref().err()),
        Reply::Unproven(refusal) => ("unproven", Some(refusal)),
    };
    match refusal {
        None => tracing::info!(backend, "look-up answered"),
        Some(Refusal {
            kind,
            code,
            detail,
            loggable,
            ..
        }) => {
            let cause = if *loggable {
                detail.as_str()
            } else {
                "in the backend's own words"
            };
            tracing::warn!(backend, ?kind, ?code, cause, "look-up refused");
        }
    }
}
