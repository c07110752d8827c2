//! The pages as a browser sees them: the real router, asked without sockets, over a fake backend.

mod begin;
mod board;
mod cases;
mod every_page;
mod guards;
mod hospital;
mod hostile;
mod iap;
mod imports;
mod lists;
mod lookups;
mod moves;
mod news;
pub(crate) mod rights;
mod signing_in;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use tower::ServiceExt as _;

use crate::{
    AppState, HostPolicy, app,
    backend::fake::{FakeBackend, proven},
    visitor::{Seal, SignIn, Way},
};

/// The largest page a test reads, before compression.
const MAX_PAGE_BYTES: usize = 1024 * 1024;

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

    /// The token of the page's forms.
    fn token(&self) -> String {
        let value = self.body.split("name=\"token\" value=\"").nth(1);
        let value = value.and_then(|rest| rest.split('"').next());
        value.expect("a form").to_owned()
    }

    fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("ASCII"))
    }
}

fn front_end(backend: FakeBackend) -> Router {
    front_end_for(backend, Way::Open)
}

fn front_end_for(backend: FakeBackend, way: Way) -> Router {
    app(state_for(backend, way))
}

/// What all requests of a front end share, on the address that [`get`] asks.
pub(crate) fn state_for(backend: FakeBackend, way: Way) -> AppState {
    let address = SocketAddr::from(([127, 0, 0, 1], 8000));
    let hosts = HostPolicy::new(address, Vec::new());
    let sign_in = SignIn::new(way, Seal::random().expect("entropy"), false);
    let timeout = Duration::from_secs(10);
    AppState::new(backend, [proven().backend], timeout, hosts, sign_in)
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

/// The look-up's form as a browser sends it from our own page.
fn post(form: impl Into<Body>) -> Request<Body> {
    post_to("/booking", form)
}

/// Any form of our own.
fn post_to(path: &str, form: impl Into<Body>) -> Request<Body> {
    Request::post(path)
        .header(header::HOST, "127.0.0.1:8000")
        .header(header::ORIGIN, "http://127.0.0.1:8000")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.into())
        .expect("a request")
}

fn with_header(mut request: Request<Body>, name: &'static str, value: &str) -> Request<Body> {
    request
        .headers_mut()
        .insert(name, value.parse().expect("a header value"));
    request
}

const ARTICLE: &str = "patient=PT-1204&doctor=DC-3904&description=";
