//! What command lines mean: the definitions, the manual, a table of forms, a table of refusals, and
//! anything at all.

use std::time::Duration;

use booking_proto::otbooking::BookingRequest;
use proptest::prelude::*;

use super::*;
use crate::printable::hostile_text;

const SERVER: &str = "prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com";

/// The article's call as it was typed: whom it asks, what, and how long it may take.
#[derive(Debug)]
struct Call {
    endpoint: Endpoint,
    booking: BookingRequest,
    timeout: Duration,
}

impl Call {
    fn from_cli(cli: Cli) -> Result<Self, UsageError> {
        Ok(Self {
            endpoint: cli.endpoint()?,
            booking: cli.booking.into_request(),
            timeout: cli.common.timeout,
        })
    }
}

fn meant(arguments: &[&str]) -> Result<Call, UsageError> {
    let argv = std::iter::once("booking-client").chain(arguments.iter().copied());
    Call::from_cli(parse(argv).expect("clap accepts these"))
}

fn accounts(call: &Call) -> Vec<&str> {
    call.endpoint.targets.iter().map(AsRef::as_ref).collect()
}

#[test]
fn the_definitions_are_consistent() {
    definitions().debug_assert();
}

#[test]
fn the_manual_has_examples_and_every_exit_code() {
    let help = definitions().render_long_help().to_string();
    assert!(help.contains("10.128.0.2:8080"), "{help}");
    for (exit, meaning) in exit::TABLE {
        let words: String = format!("{}  {meaning}", exit as u8)
            .split_whitespace()
            .collect();
        assert!(
            help.split_whitespace().collect::<String>().contains(&words),
            "{help}"
        );
    }
}

#[test]
fn the_articles_call_needs_nothing_but_address_and_account() {
    let call = meant(&["10.128.0.2:8080", SERVER]).unwrap();
    assert_eq!(call.endpoint.address.as_str(), "10.128.0.2:8080");
    assert_eq!(accounts(&call), [SERVER]);
    assert_eq!(call.booking.patient_id, "PT-1204");
    assert_eq!(call.booking.doctor_id, "DC-3904");
    assert_eq!(call.booking.description, "");
    assert_eq!(call.timeout, Duration::from_secs(20));
}

#[test]
fn commas_and_spaces_separate_alike() {
    let forms: [&[&str]; 5] = [
        &["host:1", "a@x", "b@x", "c@x"],
        &["host:1,a@x,b@x,c@x"],
        &["host:1,a@x", "b@x,c@x"],
        &["host:1", "a@x,b@x", "c@x"],
        &["host:1", "a@x", "b@x", "a@x", "c@x"],
    ];
    for form in forms {
        let call = meant(form).unwrap();
        assert_eq!(call.endpoint.address.as_str(), "host:1", "{form:?}");
        assert_eq!(accounts(&call), ["a@x", "b@x", "c@x"], "{form:?}");
    }
}

#[test]
fn flags_change_the_question() {
    let call = meant(&[
        "--patient",
        "PT-9",
        "--doctor=DC-9",
        "--description",
        "-hernia",
        "--timeout",
        "500ms",
        "h:1",
        "a@x",
    ])
    .unwrap();
    assert_eq!(call.booking.patient_id, "PT-9");
    assert_eq!(call.booking.doctor_id, "DC-9");
    assert_eq!(call.booking.description, "-hernia");
    assert_eq!(call.timeout, Duration::from_millis(500));
}

#[test]
fn every_kind_of_address_is_understood() {
    for address in [
        "10.128.0.2:8080",
        "localhost:1",
        "ot.internal.:65535",
        "[::1]:8080",
        "a_b-c:80",
    ] {
        assert_eq!(
            meant(&[address, "a@x"]).unwrap().endpoint.address.as_str(),
            address
        );
    }
}

