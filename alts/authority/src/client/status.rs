//! What went wrong with a call, in words.

use std::error::Error;

use alts_daemon::admin::client::innermost;
use tonic::Status;

/// A status without a source prints all of itself, metadata included: then it is its message.
pub(super) fn cause(status: &Status) -> String {
    match status.source() {
        None => status.message().to_owned(),
        Some(source) => innermost(source),
    }
}
