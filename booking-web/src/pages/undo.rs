//! Undo, for half a minute after a move, a postponement or a cancellation: an ordinary call the
//! other way, audited like any other. The browser keeps what it takes, sealed.

use axum::response::{IntoResponse as _, Redirect, Response};
use booking_proto::ot::v1::{
    Case, CreateCaseRequest, GetCaseRequest, OverrideRequest, Plan, PostponeCaseRequest, Reason,
    RescheduleCaseRequest, ScheduleCaseRequest, reason::Group,
};
use jiff::Timestamp;

use super::{
    context::Ctx,
    frame::Here,
    posted::Posted,
    undo_offer::{Done, Undo, open},
    url,
};
use crate::{backend::Refusal, view::civil};

/// `POST /undo`
pub(crate) async fn undo(Posted { ctx, fields }: Posted) -> Response {
    let next = match open(fields.get("undo"), &ctx.state.sign_in.seal) {
        None => url::own_path(fields.get("next")).to_owned(),
        Some(undo) if undo.until_s <= ctx.now.as_second() => format!("/{}?late=undo", undo.case),
        Some(undo) => match reverse(&ctx, undo).await {
            Ok(case) => format!("/{}?done=undone", case.name),
            Err(refusal) => return ctx.trouble(Here::Elsewhere, &refusal),
        },
    };
    Redirect::to(&next).into_response()
}

async fn reverse(ctx: &Ctx, undo: Undo) -> Result<Case, Refusal> {
    let start = Timestamp::from_second(undo.start_s).unwrap_or(ctx.now);
    let plan = Some(Plan {
        theatre: undo.theatre,
        start_time: Some(civil::message(start)),
        ..Default::default()
    });
    let (name, etag, request_id) = (undo.case, undo.etag, undo.request_id);
    let note = "Undone.".to_owned();
    let overrides = undo.rules.into_iter().map(|rule| OverrideRequest {
        rule,
        reason: "Undone: it was set aside there before.".to_owned(),
    });
    let overrides = overrides.collect();
    match undo.done {
        Done::Scheduled => {
            let request = PostponeCaseRequest {
                name,
                etag,
                reason: clerical(&ctx.reasons().await?),
                note,
                request_id,
                validate_only: false,
            };
            ctx.client.postpone_case(request).await
        }
        Done::Moved => {
            let request = RescheduleCaseRequest {
                name,
                etag,
                plan,
                reason: clerical(&ctx.reasons().await?),
                note,
                overrides,
                request_id,
                validate_only: false,
            };
            ctx.client.reschedule_case(request).await
        }
        Done::Postponed => {
            let request = ScheduleCaseRequest {
                name,
                etag,
                plan,
                overrides,
                request_id,
                validate_only: false,
            };
            ctx.client.schedule_case(request).await
        }
        Done::Cancelled => {
            let request = CreateCaseRequest {
                case: Some(again(ctx, name).await?),
                plan: plan.filter(|plan| !plan.theatre.is_empty()),
                request_id,
                ..Default::default()
            };
            ctx.client.create_case(request).await
        }
    }
}

/// A cancelled case stays cancelled, for the records; what it was is entered anew.
async fn again(ctx: &Ctx, name: String) -> Result<Case, Refusal> {
    let old = ctx.client.get_case(GetCaseRequest { name }).await?;
    Ok(Case {
        // The backend takes all that was asked for, and leaves what it gave itself: no field is lost.
        name: String::new(),
        etag: String::new(),
        ..old
    })
}

/// The reason that fits an undo best: an administrative one.
fn clerical(reasons: &[Reason]) -> String {
    let fits = reasons.iter().find(|reason| reason.group() == Group::Admin);
    let any = fits.or_else(|| reasons.first());
    any.map(|reason| reason.name.clone()).unwrap_or_default()
}
