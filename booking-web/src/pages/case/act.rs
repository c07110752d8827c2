//! What is done to a case by one press: confirm, record a milestone, postpone, cancel, abort.

use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::{
    contract::resource::{CASES, name},
    ot::v1::{
        AbortCaseRequest, CancelCaseRequest, ConfirmCaseRequest, Milestone, PostponeCaseRequest,
        RecordMilestoneRequest,
    },
};

use super::show;
use crate::{
    backend::Refusal,
    pages::{
        context::Ctx,
        error::not_found,
        fields::{Fields, MAX_LINE_CHARS},
        posted::Posted,
        undo_offer::{self, Done},
    },
};

/// `POST /cases/{id}/{action}`
pub(crate) async fn act(
    Path((id, action)): Path<(String, String)>,
    Posted { ctx, fields }: Posted,
) -> Response {
    let done = match action.as_str() {
        "confirm" | "milestone" => at_once(&ctx, &fields, &id, &action).await,
        "postpone" | "cancel" | "abort" => with_reason(&ctx, &fields, &id, &action).await,
        _ => return not_found().await.into_response(),
    };
    match done {
        Ok(query) => Redirect::to(&format!("/cases/{id}?{query}")).into_response(),
        Err(refusal) => show::page(&ctx, &id, Some(refusal), &fields).await,
    }
}

/// What needs no reason. Returns the query that tells of it.
async fn at_once(ctx: &Ctx, fields: &Fields, id: &str, action: &str) -> Result<String, Refusal> {
    let (name, etag) = (name(CASES, id), fields.own("etag"));
    let request_id = fields.own("request_id");
    if action == "confirm" {
        let request = ConfirmCaseRequest {
            name,
            etag,
            request_id,
            validate_only: false,
        };
        ctx.client.confirm_case(request).await?;
        return Ok("done=confirmed".to_owned());
    }
    let milestone = Milestone::from_str_name(fields.get("milestone")).unwrap_or_default();
    let request = RecordMilestoneRequest {
        name,
        etag,
        milestone: milestone.into(),
        // None is now.
        time: None,
        request_id,
        validate_only: false,
    };
    ctx.client.record_milestone(request).await?;
    Ok("done=recorded".to_owned())
}

/// What needs one. Returns the query that tells of it, or that offers to undo it.
async fn with_reason(
    ctx: &Ctx,
    fields: &Fields,
    id: &str,
    action: &str,
) -> Result<String, Refusal> {
    let (reason, note) = (fields.own("reason"), fields.own("note"));
    if note.chars().count() > MAX_LINE_CHARS {
        let words = format!("Shorten the note to {MAX_LINE_CHARS} characters.");
        return Err(Refusal::of_form("note", words));
    }
    if reason.is_empty() {
        return Err(Refusal::of_form("reason", "Choose a reason.".to_owned()));
    }
    // All three take the same.
    let asked = AbortCaseRequest {
        name: name(CASES, id),
        etag: fields.own("etag"),
        reason,
        note,
        request_id: fields.own("request_id"),
        validate_only: false,
    };
    if action == "abort" {
        ctx.client.abort_case(asked).await?;
        return Ok("done=aborted".to_owned());
    }
    let before = ctx.case(id).await?;
    let AbortCaseRequest {
        name,
        etag,
        reason,
        note,
        request_id,
        validate_only,
    } = asked;
    let (done, after) = if action == "postpone" {
        let request = PostponeCaseRequest {
            name,
            etag,
            reason,
            note,
            request_id,
            validate_only,
        };
        (Done::Postponed, ctx.client.postpone_case(request).await?)
    } else {
        let request = CancelCaseRequest {
            name,
            etag,
            reason,
            note,
            request_id,
            validate_only,
        };
        (Done::Cancelled, ctx.client.cancel_case(request).await?)
    };
    let seal = &ctx.state.sign_in.seal;
    Ok(undo_offer::query(seal, ctx.now, done, after, &before))
}
