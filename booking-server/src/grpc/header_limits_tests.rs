//! Tests of `header_limits.rs`.

use tonic::{Code, Status};

use super::*;

/// What the header takes that says so. Bytes.
fn header_len(said: &str) -> usize {
    let response = Status::new(Code::Internal, said).into_http::<()>();
    response.headers()["grpc-message"].len()
}

#[test]
fn a_character_takes_what_it_takes_in_the_header() {
    for c in ('\0'..='\u{ff}').chain(['„', '🩺']) {
        assert_eq!(encoded_char_len(c), header_len(&c.to_string()), "{c:?}");
    }
}

#[test]
fn what_just_fits_is_not_cut() {
    let just = "x".repeat(MAX_MESSAGE_BYTES - REST_BYTES);
    assert_eq!(message(&[&just]), just);
    assert_eq!(message(&[&just, "y"]), format!("{just}; and 1 more"));
    assert_eq!(message(&[just.clone() + "x"]), just + "...");
}

#[test]
fn what_fits_is_said_as_it_is() {
    assert_eq!(
        message(&["a is wrong", "b is wrong"]),
        "a is wrong; b is wrong"
    );
    assert_eq!(message::<&str>(&[]), "");
    let told = violations(vec!["a", "b"], |it| it.len(), |_| "rest");
    assert_eq!(told, ["a", "b"]);
}

#[test]
fn what_does_not_fit_is_counted_and_nothing_grows_beyond_its_room() {
    for sentence in [
        "a field is wrong",
        "ein Feld ist ungültig 🩺",
        "\"<{#}>\" is no `name`, is it?",
        &"%".repeat(2_000),
    ] {
        for count in [1, 2, 40, 5_000] {
            let sentences = vec![sentence; count];
            let said = message(&sentences);
            let bytes = header_len(&said);
            assert!(bytes <= MAX_MESSAGE_BYTES, "{bytes}: {said}");
            let shown = said
                .split("; ")
                .filter(|it| !it.starts_with("and "))
                .count();
            let rest = count - shown;
            let expected = if rest > 0 { more(rest) } else { String::new() };
            assert!(said.ends_with(&expected), "{count}: {said}");

            let told = violations(
                sentences.iter().map(ToString::to_string).collect(),
                String::len,
                |rest| rest,
            );
            let bytes: usize = told
                .iter()
                .map(|it| it.len() + VIOLATION_OVERHEAD_BYTES)
                .sum();
            assert!(bytes <= MAX_VIOLATIONS_BYTES, "{bytes}");
            if told.len() <= count && told.last().is_some_and(|it| it != sentence) {
                assert_eq!(told[told.len() - 1], more(count + 1 - told.len()));
            } else {
                assert_eq!(told.len(), count);
            }
        }
    }
}
