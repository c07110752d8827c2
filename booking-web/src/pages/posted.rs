//! A form of our own: who sent it, and what. Refused unless it carries the token that the page
//! gave to this very sign-in.

use axum::{
    extract::{FromRequest, FromRequestParts as _, Request},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

use super::{
    context::Ctx,
    error::ErrorPage,
    fields::{Fields, Form},
};
use crate::state::AppState;

/// A form that somebody sent who may.
pub(crate) struct Posted {
    pub(crate) ctx: Ctx,
    pub(crate) form: Form,
}

impl FromRequest<AppState> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let ctx = Ctx::from_request_parts(&mut parts, state).await?;
        let request = Request::from_parts(parts, body);
        let sent = axum::Form::from_request(request, state).await;
        let axum::Form(pairs) =
            sent.map_err(|rejection| ErrorPage::from(rejection).into_response())?;
        let form = Form::from(Fields::new(pairs));
        if !ctx.sent(form.get("token")) {
            return Err(NOT_FROM_THIS_SIGN_IN.into_response());
        }
        Ok(Self { ctx, form })
    }
}

/// The page for a form without the token that its page gave to this very sign-in.
pub(crate) const NOT_FROM_THIS_SIGN_IN: ErrorPage = ErrorPage {
    status: StatusCode::FORBIDDEN,
    title: "That form is not from this sign-in",
    cause: "The form was opened before you signed in, or this front end was started again since. \
            Nothing was changed.",
    remedy: "Go back, reload the page and send the form again.",
};
