//! `/waiting`: the waiting list, by urgency, then target, then age.

use askama::Template;
use axum::response::Response;
use booking_proto::ot::v1::ListCasesRequest;

use super::{
    case::urgencies,
    context::{ALL, Ctx},
    field::{Choice, Field, Kind},
    frame::Frame,
    url::{next_page, quoted},
};
use crate::{backend::Refusal, view::waiting::Waiting};

/// Cases on one page.
const PAGE: i32 = 50;
/// Everything that waits, in the backend's filter language.
pub(super) const ALL_WAITING: &str = "waiting = true";

#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage {
    frame: Frame,
    waiting: Vec<Waiting>,
    urgency: Field,
    text: Field,
    filtered: bool,
    /// How many wait when filters hide all of them: `3 cases are`.
    hidden: String,
    /// Where the next page is; empty after the last.
    next: String,
}

/// `GET /waiting`
pub(crate) async fn waiting(ctx: Ctx) -> Response {
    ctx.show(load(&ctx).await)
}

async fn load(ctx: &Ctx) -> Result<WaitingPage, Refusal> {
    let (urgency, text) = (ctx.query.get("urgency"), ctx.query.get("text"));
    let asked = [("urgency", urgency), ("text", text)];
    // Most urgent first.
    let urgencies = urgencies().into_iter().rev().map(|(_, choice)| choice);
    let urgencies: Vec<Choice> = urgencies.collect();
    let mut filter = ALL_WAITING.to_owned();
    if urgencies.iter().any(|one| one.value == urgency) {
        filter += &format!(" AND urgency = {urgency}");
    }
    if !text.is_empty() {
        filter += &format!(" AND text = {}", quoted(text));
    }
    let listed = ctx.client.list_cases(ListCasesRequest {
        page_size: PAGE,
        page_token: ctx.query.own("page"),
        filter,
        order_by: "waiting".to_owned(),
    });
    let (listed, names) = tokio::try_join!(listed, ctx.names())?;
    let filtered = !urgency.is_empty() || !text.is_empty();
    let hidden = match filtered && listed.cases.is_empty() {
        true => hidden(ctx).await?,
        false => String::new(),
    };
    let cases = listed.cases.into_iter();
    Ok(WaitingPage {
        frame: ctx.frame(),
        waiting: cases
            .map(|case| Waiting::of(case, &names, ctx.now))
            .collect(),
        urgency: Field::line("urgency", "Urgency")
            .optional()
            .kind(Kind::or_none("All", urgencies))
            .value(urgency),
        text: Field::line("text", "Procedure or condition contains")
            .optional()
            .value(text),
        filtered,
        hidden,
        next: next_page("/waiting", asked, &listed.next_page_token),
    })
}

/// How many wait whatever the filters, in words.
async fn hidden(ctx: &Ctx) -> Result<String, Refusal> {
    let request = ListCasesRequest {
        page_size: ALL,
        filter: ALL_WAITING.to_owned(),
        order_by: "waiting".to_owned(),
        ..Default::default()
    };
    let listed = ctx.client.list_cases(request).await?;
    Ok(
        match (listed.cases.len(), listed.next_page_token.is_empty()) {
            (1, true) => "1 case is".to_owned(),
            (all, true) => format!("{all} cases are"),
            (some, false) => format!("more than {some} cases are"),
        },
    )
}
