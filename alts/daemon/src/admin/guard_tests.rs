//! Tests of `guard.rs`.

use super::*;

const GRPC: &str = "/alts_handshaker.admin.v1.Accounts/EnableAccount";

fn asked(version: Version, method: Method, uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().version(version).method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

#[test]
fn programs_are_let_through_and_what_a_page_can_send_is_not() {
    let (h1, h2) = (Version::HTTP_11, Version::HTTP_2);
    let grpc = ("content-type", "application/grpc");
    let here = ("host", "127.0.0.1:18090");
    let good = [
        asked(
            h2,
            Method::POST,
            &format!("http://127.0.0.1:18090{GRPC}"),
            &[grpc],
        ),
        asked(
            h2,
            Method::POST,
            &format!("http://[::1]:18090{GRPC}"),
            &[grpc],
        ),
        asked(h1, Method::GET, METRICS, &[here]),
        asked(h1, Method::GET, METRICS, &[("host", "LocalHost")]),
        asked(h2, Method::GET, "http://localhost:18090/metrics", &[]),
    ];
    for parts in good {
        assert_eq!(verdict(&parts, Reach::Loopback), Ok(()), "{parts:?}");
    }
    let bad = [
        asked(
            h1,
            Method::POST,
            GRPC,
            &[here, ("content-type", "text/plain")],
        ),
        asked(h1, Method::POST, GRPC, &[here, grpc]),
        asked(h1, Method::POST, GRPC, &[here]),
        asked(h1, Method::POST, METRICS, &[here]),
        asked(h2, Method::POST, &format!("http://127.0.0.1{GRPC}"), &[]),
        asked(h1, Method::GET, METRICS, &[("host", "evil.example:18090")]),
        asked(
            h1,
            Method::GET,
            METRICS,
            &[("host", "127.0.0.1.evil.example")],
        ),
        asked(h1, Method::GET, METRICS, &[("host", "10.0.0.7")]),
        asked(h1, Method::GET, METRICS, &[]),
        asked(
            h2,
            Method::POST,
            &format!("http://evil.example{GRPC}"),
            &[grpc],
        ),
    ];
    for parts in bad {
        assert!(verdict(&parts, Reach::Loopback).is_err(), "{parts:?}");
    }
    // Whatever stands for a host name on a socket that has none.
    let named = asked(
        h2,
        Method::POST,
        &format!("http://admin.sock{GRPC}"),
        &[grpc],
    );
    assert_eq!(verdict(&named, Reach::UnixSocket), Ok(()));
}
