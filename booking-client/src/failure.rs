//! Why a call did not end with a booking: a status, a cause and a remedy, on one line.
//!
//! ```text
//!   booking-client: UNAVAILABLE: <what happened>; <what to do>
//! ```
//!
//! Failures of the secured transport bring their own cause and remedy ([`alts::Error`]); for what
//! the service says, the remedy comes from the table in this file.

use std::{error::Error, fmt, time::Duration};

use tonic::{Code, Status};

use crate::{exit::Exit, printable::Printable};

/// The longest cause that is shown. A peer chooses its words; it does not choose to fill a screen.
const MAX_CAUSE_CHARS: usize = 600;

/// A call that did not end with a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    exit: Exit,
    code: Code,
    cause: String,
    remedy: String,
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
            exit: Exit::Failed,
            code: Code::Internal,
            cause: "the answer carries no verified identity, so it was thrown away".to_owned(),
            remedy: "this is a defect of booking-client; please report it".to_owned(),
        }
    }

    /// What the transport or the service answered instead of a booking.
    pub fn from_status(status: &Status) -> Self {
        match alts::Error::from_status(status) {
            Some(error) => Self::from_alts(error),
            None => Self::from_service(status.code(), &said_or_source(status)),
        }
    }

    /// A failure of the secured transport.
    pub fn from_alts(error: &alts::Error) -> Self {
        Self {
            exit: match error {
                alts::Error::Misconfigured(_) => Exit::Usage,
                _ => Exit::Failed,
            },
            code: error.code(),
            cause: bounded(&error.to_string()),
            remedy: error.remedy().to_owned(),
        }
    }

    /// What the service itself said. One that keeps to the form of this suite's errors has put a
    /// remedy behind a semicolon, and knows better than our table.
    fn from_service(code: Code, said: &str) -> Self {
        let mut failure = Self::new(code, said);
        if said.contains("; ") {
            failure.remedy.clear();
        }
        failure
    }

    fn new(code: Code, cause: &str) -> Self {
        Self {
            exit: Exit::of(code),
            code,
            cause: bounded(cause),
            remedy: remedy(code).to_owned(),
        }
    }

    /// The exit code of a run that ends with this.
    pub fn exit(&self) -> Exit {
        self.exit
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", name(self.code), Printable(&self.cause))?;
        if self.remedy.is_empty() {
            return Ok(());
        }
        write!(f, "; {}", self.remedy)
    }
}

impl Error for Failure {}

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

fn bounded(text: &str) -> String {
    match text.char_indices().nth(MAX_CAUSE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
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

/// The status's name as every gRPC library spells it.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_refusal_names_status_cause_and_remedy_on_one_line() {
        let status = Status::permission_denied("Client a@b is not authorized");
        assert_eq!(
            Failure::from_status(&status).to_string(),
            "PERMISSION_DENIED: Client a@b is not authorized; have the service's operator allow \
             this machine's service account, or run this on a machine whose account is allowed"
        );
    }

    #[test]
    fn a_service_that_names_a_remedy_itself_has_the_last_word() {
        let status = Status::invalid_argument("patientID is empty; give the hospital's number");
        assert_eq!(
            Failure::from_status(&status).to_string(),
            "INVALID_ARGUMENT: patientID is empty; give the hospital's number"
        );
    }

    #[test]
    fn a_transport_failure_brings_its_own_code_cause_and_remedy() {
        let error = alts::Error::NoCredential {
            detail: "account is disabled".to_owned(),
        };
        let failure = Failure::from_status(&Status::from(error.clone()));
        assert_eq!(
            failure.to_string(),
            format!("UNAVAILABLE: {error}; {}", error.remedy())
        );
        assert_eq!(failure.exit(), Exit::Failed);
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_a_usage_error() {
        let error = alts::Error::Misconfigured("handshaker address".to_owned());
        assert_eq!(Failure::from_alts(&error).exit(), Exit::Usage);
    }

    #[test]
    fn every_status_has_its_grpc_name_a_cause_and_a_remedy() {
        for raw in 1..=16 {
            let code = Code::from_i32(raw);
            let line = Failure::from_status(&Status::new(code, "")).to_string();
            let squashed: String = name(code).chars().filter(|c| *c != '_').collect();
            assert!(
                squashed.eq_ignore_ascii_case(&format!("{code:?}")),
                "{code:?}: {squashed}"
            );
            assert!(line.starts_with(name(code)), "{line}");
            assert!(line.contains("no reason was given; "), "{line}");
        }
    }

    #[test]
    fn a_long_speech_is_cut() {
        let line = Failure::from_status(&Status::internal("é".repeat(100_000))).to_string();
        assert!(line.chars().count() < 800, "{}", line.len());
    }

    proptest! {
        #[test]
        fn nothing_the_network_says_steers_the_terminal(raw in 1..17, said in crate::printable::hostile_text()) {
            let line = Failure::from_status(&Status::new(Code::from_i32(raw), said)).to_string();
            prop_assert!(!line.chars().any(crate::printable::steers), "{line:?}");
        }
    }
}
