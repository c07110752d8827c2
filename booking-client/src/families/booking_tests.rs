//! What a person and a script see.

use std::{
    cell::RefCell,
    io::{self, Write},
    rc::Rc,
};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    printable::{hostile_text, steers},
    reading::OutputFormat,
};

fn answer(booking_date: &str, condition: &str) -> Answer {
    Answer {
        booking_date: Some(booking_date.to_owned()).filter(|date| !date.is_empty()),
        condition: condition.to_owned(),
        peer: Peer {
            service_account: "svc@example.org".to_owned(),
            local_service_account: Some("me@example.org".to_owned()),
            application_protocol: "grpc".to_owned(),
            record_protocol: "ALTSRP_GCM_AES128_REKEY".to_owned(),
            security_level: "INTEGRITY_AND_PRIVACY".to_owned(),
            rpc_versions: Versions {
                min: "2.0".to_owned(),
                max: "2.1".to_owned(),
            },
        },
    }
}

/// Text or JSON, with the condition and the peer or without.
type Style = (OutputFormat, bool);

const QUIET: Style = (OutputFormat::Text, false);
const CHATTY: Style = (OutputFormat::Text, true);
const JSON: Style = (OutputFormat::Json, false);

fn print(out: impl Write + 'static, answer: &Answer, (format, all): Style) -> io::Result<()> {
    let mut printer = Printer::new(out, format, all);
    printer.value(answer, || answer.text(all, all))?;
    printer.flush()
}

/// A writer whose text somebody reads later.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn printed(answer: &Answer, style: Style) -> String {
    let out = Shared::default();
    print(out.clone(), answer, style).unwrap();
    String::from_utf8(out.0.take()).unwrap()
}

#[test]
fn the_articles_line_is_printed_to_the_letter_and_nothing_else() {
    let found = answer("01-Jun-2024 11:30", "Gall bladder stone");
    assert_eq!(
        printed(&found, QUIET),
        "Date of booking: 01-Jun-2024 11:30\n"
    );
}

#[test]
fn condition_and_peer_follow_when_asked_for() {
    let found = answer("01-Jun-2024 11:30", "Gall bladder stone");
    assert_eq!(
        printed(&found, CHATTY),
        "Date of booking: 01-Jun-2024 11:30\n\
         Condition: Gall bladder stone\n\
         Server proved to be: svc@example.org\n\
         Record protocol: ALTSRP_GCM_AES128_REKEY\n\
         Security level: INTEGRITY_AND_PRIVACY\n"
    );
}

#[test]
fn a_case_without_a_date_is_a_sentence_in_text_and_null_in_json() {
    let waiting = answer("", "Hernia");
    assert_eq!(
        printed(&waiting, QUIET),
        "Not scheduled yet: the case is waiting for a date.\n"
    );
    let document: Value = serde_json::from_str(&printed(&waiting, JSON)).unwrap();
    assert_eq!(document["bookingDate"], Value::Null);
}

#[test]
fn json_is_one_line_with_everything_in_it() {
    let line = printed(&answer("01-Jun-2024 11:30", "Gall bladder stone"), JSON);
    assert_eq!(line.matches('\n').count(), 1);
    let document: Value = serde_json::from_str(&line).unwrap();
    let expected = json!({
        "bookingDate": "01-Jun-2024 11:30",
        "condition": "Gall bladder stone",
        "peer": {
            "serviceAccount": "svc@example.org",
            "localServiceAccount": "me@example.org",
            "applicationProtocol": "grpc",
            "recordProtocol": "ALTSRP_GCM_AES128_REKEY",
            "securityLevel": "INTEGRITY_AND_PRIVACY",
            "rpcVersions": { "min": "2.0", "max": "2.1" },
        },
    });
    assert_eq!(document, expected);
}

/// A writer that fails at once, in a given way.
struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Err(self.0.into())
    }
}

#[test]
fn a_reader_that_left_is_content_but_a_full_disk_is_an_error() {
    let found = answer("01-Jun-2024 11:30", "Gall bladder stone");
    for style in [QUIET, JSON] {
        let left = print(Failing(io::ErrorKind::BrokenPipe), &found, style).unwrap_err();
        assert!(Failure::from(left).is_unread());
        let full = print(Failing(io::ErrorKind::StorageFull), &found, style).unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    }
}

proptest! {
    #[test]
    fn whatever_the_service_answers_the_terminal_stays_ours(
        date in hostile_text(),
        condition in hostile_text(),
    ) {
        let found = answer(&date, &condition);
        for style in [QUIET, CHATTY, JSON] {
            let shown = printed(&found, style);
            prop_assert!(!shown.replace('\n', "").chars().any(steers), "{shown:?}");
        }
        prop_assert!(printed(&found, CHATTY).lines().count() == 5);
    }

    #[test]
    fn json_survives_any_text_unchanged(condition in hostile_text()) {
        let document: Value = serde_json::from_str(&printed(&answer("x", &condition), JSON)).unwrap();
        prop_assert_eq!(document["condition"].as_str(), Some(condition.as_str()));
    }
}
