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

use std::{error::Error, fmt, io, time::Duration};

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{exit::Exit, printable::Printable, request::UsageError};

/// The longest cause that is shown. A peer chooses its words; it does not choose to fill a screen.
const MAX_CAUSE_CHARS: usize = 600;

/// The most reasons that are listed; a day's list has fewer cases.
const MAX_REASONS: usize = 100;

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
            reasons: Vec::new(),
            word: String::new(),
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
            ..Self::new(Code::Unknown, said)
        }
    }

    /// A stream that ended though it should not have.
    pub fn lost(said: &str) -> Self {
        Self::new(Code::Unavailable, said)
    }

    /// What the transport or the service answered to a command. The article's call has one line.
    pub fn in_command(status: &Status) -> Self {
        let mut failure = Self::from_status(status);
        if failure.remedy == remedy(failure.code) {
            failure.remedy = command_remedy(failure.code).to_owned();
        }
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

    /// What the transport or the service answered instead of a booking, on one line.
    pub fn from_status(status: &Status) -> Self {
        match alts::Error::from_status(status) {
            Some(error) => Self::from_alts(error),
            None => Self {
                word: word(status),
                ..Self::from_service(status.code(), &said_or_source(status))
            },
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
            reasons: Vec::new(),
            word: String::new(),
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
            reasons: Vec::new(),
            word: String::new(),
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

/// What the service has against something: each reason as a line, and its sentence alone.
struct Reasons {
    lines: Vec<String>,
    sentences: Vec<String>,
    /// What they are about, for one and for several.
    what: (&'static str, &'static str),
}

impl Reasons {
    /// Every broken rule and every wrong field that the service names.
    fn of(status: &Status) -> Self {
        let details = status.get_error_details();
        let rules = details.precondition_failure().into_iter();
        let rules = rules.flat_map(|failure| &failure.violations);
        let fields = details.bad_request().into_iter();
        let fields = fields.flat_map(|request| &request.field_violations);
        let what = if rules.clone().next().is_some() {
            ("a rule stands against it", "rules stand against it")
        } else {
            ("a field is wrong", "fields are wrong")
        };
        let rules = rules.map(|rule| {
            let about = [rule.r#type.as_str(), rule.subject.as_str()];
            let about = about.into_iter().filter(|part| !part.is_empty());
            (
                about.collect::<Vec<_>>().join(" "),
                rule.description.clone(),
            )
        });
        let fields = fields.map(|field| (field.field.clone(), field.description.clone()));
        let all = rules.chain(fields).take(MAX_REASONS);
        let (lines, sentences) = all
            .map(|(about, sentence)| (bounded(&format!("{about}: {sentence}")), sentence))
            .unzip();
        Self {
            lines,
            sentences,
            what,
        }
    }

    /// A cause that does not say again what the lines below it say.
    fn in_short(&self, cause: &str) -> Option<String> {
        let told = self
            .sentences
            .iter()
            .all(|sentence| cause.contains(sentence.as_str()));
        match self.lines.len() {
            0 => None,
            _ if !told => None,
            1 => Some(self.what.0.to_owned()),
            many => Some(format!("{many} {}", self.what.1)),
        }
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
    fn every_broken_rule_and_every_wrong_field_is_listed() {
        use tonic_types::{ErrorDetails, PreconditionViolation};
        let mut details = ErrorDetails::new();
        details
            .set_error_info("THEATRE_DOUBLE_BOOKED", "otbooking", [])
            .set_precondition_failure([
                PreconditionViolation::new("R1", "cases/1", "OT-1 is taken from 09:00 to 10:30"),
                PreconditionViolation::new("R8", "", "no session\u{1b}[2J"),
            ])
            .add_bad_request_violation("case.patient", "is empty");
        let status =
            Status::with_error_details(Code::FailedPrecondition, "3 rules are broken", details);
        let failure = Failure::in_command(&status);
        assert_eq!(failure.word(), "THEATRE_DOUBLE_BOOKED");
        let shown = failure.to_string();
        let lines: Vec<&str> = shown.lines().collect();
        assert!(
            lines[0].starts_with("FAILED_PRECONDITION: 3 rules are broken; choose otherwise"),
            "{shown}"
        );
        assert_eq!(
            lines[1..],
            [
                "  R1 cases/1: OT-1 is taken from 09:00 to 10:30",
                "  R8: no session\\u{1b}[2J",
                "  case.patient: is empty",
            ]
        );
    }

    #[test]
    fn a_message_that_only_strings_the_reasons_together_is_not_said_twice() {
        use tonic_types::{ErrorDetails, PreconditionViolation};
        let sentences = ["OT-1 is taken", "DC-1 is away"];
        for (count, cause) in [
            (1, "a rule stands against it"),
            (2, "2 rules stand against it"),
        ] {
            let rules = sentences.map(|said| PreconditionViolation::new("R1", "", said));
            let details = ErrorDetails::with_precondition_failure(&rules[..count]);
            let said = sentences[..count].join("; ");
            let status = Status::with_error_details(Code::FailedPrecondition, said, details);
            let shown = Failure::in_command(&status).to_string();
            assert!(
                shown.starts_with(&format!("FAILED_PRECONDITION: {cause}; choose")),
                "{shown}"
            );
            assert_eq!(shown.lines().count(), 1 + count, "{shown}");
        }
        let details = ErrorDetails::with_bad_request_violation("plan.theatre", "is empty");
        let status =
            Status::with_error_details(Code::InvalidArgument, "plan.theatre is empty", details);
        assert_eq!(
            Failure::in_command(&status).to_string(),
            "INVALID_ARGUMENT: a field is wrong; correct what is named\n  plan.theatre: is empty"
        );
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
