//! Tests of `enrolment.rs`.

use super::*;
use crate::identity::Question;
use alts_handshake::{MachineName, Timestamp};

#[test]
fn a_proof_holds_for_its_claim_and_its_secret_alone() {
    let machine = MachineName::parse("vm").unwrap();
    let account = "svc@p".parse().unwrap();
    let claim = Claim {
        machine: &machine,
        account: &account,
        question: Question::Certificate(&[1; 32]),
        nonce: &[2; 16],
        asked_at: Timestamp::from_unix_s(3),
    };
    let secret = EnrolmentSecret::parse(&format!(" {}\n", "a".repeat(32))).unwrap();
    let other = EnrolmentSecret::parse(&"b".repeat(32)).unwrap();
    let proof = secret.prove(&claim);
    assert!(secret.verifies(&claim, &proof));
    assert!(!other.verifies(&claim, &proof));
    assert!(!secret.verifies(&claim, &proof[..31]));
    assert!(!secret.verifies(&claim, &[]));
    let elsewhere = Claim {
        nonce: &[3; 16],
        ..claim
    };
    assert!(!secret.verifies(&elsewhere, &proof));
}

#[test]
fn a_guessable_secret_is_refused_without_being_quoted() {
    for bad in ["", "   ", "hunter2", &"a".repeat(31), &"a".repeat(1025)] {
        let problem = EnrolmentSecret::parse(bad).unwrap_err();
        assert!(!problem.contains("hunter2") && problem.contains("openssl"));
    }
    let secret = EnrolmentSecret::parse(&"s3cret".repeat(9)).unwrap();
    assert!(!format!("{secret:?}").contains("s3cret"));
}
