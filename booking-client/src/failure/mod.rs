//! Why something was not done: a status, a cause and a remedy, on one line; below it, what the service
//! has against it, one reason a line.
//!
//! ```text
//!   booking-client: FAILED_PRECONDITION: <what happened>; <what to do>
//!     R1 cases/0190b5c4: OT-1 is taken from 09:00 to 10:30
//!     R8 sessions/s-17: the session belongs to orthopaedics
//! ```
//!
//! Failures of the secured transport bring their own cause and remedy ([`alts::Error`]); for what
//! the service says, the remedy comes from the table in this file.

mod reasons;

use std::{error::Error, fmt, io, time::Duration};

use booking_proto::contract::reason::code_name;
use theatre_log::CivilError;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use self::reasons::{Reasons, bounded};
use crate::{exit::Exit, printable::Printable, reading::UsageError};

/// Something that was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    exit: Exit,
    code: Code,
    cause: String,
    remedy: String,
    /// What the service has against it, one sentence each.
    reasons: Vec<String>,
    /// A word for programs, such as `THEATRE_DOUBLE_BOOKED`; empty when the service gave none.
    word: String,
    /// Nothing that the service or the way to it has to do with.
    is_local: bool,
}

impl Failure {
    /// No answer within `timeout`, whatever it was that took so long.
    pub fn deadline(timeout: Duration) -> Self {
        Self::new(
            Code::DeadlineExceeded,
            &format!("no answer within {timeout:?}"),
        )
    }

    /// An answer arrived but nothing says who gave it: it must not be believed.
    pub fn unproven() -> Self {
        Self {
            remedy: "this is a defect of booking-client; please report it".to_owned(),
            is_local: true,
            ..Self::new(
                Code::Internal,
                "the answer carries no verified identity, so it was thrown away",
            )
        }
    }

    /// What was typed means nothing, as could only be seen with the service's help. `said` names the
    /// remedy too.
    pub fn usage(said: &str) -> Self {
        Self {
            exit: Exit::Usage,
            remedy: String::new(),
            ..Self::new(Code::InvalidArgument, said)
        }
    }

    /// Something here, not at the service: a file, a pipe. `said` names the remedy too.
    pub fn here(said: &str) -> Self {
        Self {
            exit: Exit::Failed,
            remedy: String::new(),
            is_local: true,
            ..Self::new(Code::Unknown, said)
        }
    }

    /// A stream that ended though it should not have.
    pub fn lost(said: &str) -> Self {
        Self::new(Code::Unavailable, said)
    }

    /// What the transport or the service answered to a command. The article's call has one line.
    pub fn in_command(status: &Status) -> Self {
        let mut failure = Self::of(status, command_remedy);
        let reasons = Reasons::of(status);
        if let Some(cause) = reasons.in_short(status.message()) {
            failure.cause = cause;
            failure.remedy = command_remedy(failure.code).to_owned();
        }
        failure.reasons = reasons.lines;
        failure
    }

    /// The status that it is.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The service's word for it, for programs; empty when it gave none.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Whether it is only that nobody reads any longer (`| head`): they have what they wanted.
    pub fn is_unread(&self) -> bool {
        self.word == UNREAD
    }

    /// Whether it is of this machine alone (a file, a pipe, a defect), so that asking again is no use.
    pub fn is_local(&self) -> bool {
        self.is_local
    }

    /// What the transport or the service answered instead of a booking, on one line.
    pub fn from_status(status: &Status) -> Self {
        Self::of(status, remedy)
    }

    fn of(status: &Status, remedy: fn(Code) -> &'static str) -> Self {
        if let Some(error) = alts::Error::from_status(status) {
            return Self::from_alts(error);
        }
        let said = said_or_source(status);
        // One that keeps to the form of this suite's errors has put a remedy behind a semicolon, and
        // knows better than our table.
        let remedy = match said.contains("; ") {
            true => "",
            false => remedy(status.code()),
        };
        Self {
            remedy: remedy.to_owned(),
            word: word(status),
            ..Self::new(status.code(), &said)
        }
    }

