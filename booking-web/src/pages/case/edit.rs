//! `/cases/{id}/edit`: changing what was asked for. Whoever edits a case that somebody else has
//! changed in between sees both, side by side, and loses nothing.

use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::ot::v1::{Case, UpdateCaseRequest};

use super::form::{self, Known};
use crate::{
    backend::{Refusal, RefusalKind},
    pages::{
        context::{Ctx, request_id},
        field::Field,
        fields::{Fields, Problems},
        frame::{Frame, Here},
        posted::Posted,
        render::page,
    },
};

#[derive(Template)]
#[template(path = "edit.html")]
struct EditPage {
    frame: Frame,
    id: String,
    etag: String,
    request_id: String,
    fields: Vec<Field>,
    refusal: Option<Refusal>,
    /// Field, what was typed, what is there now: after somebody else was faster.
    comparison: Vec<(&'static str, String, String)>,
}

impl EditPage {
    /// With what was typed for a case; nothing was yet when it is what the case is.
    fn new(
        ctx: &Ctx,
        id: String,
        case: &Case,
        typed: &Fields,
        problems: &Problems,
        refusal: Option<Refusal>,
    ) -> Self {
        let is_stale = |one: &Refusal| one.kind == RefusalKind::Stale;
        let stale = refusal.as_ref().is_some_and(is_stale);
        let fields = form::edited().map(|field| field.shown(&Known::default(), typed, problems));
        let fields: Vec<_> = fields.collect();
        let now = form::typed(case);
        let differs = |field: &Field| {
            let (mine, theirs) = (typed.own(field.name), now.own(field.name));
            (stale && mine != theirs).then_some((field.label, mine, theirs))
        };
        Self {
            frame: ctx.frame(Here::Elsewhere),
            id,
            // After the comparison was shown, saving means it.
            etag: if stale || !typed.has("etag") {
                case.etag.clone()
            } else {
                typed.own("etag")
            },
            request_id: request_id(),
            comparison: fields.iter().filter_map(differs).collect(),
            fields,
            refusal,
        }
    }
}

/// `GET /cases/{id}/edit`
pub(crate) async fn show(Path(id): Path<String>, ctx: Ctx) -> Response {
    let case = ctx.case(&id).await;
    let none = Problems::default();
    let page = case.map(|case| EditPage::new(&ctx, id, &case, &form::typed(&case), &none, None));
    ctx.show(Here::Elsewhere, page)
}

/// `POST /cases/{id}/edit`
pub(crate) async fn save(Path(id): Path<String>, Posted { ctx, fields }: Posted) -> Response {
    let current = match ctx.case(&id).await {
        Ok(current) => current,
        Err(refusal) => return ctx.trouble(Here::Elsewhere, &refusal),
    };
    let mut problems = Problems::default();
    let wanted = Case {
        name: current.name.clone(),
        etag: fields.own("etag"),
        ..form::read(&fields, false, &mut problems)
    };
    if !problems.is_empty() {
        let shown = EditPage::new(&ctx, id, &current, &fields, &problems, None);
        return page(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    }
    let request = UpdateCaseRequest {
        case: Some(wanted),
        update_mask: Some(prost_types::FieldMask {
            paths: form::mask(),
        }),
        request_id: fields.own("request_id"),
        ..Default::default()
    };
    match ctx.client.update_case(request).await {
        Ok(_) => Redirect::to(&format!("/cases/{id}?done=edited")).into_response(),
        Err(refusal) => {
            let status = refusal.text().status;
            let shown = EditPage::new(&ctx, id, &current, &fields, &problems, Some(refusal));
            page(status, &shown)
        }
    }
}
