//! News of open pages: every change reaches every one of them, and whoever was away hears what was
//! missed.

use std::sync::Arc;

use http_body_util::BodyExt as _;

use super::{hospital::hospital, *};
use crate::live::{Hub, News};

/// Pages that are open in a hospital.
const PAGES: usize = 200;
const CHANGES: usize = 50;

fn lively() -> (Router, Arc<Hub>) {
    let state = state_for(FakeBackend::hospital(hospital(1)), Way::Open);
    let hub = Arc::clone(&state.live);
    hub.tell(News::Connected(true));
    (app(state), hub)
}

async fn open(app: &Router, since: &str, last_event_id: Option<&str>) -> Body {
    let request = get(&format!("/events?since={since}"));
    let request = match last_event_id {
        Some(id) => with_header(request, "last-event-id", id),
        None => request,
    };
    let response = app
        .clone()
        .oneshot(request)
        .await
        .expect("the router never fails");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body()
}

/// Everything until the stream ends.
async fn told(body: Body) -> String {
    let bytes = body.collect().await.expect("a stream that ends").to_bytes();
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[tokio::test]
async fn two_hundred_open_pages_hear_every_change_and_are_let_go_at_the_end() {
    let (app, hub) = lively();
    let mut pages = Vec::new();
    for _ in 0..PAGES {
        let body = open(&app, &hub.mark(), None).await;
        pages.push(tokio::spawn(told(body)));
    }
    for number in 0..CHANGES {
        hub.tell(News::Changed(format!("cases/c{number}")));
        tokio::task::yield_now().await;
    }
    hub.close();
    for page in pages {
        let text = page.await.expect("read");
        assert_eq!(text.matches("event: changed").count(), CHANGES);
        assert!(text.starts_with("retry: 1000"), "{text}");
    }
}

#[tokio::test]
async fn a_page_that_was_away_hears_what_it_missed_and_nothing_twice() {
    let (app, hub) = lively();
    hub.tell(News::Changed("cases/a".to_owned()));
    let had = hub.mark();
    hub.tell(News::Changed("cases/b".to_owned()));
    // The browser's own header counts more than the address the page had at first.
    let body = open(&app, "", Some(&had)).await;
    hub.close();
    let text = told(body).await;
    assert!(
        text.contains("data: cases/b") && !text.contains("cases/a"),
        "{text}"
    );
    assert!(text.contains(&format!("id: {}", hub.mark())), "{text}");
}

#[tokio::test]
async fn a_page_of_an_earlier_run_is_told_to_fetch_everything() {
    let (app, hub) = lively();
    let body = open(&app, "earlier-17", None).await;
    hub.close();
    assert!(told(body).await.contains("event: resync"));
}

#[tokio::test]
async fn news_hold_nothing_but_names_of_resources() {
    let (app, hub) = lively();
    let body = open(&app, &hub.mark(), None).await;
    hub.tell(News::Changed("cases/a\ndata: forged".to_owned()));
    hub.close();
    let text = told(body).await;
    assert!(
        text.contains("data: cases/a data: forged"),
        "one line stays one line: {text}"
    );
}
