//! The exit codes, defined once: the manual prints this table and `main` obeys it.

use tonic::Code;

/// How a run ended, as a script sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// What was asked for was done.
    Done = 0,
    /// The service was reached, its identity proven, and it said no.
    Refused = 1,
    /// The command line is wrong; nothing was changed.
    Usage = 2,
    /// No secured connection, no answer in time, or a fault at either end.
    Failed = 3,
}

/// Every exit code with the sentence that the manual prints for it.
pub const TABLE: [(Exit, &str); 4] = [
    (
        Exit::Done,
        "done: the booking was found and printed, the command did what it was told",
    ),
    (
        Exit::Refused,
        "the service refused: PERMISSION_DENIED, NOT_FOUND, INVALID_ARGUMENT, FAILED_PRECONDITION, \
         ABORTED, ALREADY_EXISTS, OUT_OF_RANGE; or rows of an import were refused, or the audit \
         record is not intact",
    ),
    (
        Exit::Usage,
        "the command line is wrong; nothing was changed",
    ),
    (
        Exit::Failed,
        "the service was not reached, could not be secured or failed: UNAVAILABLE, UNKNOWN, \
         DEADLINE_EXCEEDED, INTERNAL and every other status",
    ),
];

impl Exit {
    /// The exit code for a call that ended with `code`.
    pub fn of(code: Code) -> Self {
        match code {
            Code::Ok => Self::Done,
            Code::PermissionDenied
            | Code::NotFound
            | Code::InvalidArgument
            | Code::FailedPrecondition
            | Code::Aborted
            | Code::AlreadyExists
            | Code::OutOfRange => Self::Refused,
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
#[path = "exit_tests.rs"]
mod tests;
