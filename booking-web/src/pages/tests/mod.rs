//! The pages as a browser sees them: the real router, asked without sockets, over a fake backend.

mod guards;
mod lookups;

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use tower::ServiceExt as _;

use crate::{
    AppState, HostPolicy, app,
    backend::fake::{FakeBackend, proven},
};

/// The largest page a test reads; issue a bigger one and the budget for slow lines is gone too.
const MAX_PAGE_BYTES: usize = 64 * 1024;

/// What came back.
struct Seen {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Seen {
    #[track_caller]
    fn shows(&self, text: &str) {
        assert!(
            self.body.contains(text),
            "{text:?} is not in:\n{}",
            self.body
        );
    }

    #[track_caller]
    fn hides(&self, text: &str) {
        assert!(!self.body.contains(text), "{text:?} is in:\n{}", self.body);
    }

    fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("ASCII"))
    }
}

fn front_end(backend: FakeBackend) -> Router {
    let address = SocketAddr::from(([127, 0, 0, 1], 8000));
    let hosts = HostPolicy::new(address, Vec::new());
    app(AppState::new(
        backend,
        [proven().backend],
        Duration::from_secs(10),
        hosts,
    ))
}

async fn ask(app: Router, request: Request<Body>) -> Seen {
    let response = app.oneshot(request).await.expect("the router never fails");
    let (head, body) = response.into_parts();
    let body = to_bytes(body, MAX_PAGE_BYTES)
        .await
        .expect("a page of sensible size");
    let body = String::from_utf8(body.to_vec()).expect("pages are UTF-8");
    Seen {
        status: head.status,
        headers: head.headers,
        body,
    }
}

fn get(path: &str) -> Request<Body> {
    Request::get(path)
        .header(header::HOST, "127.0.0.1:8000")
        .body(Body::empty())
        .expect("a request")
}

/// A form as a browser sends it from our own page.
fn post(form: impl Into<Body>) -> Request<Body> {
    Request::post("/booking")
        .header(header::HOST, "127.0.0.1:8000")
        .header(header::ORIGIN, "http://127.0.0.1:8000")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.into())
        .expect("a request")
}

const ARTICLE: &str = "patient=PT-1204&doctor=DC-3904&description=";