    /// A failure of the secured transport.
    pub fn from_alts(error: &alts::Error) -> Self {
        Self {
            remedy: error.remedy().to_owned(),
            exit: match error {
                alts::Error::Misconfigured(_) => Exit::Usage,
                _ => Exit::Failed,
            },
            ..Self::new(error.code(), &error.to_string())
        }
    }

    fn new(code: Code, cause: &str) -> Self {
        Self {
            exit: Exit::of(code),
            code,
            cause: bounded(cause),
            remedy: remedy(code).to_owned(),
            reasons: Vec::new(),
            word: String::new(),
            is_local: false,
        }
    }

    /// The exit code of a run that ends with this.
    pub fn exit(&self) -> Exit {
        self.exit
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", code_name(self.code), Printable(&self.cause))?;
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        for reason in &self.reasons {
            write!(f, "\n  {}", Printable(reason))?;
        }
        Ok(())
    }
}

impl Error for Failure {}

/// The word of a failure that is only a reader who left.
const UNREAD: &str = "UNREAD";

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let mut failure = Self::here(&format!(
            "cannot write the answer: {error}; check where stdout leads"
        ));
        if error.kind() == io::ErrorKind::BrokenPipe {
            failure.word = UNREAD.to_owned();
        }
        failure
    }
}

impl From<UsageError> for Failure {
    fn from(error: UsageError) -> Self {
        Self::usage(&error.to_string())
    }
}

impl From<CivilError> for Failure {
    fn from(error: CivilError) -> Self {
        UsageError::from(error).into()
    }
}

fn word(status: &Status) -> String {
    let details = status.get_error_details();
    details
        .error_info()
        .map(|info| bounded(&info.reason))
        .unwrap_or_default()
}

/// The status's own words or, when it has none, those of the error under it.
fn said_or_source(status: &Status) -> String {
    if !status.message().is_empty() {
        return status.message().to_owned();
    }
    match status.source() {
        Some(source) => source.to_string(),
        None => "no reason was given".to_owned(),
    }
}

/// What to do about a status that did not come from the secured transport.
fn remedy(code: Code) -> &'static str {
    match code {
        Code::PermissionDenied => {
            "have the service's operator allow this machine's service account, or run this on a \
             machine whose account is allowed"
        }
        Code::NotFound => "check --patient, --doctor and --description",
        Code::InvalidArgument => "correct --patient, --doctor or --description",
        Code::FailedPrecondition => "do what the cause asks for, then try again",
        Code::DeadlineExceeded => {
            "check that the service runs and is not overloaded, or allow more with --timeout"
        }
        Code::Unavailable | Code::ResourceExhausted | Code::Aborted | Code::Cancelled => {
            "check that the service runs at ADDRESS, then try again"
        }
        Code::Unimplemented => "check that ADDRESS is an OT booking service of this version",
        Code::Unauthenticated => "check that ADDRESS is an OT booking service that speaks ALTS",
        _ => "look for the cause in the service's log",
    }
}

/// The same for commands, which are not about one patient and one doctor.
fn command_remedy(code: Code) -> &'static str {
    match code {
        Code::PermissionDenied => {
            "have the service's operator give this machine's service account, and the person it \
             acts for, a role that may"
        }
        Code::NotFound => "check the name; 'list' shows those that are there",
        Code::InvalidArgument => "correct what is named",
        Code::FailedPrecondition => {
            "choose otherwise, or set aside with --override what may be set aside"
        }
        Code::Aborted => "somebody else was faster: look again, then decide again",
        Code::AlreadyExists => "choose another identifier",
        Code::OutOfRange => "start again from the beginning",
        Code::Unavailable | Code::ResourceExhausted | Code::Cancelled => {
            "check that the service runs at --server, then try again"
        }
        Code::Unimplemented => "check that --server is an OT booking service of this version",
        Code::Unauthenticated => "check that --server is an OT booking service that speaks ALTS",
        _ => remedy(code),
    }
}

#[cfg(test)]
mod tests;
