//! A file of the front end's own that cannot be used.

use std::{fmt::Display, path::Path};

/// Which, and why.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the {what} {path}: {cause}")]
pub struct FileError {
    what: &'static str,
    path: String,
    cause: String,
}

impl FileError {
    pub(super) fn new(what: &'static str, path: &Path, cause: impl Display) -> Self {
        Self {
            what,
            path: path.display().to_string(),
            cause: cause.to_string(),
        }
    }
}
