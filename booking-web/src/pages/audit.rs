//! `/audit`: who did what, and from which account that was proven; and whether the record is whole.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use booking_proto::ot::v1::{
    ListAuditEventsRequest, VerifyAuditChainRequest, audit_event::Outcome,
};

use super::{
    case::show::method_words,
    context::Ctx,
    field::Field,
    fields::Posted,
    frame::{Frame, Here},
    url,
    waiting::quoted,
};
use crate::{
    backend::Refusal,
    view::civil::{Civil, instant},
};

/// Events on one page.
const PAGE: i32 = 50;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    person: Field,
    resource: Field,
    rows: Vec<Row>,
    next: String,
    verdict: Option<(bool, String)>,
}

struct Row {
    sequence: i64,
    time: String,
    what: String,
    resource: String,
    link: bool,
    person: String,
    account: String,
    denied: bool,
    changes: Vec<String>,
    reason: String,
}

/// `GET /audit?person=&resource=&page=`
pub(crate) async fn show(ctx: Ctx) -> Response {
    page(&ctx, None).await
}

/// `POST /audit/verify`
pub(crate) async fn verify(Posted { ctx, .. }: Posted) -> Response {
    match ctx
        .desk
        .verify_audit_chain(VerifyAuditChainRequest {})
        .await
    {
        Ok(chain) => {
            let head: String = chain
                .head
                .iter()
                .take(8)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let words = match chain.intact {
                true => format!(
                    "The record is whole: {} events; the newest hash begins with {head}.",
                    chain.events
                ),
                false => format!(
                    "The record is broken at event {}: {}",
                    chain.broken_sequence, chain.description
                ),
            };
            page(&ctx, Some((chain.intact, words))).await
        }
        Err(refusal) => ctx.trouble(Here::Audit, &refusal),
    }
}

async fn page(ctx: &Ctx, verdict: Option<(bool, String)>) -> Response {
    match load(ctx, verdict).await {
        Ok(page) => super::page(StatusCode::OK, &page).into_response(),
        Err(refusal) => ctx.trouble(Here::Audit, &refusal),
    }
}

async fn load(ctx: &Ctx, verdict: Option<(bool, String)>) -> Result<AuditPage, Refusal> {
    let (person, resource) = (ctx.query.get("person"), ctx.query.get("resource"));
    let given = [("person", person), ("resource", resource)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty());
    let conditions: Vec<String> = given
        .map(|(field, value)| format!("{field} = {}", quoted(value)))
        .collect();
    let request = ListAuditEventsRequest {
        page_size: PAGE,
        page_token: ctx.query.get("page").to_owned(),
        filter: conditions.join(" AND "),
    };
    let (listed, civil) = tokio::try_join!(ctx.desk.list_audit_events(request), async {
        Ok(ctx.civil().await.ok())
    })?;
    // An auditor need not have the right to know the hospital's zone.
    let exactly = |at| match &civil {
        Some(civil) => civil.exactly(at),
        None => format!("{} UTC", Civil::of("UTC").exactly(at)),
    };
    let next = match listed.next_page_token.as_str() {
        "" => String::new(),
        token => format!(
            "/audit?person={}&resource={}&page={}",
            url::encode(person),
            url::encode(resource),
            url::encode(token)
        ),
    };
    let rows = listed.audit_events.into_iter().map(|event| Row {
        sequence: event.sequence,
        time: instant(event.time.as_ref())
            .map(exactly)
            .unwrap_or_default(),
        what: method_words(&event.method),
        link: event.resource.starts_with("cases/"),
        denied: event.outcome() == Outcome::Denied,
        changes: event
            .changes
            .iter()
            .map(|one| format!("{}: {} → {}", one.field, one.before, one.after))
            .collect(),
        resource: event.resource,
        person: event.person,
        account: event.account,
        reason: event.reason,
    });
    Ok(AuditPage {
        frame: ctx.frame(Here::Audit),
        person: Field::line("person", "Person").optional().value(person),
        resource: Field::line("resource", "Resource")
            .optional()
            .hint("For example cases/…")
            .value(resource),
        rows: rows.collect(),
        next,
        verdict,
    })
}
