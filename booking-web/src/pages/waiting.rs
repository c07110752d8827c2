//! `/waiting`: the waiting list, by urgency, then target, then age.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use booking_proto::ot::v1::ListCasesRequest;

use super::{
    context::{ALL, Ctx},
    field::{Choice, Field, Kind},
    frame::{Frame, Here},
    url,
};
use crate::{backend::Refusal, view::waiting::Waiting};

/// Cases on one page.
const PAGE: i32 = 50;

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
    let (urgency, text) = (ctx.query.get("urgency"), ctx.query.get("text"));
    let mut filter = "waiting = true".to_owned();
    if let Some(named) = named_urgency(urgency) {
        filter += &format!(" AND urgency = {named}");
    }
    if !text.is_empty() {
        filter += &format!(" AND text = {}", quoted(text));
    }
    let request = ListCasesRequest {
        page_size: PAGE,
        page_token: ctx.query.get("page").to_owned(),
        filter,
        order_by: "waiting".to_owned(),
    };
    let listed = tokio::try_join!(ctx.desk.list_cases(request), ctx.names());
    let (listed, names) = match listed {
        Ok(listed) => listed,
        Err(refusal) => return ctx.trouble(Here::Waiting, &refusal),
    };
    let filtered = !urgency.is_empty() || !text.is_empty();
    let hidden = if filtered && listed.cases.is_empty() {
        match hidden(&ctx).await {
            Ok(hidden) => hidden,
            Err(refusal) => return ctx.trouble(Here::Waiting, &refusal),
        }
    } else {
        String::new()
    };
    let next = match listed.next_page_token.as_str() {
        "" => String::new(),
        token => format!(
            "/waiting?urgency={}&text={}&page={}",
            url::encode(urgency),
            url::encode(text),
            url::encode(token)
        ),
    };
    let page = WaitingPage {
        frame: ctx.frame(Here::Waiting),
        waiting: listed
            .cases
            .iter()
            .map(|case| Waiting::of(case, &names, ctx.now))
            .collect(),
        urgency: Field::line("urgency", "Urgency")
            .optional()
            .kind(Kind::Choice(urgencies()))
            .value(urgency),
        text: Field::line("text", "Procedure or condition contains")
            .optional()
            .value(text),
        filtered,
        hidden,
        next,
    };
    super::page(StatusCode::OK, &page)
}

/// How many wait whatever the filters, in words.
async fn hidden(ctx: &Ctx) -> Result<String, Refusal> {
    let request = ListCasesRequest {
        page_size: ALL,
        filter: "waiting = true".to_owned(),
        order_by: "waiting".to_owned(),
        ..Default::default()
    };
    let listed = ctx.desk.list_cases(request).await?;
    Ok(
        match (listed.cases.len(), listed.next_page_token.is_empty()) {
            (1, true) => "1 case is".to_owned(),
            (all, true) => format!("{all} cases are"),
            (some, false) => format!("more than {some} cases are"),
        },
    )
}

fn urgencies() -> Vec<Choice> {
    [
        ("", "All"),
        ("IMMEDIATE", "Immediate"),
        ("URGENT_2A", "Urgent, within 6 hours"),
        ("URGENT_2B", "Urgent, within 18 hours"),
        ("EXPEDITED", "Expedited"),
        ("ELECTIVE", "Elective"),
    ]
    .map(|(value, label)| Choice::new(value, label))
    .to_vec()
}

fn named_urgency(typed: &str) -> Option<String> {
    let known = urgencies().into_iter().map(|choice| choice.value);
    known
        .filter(|value| !value.is_empty())
        .find(|value| value == typed)
}

/// A text as a value of a filter.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
