//! What is done to a case by one press: confirm, record a milestone, postpone, cancel, abort.

use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::ot::v1::{
    AbortCaseRequest, CancelCaseRequest, ConfirmCaseRequest, Milestone, PostponeCaseRequest,
    RecordMilestoneRequest,
};

use super::{case, name, show};
use crate::{
    backend::Refusal,
    pages::{
        context::Ctx,
        error::not_found,
        fields::{Fields, MAX_LINE_CHARS, Posted},
        undo::{self, Done},
    },
};

/// `POST /cases/{id}/{action}`
pub(crate) async fn act(
    Path((id, action)): Path<(String, String)>,
    Posted { ctx, fields }: Posted,
) -> Response {
    let name = name(&id);
    let done = match action.as_str() {
        "confirm" => confirm(&ctx, &fields, name).await,
        "milestone" => milestone(&ctx, &fields, name).await,
        "postpone" => postpone(&ctx, &fields, &id).await,
        "cancel" => cancel(&ctx, &fields, &id).await,
        "abort" => abort(&ctx, &fields, name).await,
        _ => return not_found().await.into_response(),
    };
    match done {
        Ok(query) => Redirect::to(&format!("/cases/{id}?{query}")).into_response(),
        Err(refusal) => show::page(&ctx, &id, Some(refusal), &fields).await,
    }
}

struct Common {
    etag: String,
    reason: String,
    note: String,
    request_id: String,
}

fn common(fields: &Fields) -> Result<Common, Refusal> {
    let note = fields.get("note");
    if note.chars().count() > MAX_LINE_CHARS {
        return Err(Refusal::of_form(
            "note",
            format!("Shorten the note to {MAX_LINE_CHARS} characters."),
        ));
    }
    Ok(Common {
        etag: fields.get("etag").to_owned(),
        reason: fields.get("reason").to_owned(),
        note: note.to_owned(),
        request_id: fields.get("request_id").to_owned(),
    })
}

fn with_reason(fields: &Fields) -> Result<Common, Refusal> {
    let common = common(fields)?;
    if common.reason.is_empty() {
        return Err(Refusal::of_form("reason", "Choose a reason.".to_owned()));
    }
    Ok(common)
}

async fn confirm(ctx: &Ctx, fields: &Fields, name: String) -> Result<String, Refusal> {
    let Common {
        etag, request_id, ..
    } = common(fields)?;
    let request = ConfirmCaseRequest {
        name,
        etag,
        request_id,
        validate_only: false,
    };
    ctx.desk.confirm_case(request).await?;
    Ok("done=confirmed".to_owned())
}

async fn milestone(ctx: &Ctx, fields: &Fields, name: String) -> Result<String, Refusal> {
    let Common {
        etag, request_id, ..
    } = common(fields)?;
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
    ctx.desk.record_milestone(request).await?;
    Ok("done=recorded".to_owned())
}

async fn postpone(ctx: &Ctx, fields: &Fields, id: &str) -> Result<String, Refusal> {
    let Common {
        etag,
        reason,
        note,
        request_id,
    } = with_reason(fields)?;
    let before = case(ctx, id).await?;
    let request = PostponeCaseRequest {
        name: before.name.clone(),
        etag,
        reason,
        note,
        request_id,
        validate_only: false,
    };
    let after = ctx.desk.postpone_case(request).await?;
    Ok(undo::query(ctx, Done::Postponed, &after, &before))
}

async fn cancel(ctx: &Ctx, fields: &Fields, id: &str) -> Result<String, Refusal> {
    let Common {
        etag,
        reason,
        note,
        request_id,
    } = with_reason(fields)?;
    let before = case(ctx, id).await?;
    let request = CancelCaseRequest {
        name: before.name.clone(),
        etag,
        reason,
        note,
        request_id,
        validate_only: false,
    };
    let after = ctx.desk.cancel_case(request).await?;
    Ok(undo::query(ctx, Done::Cancelled, &after, &before))
}

async fn abort(ctx: &Ctx, fields: &Fields, name: String) -> Result<String, Refusal> {
    let Common {
        etag,
        reason,
        note,
        request_id,
    } = with_reason(fields)?;
    let request = AbortCaseRequest {
        name,
        etag,
        reason,
        note,
        request_id,
        validate_only: false,
    };
    ctx.desk.abort_case(request).await?;
    Ok("done=aborted".to_owned())
}
