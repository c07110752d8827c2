//! `/audit`: who did what, and from which account that was proven; and whether the record is whole.

use askama::Template;
use axum::response::{Response, Result};
use booking_proto::ot::v1::{AuditEvent, ListAuditEventsRequest, VerifyAuditChainRequest};

use super::{
    context::Ctx,
    field::Field,
    frame::Frame,
    posted::Posted,
    url::{next_page, quoted},
};
use crate::{
    backend::Refusal,
    view::{civil::Civil, history},
};

/// Events on one page.
const PAGE: i32 = 50;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    person: Field,
    resource: Field,
    events: Vec<AuditEvent>,
    civil: Civil,
    /// Said of each time where it is not the hospital's.
    zone: &'static str,
    next: String,
    verdict: Option<(bool, String)>,
}

/// `GET /audit?person=&resource=&page=`
pub(crate) async fn show(ctx: Ctx) -> Response {
    ctx.show(load(&ctx, None).await)
}

/// `POST /audit/verify`
pub(crate) async fn verify(Posted { ctx, .. }: Posted) -> Result<Response> {
    let verified = ctx.client.verify_audit_chain(VerifyAuditChainRequest {});
    let chain = verified.await.map_err(|why| ctx.trouble(&why))?;
    let head = chain.head.iter().take(8);
    let head: String = head.map(|byte| format!("{byte:02x}")).collect();
    let (events, broken) = (chain.events, chain.broken_sequence);
    let words = match chain.intact {
        true => {
            format!("The record is whole: {events} events; the newest hash begins with {head}.")
        }
        false => format!(
            "The record is broken at event {broken}: {}",
            chain.description
        ),
    };
    Ok(ctx.show(load(&ctx, Some((chain.intact, words))).await))
}

async fn load(ctx: &Ctx, verdict: Option<(bool, String)>) -> Result<AuditPage, Refusal> {
    let (person, resource) = (ctx.query.get("person"), ctx.query.get("resource"));
    let asked = [("person", person), ("resource", resource)];
    let given = asked.into_iter().filter(|(_, value)| !value.is_empty());
    let conditions = given.map(|(field, value)| format!("{field} = {}", quoted(value)));
    let conditions: Vec<String> = conditions.collect();
    let request = ListAuditEventsRequest {
        page_size: PAGE,
        page_token: ctx.query.get("page").to_owned(),
        filter: conditions.join(" AND "),
    };
    let (listed, civil) = tokio::try_join!(ctx.client.list_audit_events(request), async {
        Ok(ctx.civil().await.ok())
    })?;
    Ok(AuditPage {
        frame: ctx.frame(),
        person: Field::line("person", "Person").optional().value(person),
        resource: Field::line("resource", "Resource")
            .optional()
            .hint("For example cases/…")
            .value(resource),
        events: listed.audit_events,
        // An auditor need not have the right to know the hospital's zone.
        zone: if civil.is_some() { "" } else { " UTC" },
        civil: civil.unwrap_or_else(|| Civil::of("UTC")),
        next: next_page("/audit", asked, &listed.next_page_token),
        verdict,
    })
}
