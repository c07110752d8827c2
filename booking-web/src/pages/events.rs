//! `/events`: news for one open page, as server-sent events (WHATWG HTML, section 9.2). They name
//! what changed and hold nothing of a patient.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    http::HeaderMap,
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use tokio_stream::{StreamExt as _, wrappers::BroadcastStream};

use super::context::Ctx;
use crate::live::{Hub, News, Numbered};

/// When a browser should come back after the stream ended.
const RETRY: Duration = Duration::from_secs(1);
/// A comment for proxies that close what is silent.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Browsers do not tell pages of events without data.
const NOTHING: &str = "-";

/// `GET /events?since=`
pub(crate) async fn events(headers: HeaderMap, ctx: Ctx) -> Response {
    let came_back = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok());
    let since = came_back.unwrap_or_else(|| ctx.query.get("since"));
    let subscription = ctx.state.live.subscribe(since);
    let hub = Arc::clone(&ctx.state.live);
    let Some(news) = subscription.news else {
        return axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    // A browser that fell behind fetches everything; nothing is skipped silently.
    let everything = Arc::new(Numbered {
        number: 0,
        news: News::Resync,
    });
    let news = BroadcastStream::new(news)
        .map(move |news| news.unwrap_or_else(|_lagged| Arc::clone(&everything)));
    let all = tokio_stream::iter(subscription.missed).chain(news);
    let first = tokio_stream::once(Ok(Event::default()
        .retry(RETRY)
        .event("hello")
        .data(NOTHING)));
    let stream = first.chain(all.map(move |one| Ok::<_, Infallible>(event(&hub, &one))));
    Sse::new(stream)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response()
}

fn event(hub: &Hub, numbered: &Numbered) -> Event {
    let (kind, data) = match &numbered.news {
        News::Changed(name) => ("changed", name.as_str()),
        News::Resync => ("resync", NOTHING),
        News::Connected(true) => ("connected", NOTHING),
        News::Connected(false) => ("lost", NOTHING),
        News::Beat => ("beat", NOTHING),
    };
    // A resource name has no line breaks; if one ever had, it would not become two events.
    let event = Event::default()
        .event(kind)
        .data(data.replace(['\r', '\n'], " "));
    match numbered.number {
        0 => event,
        number => event.id(hub.id(number)),
    }
}
