//! What a caller is told when a call dies without the server's having said why.
//!
//! tonic answers `UNAVAILABLE`, `UNKNOWN` or `CANCELLED` for the same broken connection, by the
//! moment it broke. Here it is always the status of our own cause where there is one, and
//! `UNAVAILABLE` where the connection just went away.

use std::error::Error as StdError;

use tonic::{Code, Status, TimeoutExpired};

use super::established::Ends;
use crate::Error;

/// The status of a call that got no response; `ends` are those of the connections that it may
/// have died with.
pub(super) fn status_of(error: &(dyn StdError + 'static), ends: &Ends) -> Status {
    if let Some(ours) = Error::find(error) {
        return ours.clone().into();
    }
    let mut cause = error;
    loop {
        if cause.is::<TimeoutExpired>() {
            return too_late();
        }
        // A message of the caller's own that could not be encoded.
        if let Some(status) = cause.downcast_ref::<Status>() {
            return Status::new(status.code(), status.message());
        }
        match cause.source() {
            Some(source) => cause = source,
            None => break,
        }
    }
    if let Some(ours) = ends.cause() {
        return ours.clone().into();
    }
    Status::unavailable(format!(
        "the connection was lost: {cause}; repeat the call if it is safe to"
    ))
}

/// A response that breaks off because of its connection is `UNAVAILABLE`, with our cause if it
/// was one; what the server itself said stands.
pub(super) fn explain(status: Status, ends: &Ends) -> Status {
    match status.source() {
        Some(source) if status.code() == Code::Unknown => status_of(source, ends),
        _ => status,
    }
}

/// The status of a call whose deadline has passed.
pub(super) fn too_late() -> Status {
    Status::deadline_exceeded(
        "no answer within the call's deadline; allow more time, or check that the server runs",
    )
}

/// The status of a call whose headers were more than the server takes, which HTTP/2 says by number
/// alone.
pub(super) fn metadata_too_large() -> Status {
    Status::resource_exhausted(
        "the call's metadata is more than the server takes, which is 16 KiB where nobody set it \
         otherwise; send less of it, or send it in the message",
    )
}
