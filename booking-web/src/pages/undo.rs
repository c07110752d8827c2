//! Undo, for half a minute after a move, a postponement or a cancellation: an ordinary call the
//! other way, audited like any other. The browser keeps what it takes, sealed.

use axum::response::{IntoResponse as _, Redirect, Response};
use booking_proto::ot::v1::{
    Case, CreateCaseRequest, GetCaseRequest, OverrideRequest, Plan, Reason, RescheduleCaseRequest,
    reason::Group,
};
use jiff::Timestamp;

use super::{
    case::change::Change,
    context::Ctx,
    posted::Posted,
    undo_offer::{Undo, open},
    url,
};
use crate::{backend::Refusal, view::civil};

/// `POST /undo`
pub(crate) async fn undo(Posted { ctx, form }: Posted) -> Response {
    let next = match open(form.get("undo"), &ctx.state.sign_in.seal) {
        None => url::own_path(form.get("next")).to_owned(),
        Some(undo) if undo.until_s <= ctx.now.as_second() => format!("/{}?late=undo", undo.case),
        Some(undo) => match reverse(&ctx, undo).await {
            Ok(case) => format!("/{}?done=undone", case.name),
            Err(refusal) => return ctx.trouble(&refusal),
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
    let back = match undo.done {
        Change::Schedule => Change::Postpone,
        Change::Postpone => Change::Schedule,
        Change::Reschedule => Change::Reschedule,
        Change::Cancel | Change::Confirm | Change::Abort => {
            let request = CreateCaseRequest {
                case: Some(again(ctx, undo.case).await?),
                plan: plan.filter(|plan| !plan.theatre.is_empty()),
                request_id: undo.request_id,
                ..Default::default()
            };
            return ctx.client.create_case(request).await;
        }
    };
    let reason = match back {
        Change::Schedule => String::new(),
        _ => clerical(&ctx.reasons().await?),
    };
    let overrides = undo.rules.into_iter().map(|rule| OverrideRequest {
        rule,
        reason: "Undone: the rule was overridden there before.".to_owned(),
    });
    let asked = RescheduleCaseRequest {
        name: undo.case,
        etag: undo.etag,
        plan,
        reason,
        note: "Undone.".to_owned(),
        overrides: overrides.collect(),
        request_id: undo.request_id,
        validate_only: false,
    };
    back.call(&ctx.client, asked).await
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
