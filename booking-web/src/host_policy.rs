//! Under which names the front end answers.
//!
//! A front end on loopback has no sign-in: being on the machine is the sign-in. A page elsewhere
//! could have its own name resolve to 127.0.0.1 ("DNS rebinding") and then read answers as its own
//! origin; it cannot forge the `Host` that the browser sends. So on loopback only loopback names
//! are answered, plus those given with `--public-host`. On other addresses the network decides who
//! may connect, and any name is answered unless some were given.

use std::net::{IpAddr, SocketAddr};

use axum::http::uri::Authority;

/// Which `Host` headers are answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPolicy {
    loopback: bool,
    public: Vec<String>,
}

impl HostPolicy {
    /// The policy for a front end that listens on `address` and is also known as `public`.
    pub fn new(address: SocketAddr, public: Vec<String>) -> Self {
        Self {
            loopback: address.ip().is_loopback(),
            public,
        }
    }

    /// Whether a request for `host` (a `Host` header's value) is for us.
    pub(crate) fn answers(&self, host: &str) -> bool {
        if !self.loopback && self.public.is_empty() {
            return true;
        }
        let Ok(authority) = host.parse::<Authority>() else {
            return false;
        };
        let name = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        let is = |known: &String| known.eq_ignore_ascii_case(name);
        names_loopback(name) || self.public.iter().any(is)
    }
}

fn names_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
#[path = "host_policy_tests.rs"]
mod tests;