#[test]
fn a_wrong_address_is_told_what_is_wrong_with_it() {
    let long = format!("{}:80", "h".repeat(254));
    let table = [
        ("", "port is missing"),
        ("localhost", "port is missing"),
        ("localhost:", "from 1 to 65535"),
        ("localhost:0", "from 1 to 65535"),
        ("localhost:65536", "from 1 to 65535"),
        ("localhost:+80", "from 1 to 65535"),
        ("localhost:http", "from 1 to 65535"),
        (":8080", "host is missing"),
        ("::1:8080", "needs brackets"),
        ("[::g]:8080", "no IPv6 address"),
        ("http://localhost:8080", "scheme"),
        ("local host:8080", "only letters"),
        ("localhost/x:8080", "only letters"),
        ("\u{1b}[2J:8080", "only letters"),
        (SERVER, "comes first"),
        (long.as_str(), "253"),
    ];
    for (address, complaint) in table {
        let error = meant(&[address, "a@x"]).unwrap_err().to_string();
        assert!(error.contains(complaint), "{address}: {error}");
        assert!(!error.contains('\u{1b}'), "{address}");
    }
}

#[test]
fn somebody_must_be_expected_at_the_other_end() {
    assert_eq!(meant(&["host:1"]).unwrap_err(), UsageError::NoAccount);
    for form in [
        &["host:1,"][..],
        &["host:1", ""],
        &["host:1,a@x,,b@x"],
        &["host:1", "a@x,"],
    ] {
        assert_eq!(meant(form).unwrap_err(), UsageError::EmptyItem, "{form:?}");
    }
    let spaced = meant(&["host:1", "a b"]).unwrap_err();
    assert!(matches!(spaced, UsageError::Account(..)), "{spaced}");
}

#[test]
fn a_command_is_named_first_and_never_taken_for_an_account() {
    let misplaced = meant(&["host:1", "a@x", "cases", "list"]).unwrap_err();
    assert!(
        misplaced.to_string().contains("'cases' is a command"),
        "{misplaced}"
    );
    let mistyped = meant(&["case", "list"]).unwrap_err().to_string();
    assert!(
        mistyped.contains("'booking-client help' lists them"),
        "{mistyped}"
    );
}

#[test]
fn commands_are_told_the_service_by_flags_and_share_nothing_with_the_articles_call() {
    let endpoint = |arguments: &[&str]| {
        let argv = std::iter::once("booking-client").chain(arguments.iter().copied());
        parse(argv).expect("clap accepts these").endpoint()
    };
    let named = ["--server", "host:1", "--server-account", "a@x,b@x"];
    for place in [0, 2] {
        let mut arguments = vec!["cases", "list"];
        arguments.splice(place..place, named);
        let endpoint = endpoint(&arguments).unwrap();
        assert_eq!(endpoint.address.as_str(), "host:1");
        assert_eq!(endpoint.targets.len(), 2);
    }
    assert_eq!(endpoint(&["schedule"]).unwrap_err(), UsageError::NoServer);
    assert_eq!(
        endpoint(&["schedule", "--server", "host:1"]).unwrap_err(),
        UsageError::NoAccount
    );
    let mixed = endpoint(&["--patient", "PT-1", "schedule"]).unwrap_err();
    assert_eq!(mixed, UsageError::MixedForms("--patient"));
}

proptest! {
    #[test]
    fn no_command_line_panics(arguments in prop::collection::vec(
        prop_oneof![
            hostile_text(),
            "(--?[a-z-]{0,20}=?)?[ -~]{0,20}",
            "[a-z.:,@\\[\\]0-9]{0,30}",
            Just("--timeout".to_owned()),
            Just("--output".to_owned()),
            Just("--".to_owned()),
        ],
        0..8,
    )) {
        let argv = std::iter::once("booking-client".to_owned()).chain(arguments);
        if let Ok(cli) = parse(argv)
            && let Ok(call) = Call::from_cli(cli)
        {
            prop_assert!(!call.endpoint.targets.is_empty());
            prop_assert!(call.endpoint.address.as_str().contains(':'));
        }
    }

    #[test]
    fn no_complaint_steers_the_terminal(first in hostile_text(), second in hostile_text()) {
        let argv = ["booking-client", "--", &first, &second];
        if let Ok(cli) = parse(argv)
            && let Err(error) = Call::from_cli(cli)
        {
            prop_assert!(!error.to_string().chars().any(crate::printable::steers), "{error}");
        }
    }
}
