//! Tests of `origin.rs`.

use super::*;

#[test]
fn only_our_own_pages_may_send_forms() {
    let table: [(&[(&str, &str)], bool); 12] = [
        (&[("sec-fetch-site", "same-origin")], true),
        (&[("sec-fetch-site", "none")], true),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "")], false),
        (
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "http://ot:8000"),
            ],
            false,
        ),
        (&[("origin", "http://ot:8000")], true),
        (&[("origin", "https://OT:8000")], true),
        (&[("origin", "http://ot")], false),
        (&[("origin", "http://evil.example")], false),
        (&[("origin", "null")], false),
        (&[], true),
    ];
    for (fields, allowed) in table {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "ot:8000".parse().unwrap());
        for (name, value) in fields {
            headers.insert(
                axum::http::HeaderName::try_from(*name).unwrap(),
                value.parse().unwrap(),
            );
        }
        assert_eq!(from_here(&headers), allowed, "{fields:?}");
    }
}

#[test]
fn an_origin_without_a_host_to_compare_with_is_refused() {
    let mut headers = HeaderMap::new();
    headers.insert(header::ORIGIN, "http://ot:8000".parse().unwrap());
    assert!(!from_here(&headers));
}
