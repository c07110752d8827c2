//! What went wrong with a call, in words.

use tonic::Status;

/// tonic's own text is "transport error"; the cause is at the bottom.
pub(super) fn cause(status: &Status) -> String {
    let mut cause: &dyn std::error::Error = status;
    while let Some(source) = cause.source() {
        cause = source;
    }
    // A status without a source prints all of itself, metadata included.
    if std::ptr::addr_eq(std::ptr::from_ref(cause), std::ptr::from_ref(status)) {
        return status.message().to_owned();
    }
    cause.to_string()
}
