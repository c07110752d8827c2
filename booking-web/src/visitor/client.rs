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
#[path = "client_tests.rs"]
mod tests;
