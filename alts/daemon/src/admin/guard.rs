//! Who may ask the admin surface: programs, and no web page.
//!
//! A browser on this computer reaches loopback for any page it shows. A page may send bytes of its
//! choice, though not read the answer, by an HTTP/1.1 POST with an innocent content type; and one whose
//! name is made to point at loopback (DNS rebinding) may read too, for its browser takes both for one
//! site. So:
//!
//! | what | must be |
//! |---|---|
//! | gRPC | HTTP/2, which browsers speak over TLS only, and of gRPC's own content type |
//! | `/metrics` | a GET, in any version |
//! | on TCP, both | asked of an address of loopback or of `localhost`, not of another name |

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    http::{
        Method, StatusCode, Version,
        header::{CONTENT_TYPE, HOST},
        request::Parts,
        uri::Authority,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

/// What the surface listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Every program of this computer, browsers among them.
    Loopback,
    /// Programs of this user that open a file. Browsers do not, and there is no name to check.
    UnixSocket,
}

/// The page for Prometheus.
pub(super) const METRICS: &str = "/metrics";

/// Lets through what a program asks.
pub(super) async fn guard(State(reach): State<Reach>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match verdict(&parts, reach) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => {
            // Nothing of it is quoted: it may be anybody's words.
            tracing::warn!("a request to the admin service is refused: it may be a web page's");
            refusal.into_response()
        }
    }
}

fn verdict(parts: &Parts, reach: Reach) -> Result<(), (StatusCode, &'static str)> {
    if reach == Reach::Loopback && !names_loopback(parts) {
        return Err((
            StatusCode::MISDIRECTED_REQUEST,
            "the admin service answers to localhost and to addresses of loopback only\n",
        ));
    }
    let is_grpc = || {
        let kind = parts.headers.get(CONTENT_TYPE);
        kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
    };
    match parts.uri.path() {
        METRICS if parts.method == Method::GET => Ok(()),
        _ if parts.version == Version::HTTP_2 && is_grpc() => Ok(()),
        _ => Err((
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the admin service speaks gRPC over HTTP/2, and GET /metrics; use alts-handshaker\n",
        )),
    }
}

/// Whether the client dialled this computer by a name that nobody else can give to it.
fn names_loopback(parts: &Parts) -> bool {
    let named = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = match (named, parts.uri.authority()) {
        (Some(host), _) => host.parse().ok(),
        (None, authority) => authority.cloned(),
    };
    authority.is_some_and(|authority: Authority| {
        let host = authority.host().trim_matches(['[', ']']);
        let address = host.parse::<IpAddr>();
        address.is_ok_and(|ip| ip.is_loopback()) || host.eq_ignore_ascii_case("localhost")
    })
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
