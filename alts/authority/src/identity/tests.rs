//! Tests of `mod.rs` beside this file.

use std::collections::HashSet;

use super::*;

#[test]
fn every_part_of_a_claim_changes_its_audience() {
    let (vm, v) = (
        MachineName::parse("vm").unwrap(),
        MachineName::parse("v").unwrap(),
    );
    let (svc, msvc): (ServiceAccount, ServiceAccount) =
        ("svc@p".parse().unwrap(), "msvc@p".parse().unwrap());
    let claim = Claim {
        machine: &vm,
        account: &svc,
        question: Question::Certificate(&[1; 32]),
        nonce: &[2; 16],
        asked_at: Timestamp::from_unix_s(3),
    };
    let others = [
        Claim {
            machine: &v,
            account: &msvc,
            ..claim
        },
        Claim {
            machine: &v,
            ..claim
        },
        Claim {
            account: &msvc,
            ..claim
        },
        Claim {
            question: Question::Certificate(&[2; 32]),
            ..claim
        },
        Claim {
            question: Question::RevocationList,
            ..claim
        },
        Claim {
            question: Question::AccountStates,
            ..claim
        },
        Claim {
            asked_at: Timestamp::from_unix_s(4),
            ..claim
        },
        Claim {
            nonce: &[1; 16],
            ..claim
        },
    ];
    let audiences: HashSet<String> = others.iter().chain([&claim]).map(Claim::audience).collect();
    assert_eq!(audiences.len(), 9);
    assert!(claim.audience().starts_with("urn:alts-local:1:claim:"));
}
