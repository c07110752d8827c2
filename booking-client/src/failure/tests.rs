//! What a person reads when something was not done.

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
        let squashed: String = code_name(code).chars().filter(|c| *c != '_').collect();
        assert!(
            squashed.eq_ignore_ascii_case(&format!("{code:?}")),
            "{code:?}: {squashed}"
        );
        assert!(line.starts_with(code_name(code)), "{line}");
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
