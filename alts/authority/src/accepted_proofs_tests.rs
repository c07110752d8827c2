//! A machine that shows more proofs than are remembered.

use super::*;
use crate::identity::Question;

#[test]
fn a_machine_that_fills_its_part_waits_alone_until_its_proofs_are_old() {
    let proofs = AcceptedProofs::default();
    let account = "svc@p".parse().unwrap();
    let (greedy, other) = ["greedy", "other"]
        .map(|m| MachineName::parse(m).unwrap())
        .into();
    let at = |s| Timestamp::from_unix_s(s);
    let accept = |machine: &MachineName, number: u32, asked_at, now| {
        let mut nonce = [0; 16];
        nonce[..4].copy_from_slice(&number.to_le_bytes());
        let claim = Claim {
            machine,
            account: &account,
            question: Question::RevocationList,
            nonce: &nonce,
            asked_at,
        };
        proofs.accept(&claim, now)
    };
    let most = u32::try_from(MAX_PER_MACHINE).unwrap();
    for number in 0..most {
        accept(&greedy, number, at(1000), at(1000)).unwrap();
    }
    let refused = accept(&greedy, most, at(1000), at(1001)).unwrap_err();
    assert!(matches!(refused, NotAccepted::TooMany(_)), "{refused}");
    // Nor does it push out what could be repeated.
    let refused = accept(&greedy, 0, at(1000), at(1001)).unwrap_err();
    assert!(matches!(refused, NotAccepted::Replayed(_)), "{refused}");
    accept(&other, 0, at(1001), at(1001)).unwrap();
    let late = 1000 + PROOF_WINDOW.as_secs() + 1;
    accept(&greedy, most, at(late), at(late)).unwrap();
    let held = proofs
        .0
        .lock()
        .machines
        .values()
        .map(BTreeMap::len)
        .sum::<usize>();
    assert!(held <= 2, "{held} are held");
}
