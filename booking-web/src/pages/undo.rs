//! Undo, for half a minute after a move, a postponement or a cancellation: an ordinary call the
//! other way, audited like any other. The browser keeps what it takes, sealed.

use axum::response::{IntoResponse as _, Redirect, Response};
use booking_proto::ot::v1::{
    Case, CreateCaseRequest, GetCaseRequest, OverrideRequest, Plan, PostponeCaseRequest, Reason,
    RescheduleCaseRequest, ScheduleCaseRequest, reason::Group,
};
use jiff::Timestamp;

use super::{
    context::{Ctx, request_id},
    fields::Posted,
    frame::Here,
    url,
};
use crate::{backend::Refusal, view::civil};

/// How long there is an undo.
pub(crate) const UNDO_S: i64 = 30;

/// What can be undone, as a page offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UndoOffer {
    /// What happened.
    pub(crate) words: &'static str,
    /// Sealed; empty when it is too late.
    pub(crate) sealed: String,
    pub(crate) left_s: i64,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Scheduled,
    Moved,
    Postponed,
    Cancelled,
}

const DONE: [(Done, &str, &str); 4] = [
    (Done::Scheduled, "scheduled", "Booked."),
    (Done::Moved, "moved", "Moved."),
    (
        Done::Postponed,
        "postponed",
        "Postponed; it is on the waiting list again.",
    ),
    (Done::Cancelled, "cancelled", "Cancelled."),
];

/// Everything it takes.
struct Undo {
    done: Done,
    case: String,
    etag: String,
    theatre: String,
    start_s: i64,
    /// The same however often it is sent, so that it is done once.
    request_id: String,
    /// Rules that were set aside where the case was.
    rules: Vec<String>,
}

/// The query that leads to a page which offers to undo this. `before` is the case as it was.
pub(crate) fn query(ctx: &Ctx, done: Done, after: &Case, before: &Case) -> String {
    let word = DONE
        .iter()
        .find(|one| one.0 == done)
        .map_or("", |one| one.1);
    let until_s = ctx.now.as_second() + UNDO_S;
    let plan = before.plan.as_ref();
    let theatre = plan.map_or("", |plan| &plan.theatre);
    let start = plan.and_then(|plan| civil::instant(plan.start_time.as_ref()));
    let start_s = start.map_or(0, Timestamp::as_second);
    let (request_id, rules) = (request_id(), before.overrides.iter().map(|one| &*one.rule));
    let rules = rules.collect::<Vec<_>>().join(",");
    let text = format!(
        "{until_s}|{word}|{}|{}|{theatre}|{start_s}|{request_id}|{rules}",
        after.name, after.etag
    );
    format!("undo={}", ctx.state.sign_in.seal.seal("undo", &text))
}

fn open(ctx: &Ctx, sealed: &str) -> Option<(i64, Undo)> {
    let text = ctx.state.sign_in.seal.open("undo", sealed)?;
    let mut parts = text.split('|');
    let until_s: i64 = parts.next()?.parse().ok()?;
    let word = parts.next()?;
    let undo = Undo {
        done: DONE.iter().find(|one| one.1 == word)?.0,
        case: parts.next()?.to_owned(),
        etag: parts.next()?.to_owned(),
        theatre: parts.next()?.to_owned(),
        start_s: parts.next()?.parse().ok()?,
        request_id: parts.next()?.to_owned(),
        rules: parts
            .next()?
            .split(',')
            .filter(|rule| !rule.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    Some((until_s, undo))
}

/// What the page's address says can be undone.
pub(crate) fn offer(ctx: &Ctx) -> Option<UndoOffer> {
    let sealed = ctx.query.get("undo");
    let (until_s, undo) = open(ctx, sealed)?;
    let words = DONE.iter().find(|one| one.0 == undo.done)?.2;
    let left_s = until_s - ctx.now.as_second();
    // Long afterwards it is no news any more.
    (left_s > -UNDO_S).then(|| UndoOffer {
        words,
        sealed: if left_s > 0 {
            sealed.to_owned()
        } else {
            String::new()
        },
        left_s,
    })
}

/// `POST /undo`
pub(crate) async fn undo(Posted { ctx, fields }: Posted) -> Response {
    let next = url::own_path(fields.get("next")).to_owned();
    let Some((until_s, undo)) = open(&ctx, fields.get("undo")) else {
        return Redirect::to(&next).into_response();
    };
    if until_s <= ctx.now.as_second() {
        return Redirect::to(&format!("/{}?late=undo", undo.case)).into_response();
    }
    match reverse(&ctx, &undo).await {
        Ok(case) => Redirect::to(&format!("/{}?done=undone", case.name)).into_response(),
        Err(refusal) => ctx.trouble(Here::Elsewhere, &refusal),
    }
}

async fn reverse(ctx: &Ctx, undo: &Undo) -> Result<Case, Refusal> {
    let start = Timestamp::from_second(undo.start_s).unwrap_or(ctx.now);
    let plan = || {
        Some(Plan {
            theatre: undo.theatre.clone(),
            start_time: Some(civil::message(start)),
            ..Default::default()
        })
    };
    let (name, etag) = (undo.case.clone(), undo.etag.clone());
    let request_id = undo.request_id.clone();
    let set_aside = undo.rules.iter().map(|rule| OverrideRequest {
        rule: rule.clone(),
        reason: "Undone: it was set aside there before.".to_owned(),
    });
    let overrides = set_aside.collect();
    match undo.done {
        Done::Scheduled => {
            let request = PostponeCaseRequest {
                name,
                etag,
                reason: clerical(&ctx.reasons().await?),
                note: "Undone.".to_owned(),
                request_id,
                validate_only: false,
            };
            ctx.desk.postpone_case(request).await
        }
        Done::Moved => {
            let request = RescheduleCaseRequest {
                name,
                etag,
                plan: plan(),
                reason: clerical(&ctx.reasons().await?),
                note: "Undone.".to_owned(),
                overrides,
                request_id,
                ..Default::default()
            };
            ctx.desk.reschedule_case(request).await
        }
        Done::Postponed => {
            let request = ScheduleCaseRequest {
                name,
                etag,
                plan: plan(),
                overrides,
                request_id,
                ..Default::default()
            };
            ctx.desk.schedule_case(request).await
        }
        Done::Cancelled => {
            let request = CreateCaseRequest {
                case: Some(again(ctx, name).await?),
                plan: plan().filter(|plan| !plan.theatre.is_empty()),
                request_id,
                ..Default::default()
            };
            ctx.desk.create_case(request).await
        }
    }
}

/// A cancelled case stays cancelled, for the records; what it was is entered anew.
async fn again(ctx: &Ctx, name: String) -> Result<Case, Refusal> {
    let old = ctx.desk.get_case(GetCaseRequest { name }).await?;
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
