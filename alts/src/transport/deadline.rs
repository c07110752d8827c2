//! A call's deadline, taken from its `grpc-timeout` header, so that it covers connecting too.
//!
//! tonic starts that clock only once there is a connection: without this, a call with a deadline
//! of 100 ms would wait 20 s for a peer that does not finish its handshake.

use std::time::Duration;

use http::HeaderMap;

/// The header's name (gRPC over HTTP/2, "Requests").
const GRPC_TIMEOUT: &str = "grpc-timeout";
/// The most digits that its number may have (same).
const MAX_DIGITS: usize = 8;

/// How long the caller wants to wait; `None` when it does not say, or says it wrongly, which is
/// the server's to refuse.
pub(super) fn of(headers: &HeaderMap) -> Option<Duration> {
    parse(headers.get(GRPC_TIMEOUT)?.to_str().ok()?)
}

fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > MAX_DIGITS {
        return None;
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 60 * 60),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
#[path = "deadline_tests.rs"]
mod tests;
