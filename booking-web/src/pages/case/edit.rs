//! `/cases/{id}/edit`: changing what was asked for. Whoever edits a case that somebody else has
//! changed in between sees both, side by side, and loses nothing.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response, Result},
};
use booking_proto::ot::v1::{Case, UpdateCaseRequest};

use super::form::{self, Known};
use crate::{
    backend::{Refusal, RefusalKind},
    pages::{context::Ctx, field::Field, fields::Form, frame::Frame, posted::Posted},
};

#[derive(Template)]
#[template(path = "edit.html")]
struct EditPage {
    frame: Frame,
    id: String,
    etag: String,
    fields: Vec<Field>,
    /// Field, what was typed, what is there now: after somebody else was faster.
    comparison: Vec<(&'static str, String, String)>,
}

impl EditPage {
    /// With what was typed for a case; nothing was yet when it is what the case is.
    fn new(ctx: &Ctx, id: String, case: &Case, form: &Form) -> Self {
        let frame = ctx.frame();
        let is_stale = |one: &Refusal| one.kind == RefusalKind::Stale;
        let stale = frame.refusal.as_ref().is_some_and(is_stale);
        let fields = form::edited().map(|field| field.shown(&Known::default(), form));
        let fields: Vec<_> = fields.collect();
        let now = form::typed(case);
        let differs = |field: &Field| {
            let (mine, theirs) = (form.own(field.name), now.own(field.name));
            (stale && mine != theirs).then_some((field.label, mine, theirs))
        };
        Self {
            frame,
            id,
            // After the comparison was shown, saving means it.
            etag: if stale || !form.has("etag") {
                case.etag.clone()
            } else {
                form.own("etag")
            },
            comparison: fields.iter().filter_map(differs).collect(),
            fields,
        }
    }
}

/// `GET /cases/{id}/edit`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Response {
    let case = ctx.case(&id).await;
    ctx.show(case.map(|case| EditPage::new(&ctx, id, &case, &form::typed(&case).into())))
}

/// `POST /cases/{id}/edit`
pub(crate) async fn save(Path(id): Path<String>, posted: Posted) -> Result<Response> {
    let Posted { ctx, mut form } = posted;
    let current = ctx.case(&id).await.map_err(|why| ctx.trouble(&why))?;
    let wanted = Case {
        name: current.name.clone(),
        etag: form.own("etag"),
        ..form::read(&mut form, false)
    };
    if form.is_wrong() {
        return Ok(ctx.show_form(&form, &EditPage::new(&ctx, id, &current, &form)));
    }
    let request = UpdateCaseRequest {
        case: Some(wanted),
        update_mask: Some(prost_types::FieldMask {
            paths: form::mask(),
        }),
        request_id: form.own("request_id"),
        ..Default::default()
    };
    Ok(match ctx.client.update_case(request).await {
        Ok(_) => Redirect::to(&format!("/cases/{id}?done=edited")).into_response(),
        Err(refusal) => {
            let ctx = ctx.refused(refusal);
            ctx.show_form(&form, &EditPage::new(&ctx, id, &current, &form))
        }
    })
}
