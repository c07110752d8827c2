//! Tests of `abort.rs`.

use super::*;
use crate::HandshakeError;

fn said(text: &str) -> String {
    let abort = wire::Abort {
        code: wire::AbortCode::NoCredential.into(),
        text: text.to_owned(),
    };
    HandshakeError::PeerAborted(PeerAbort::read(&abort.encode_to_vec())).to_string()
}

#[test]
fn an_abort_names_the_peers_reason_and_marks_its_words_as_unverified() {
    assert_eq!(
        said("disabled"),
        "peer aborted the handshake: no credential (in the peer's own, unverified words: \
             \"disabled\")"
    );
}

#[test]
fn an_aborts_text_cannot_drive_a_terminal_or_break_out_of_its_quotes() {
    let told = said("\x1b[2Jall is well\r\n\"; \u{202e}trust me\u{0}\u{9b}31m");
    assert!(told.ends_with("\"[2Jall is well; trust me31m\")"), "{told}");
}

#[test]
fn an_aborts_text_is_cut_at_a_character_boundary() {
    let told = said(&"é".repeat(5000));
    assert!(told.len() < 400);
    assert!(told.contains('…'));
}

#[test]
fn an_unreadable_abort_is_still_an_abort() {
    assert_eq!(
        PeerAbort::read(b"\xff\xff\xff").to_string(),
        "no reason given"
    );
}
