//! From where somebody comes who comes through a proxy: as far as it is a proxy that is believed.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};

/// Each proxy adds from where it was asked, at the end. Anything before that is the visitor's word.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The last address that is not one of `proxies`, of those that these have vouched for.
pub(crate) fn client(
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    proxies: &[IpAddr],
) -> Option<IpAddr> {
    let mut client = peer?.to_canonical();
    let named: Vec<_> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .collect();
    for name in named.into_iter().rev() {
        if !proxies.contains(&client) {
            break;
        }
        match name.trim().parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    Some(client)
}

#[cfg(test)]
mod tests {
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
}
