//! What is done to a case by one press: confirm, record a milestone, postpone, cancel, abort.

use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use booking_proto::{
    contract::resource::{CASES, name},
    ot::v1::{Milestone, RecordMilestoneRequest, RescheduleCaseRequest},
};

use super::{change::Change, show};
use crate::{
    backend::Refusal,
    pages::{
        context::Ctx,
        error::not_found,
        fields::{Fields, MAX_LINE_CHARS},
        posted::Posted,
        undo_offer,
    },
};

/// `POST /cases/{id}/{action}`
pub(crate) async fn act(
    Path((id, action)): Path<(String, String)>,
    Posted { ctx, form }: Posted,
) -> Response {
    let done = match action.as_str() {
        "milestone" => record(&ctx, &form, &id).await,
        "confirm" => change(&ctx, &form, &id, Change::Confirm).await,
        "postpone" => change(&ctx, &form, &id, Change::Postpone).await,
        "cancel" => change(&ctx, &form, &id, Change::Cancel).await,
        "abort" => change(&ctx, &form, &id, Change::Abort).await,
        _ => return not_found().await.into_response(),
    };
    match done {
        Ok(query) => Redirect::to(&format!("/cases/{id}?{query}")).into_response(),
        Err(refusal) => show::page(&ctx.refused(refusal), &id, &form).await,
    }
}

/// Returns the query that tells of it, as the others do.
async fn record(ctx: &Ctx, fields: &Fields, id: &str) -> Result<String, Refusal> {
    let milestone = Milestone::from_str_name(fields.get("milestone")).unwrap_or_default();
    let request = RecordMilestoneRequest {
        name: name(CASES, id),
        etag: fields.own("etag"),
        milestone: milestone.into(),
        // None is now.
        time: None,
        request_id: fields.own("request_id"),
        validate_only: false,
    };
    ctx.client.record_milestone(request).await?;
    Ok("done=recorded".to_owned())
}

/// Returns the query that tells of it, or that offers to undo it.
async fn change(ctx: &Ctx, fields: &Fields, id: &str, change: Change) -> Result<String, Refusal> {
    let asked = RescheduleCaseRequest {
        name: name(CASES, id),
        etag: fields.own("etag"),
        reason: fields.own("reason"),
        note: fields.own("note"),
        request_id: fields.own("request_id"),
        ..Default::default()
    };
    if asked.note.chars().count() > MAX_LINE_CHARS {
        let words = format!("Shorten the note to {MAX_LINE_CHARS} characters.");
        return Err(Refusal::of_form("note", words));
    }
    if asked.reason.is_empty() && change != Change::Confirm {
        return Err(Refusal::of_form("reason", "Choose a reason.".to_owned()));
    }
    let told = match change {
        Change::Confirm => Some("done=confirmed"),
        Change::Abort => Some("done=aborted"),
        _ => None,
    };
    if let Some(told) = told {
        change.call(&ctx.client, asked).await?;
        return Ok(told.to_owned());
    }
    let before = ctx.case(id).await?;
    let after = change.call(&ctx.client, asked).await?;
    let seal = &ctx.state.sign_in.seal;
    Ok(undo_offer::query(seal, ctx.now, change, after, &before))
}
