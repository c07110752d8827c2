//! `/audit`: who did what, and from which account that was proven; and whether the record is whole.

use askama::Template;
use axum::response::Response;
use booking_proto::{
    contract::resource::{CASES, within},
    ot::v1::{ListAuditEventsRequest, VerifyAuditChainRequest, audit_event::Outcome},
};

use super::{
    case::show::method_words,
    context::Ctx,
    field::Field,
    frame::{Frame, Here},
    posted::Posted,
    url::{quoted, with_query},
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
    let verified = ctx.client.verify_audit_chain(VerifyAuditChainRequest {});
    match verified.await {
        Ok(chain) => {
            let head = chain.head.iter().take(8);
            let head: String = head.map(|byte| format!("{byte:02x}")).collect();
            let (events, broken) = (chain.events, chain.broken_sequence);
            let words = match chain.intact {
                true => format!(
                    "The record is whole: {events} events; the newest hash begins with {head}."
                ),
                false => format!(
                    "The record is broken at event {broken}: {}",
                    chain.description
                ),
            };
            page(&ctx, Some((chain.intact, words))).await
        }
        Err(refusal) => ctx.trouble(Here::Audit, &refusal),
    }
}

async fn page(ctx: &Ctx, verdict: Option<(bool, String)>) -> Response {
    ctx.show(Here::Audit, load(ctx, verdict).await)
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
    let (listed, civil) = tokio::try_join!(ctx.client.list_audit_events(request), async {
        Ok(ctx.civil().await.ok())
    })?;
    // An auditor need not have the right to know the hospital's zone.
    let exactly = |at| match &civil {
        Some(civil) => civil.exactly(at),
        None => format!("{} UTC", Civil::of("UTC").exactly(at)),
    };
    let next = match listed.next_page_token.as_str() {
        "" => String::new(),
        token => with_query(
            "/audit",
            [("person", person), ("resource", resource), ("page", token)],
        ),
    };
    let rows = listed.audit_events.into_iter().map(|event| Row {
        sequence: event.sequence,
        time: instant(event.time.as_ref())
            .map(exactly)
            .unwrap_or_default(),
        what: method_words(&event.method),
        link: within(&event.resource, CASES).is_some(),
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
