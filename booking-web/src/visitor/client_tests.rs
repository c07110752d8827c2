//! Tests of `client.rs`.

use super::*;

#[test]
fn only_what_a_believed_proxy_says_of_a_client_is_believed() {
    let proxies = ["10.0.0.7", "10.0.0.8"].map(|proxy| proxy.parse().unwrap());
    let table: [(&str, &[&str], &str); 8] = [
        ("192.0.2.1", &[], "192.0.2.1"),
        ("192.0.2.1", &["198.51.100.9"], "192.0.2.1"),
        ("10.0.0.7", &[], "10.0.0.7"),
        ("10.0.0.7", &["198.51.100.9"], "198.51.100.9"),
        ("::ffff:10.0.0.7", &["198.51.100.9"], "198.51.100.9"),
        ("10.0.0.7", &["203.0.113.5, 198.51.100.9"], "198.51.100.9"),
        (
            "10.0.0.7",
            &["203.0.113.5", "198.51.100.9, 10.0.0.8"],
            "198.51.100.9",
        ),
        ("10.0.0.7", &["203.0.113.5, unknown"], "10.0.0.7"),
    ];
    for (peer, said, client_) in table {
        let mut headers = HeaderMap::new();
        for value in said {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let found = client(peer.parse().ok(), &headers, &proxies);
        assert_eq!(found, client_.parse().ok(), "{peer} {said:?}");
    }
}
