//! The life of a ticket: sealed, opened once, and never by the wrong one.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::{
    Category, Cipher, IssuerName, KeyId, MachineName, RevocationId, Validity, VerifiedPeer,
};

const NOW: Timestamp = Timestamp::from_unix_s(1_700_000_000);
const HOUR: Duration = Duration::from_secs(3600);

fn seed(byte: u8) -> Seed {
    Seed::new([byte; 32])
}

fn keeper(account: &str) -> TicketKeeper {
    TicketKeeper::new(account.parse().unwrap(), &seed(7), HOUR, NOW)
}

fn secret(byte: u8) -> ResumptionSecret {
    ResumptionSecret::take(&mut vec![byte; 32]).unwrap()
}

fn terms() -> Terms {
    let peer = VerifiedPeer {
        account: "client@p.iam".parse().unwrap(),
        machine: MachineName::parse("vm").unwrap(),
        issuer: IssuerName::parse("scheduler@p.iam").unwrap(),
        root: KeyId::from_bytes(*b"rootroot"),
        machine_revocation_id: RevocationId::new(Category::Machine, 1),
        revocation_id: RevocationId::new(Category::Workload, 2),
        machine_validity: Validity::starting(NOW, HOUR),
        validity: Validity::starting(NOW, HOUR / 2),
    };
    Terms {
        peer: Arc::new(peer),
        cipher: Cipher::Pfs,
        record_protocol: "ALTSRP_GCM_AES128_REKEY".to_owned(),
        expires: NOW.after(HOUR / 2),
    }
}

fn sealed(keeper: &TicketKeeper, holder: Holder, byte: u8) -> Vec<u8> {
    keeper.seal(holder, &secret(byte), &terms(), [byte; 12])
}

#[test]
fn a_ticket_gives_back_what_was_sealed_once_and_only_once() {
    let mut keeper = keeper("server@p.iam");
    let ticket = sealed(&keeper, Holder::Client, 1);
    let opened = keeper.redeem(Holder::Client, &ticket, NOW).unwrap();
    assert_eq!(opened.terms, terms());
    assert_eq!(opened.secret.as_bytes(), &[1; 32]);
    assert!(keeper.redeem(Holder::Client, &ticket, NOW).is_none());
    // Not even re-sealed: what is used up is the secret.
    let again = keeper.seal(Holder::Client, &secret(1), &terms(), [9; 12]);
    assert!(keeper.redeem(Holder::Client, &again, NOW).is_none());
    let other = sealed(&keeper, Holder::Client, 2);
    assert!(keeper.redeem(Holder::Client, &other, NOW).is_some());
}

#[test]
fn a_ticket_opens_only_for_whom_and_where_it_was_made() {
    let giver = keeper("server@p.iam");
    let ticket = sealed(&giver, Holder::Client, 1);
    assert!(
        keeper("server@p.iam")
            .redeem(Holder::Client, &ticket, NOW)
            .is_some()
    );
    // Another account with the same key, the other side, another key.
    assert!(
        keeper("other@p.iam")
            .redeem(Holder::Client, &ticket, NOW)
            .is_none()
    );
    assert!(
        keeper("server@p.iam")
            .redeem(Holder::Server, &ticket, NOW)
            .is_none()
    );
    let account: ServiceAccount = "server@p.iam".parse().unwrap();
    let mut other_key = TicketKeeper::new(account, &seed(8), HOUR, NOW);
    assert_ne!(other_key.id(), giver.id());
    assert!(other_key.redeem(Holder::Client, &ticket, NOW).is_none());
}

#[test]
fn a_ticket_ends_at_its_second() {
    let end = terms().expires;
    let before = Timestamp::from_unix_s(end.as_unix_s() - 1);
    for (now, opens) in [(before, true), (end, false), (end.after(HOUR), false)] {
        let mut keeper = keeper("server@p.iam");
        let ticket = sealed(&keeper, Holder::Server, 1);
        assert_eq!(keeper.redeem(Holder::Server, &ticket, now).is_some(), opens);
    }
}

#[test]
fn a_key_is_replaced_after_its_period_and_opens_what_it_sealed_a_while_longer() {
    let lives_long = |byte| {
        let terms = Terms {
            expires: NOW.after(100 * HOUR),
            ..terms()
        };
        (secret(byte), terms)
    };
    let mut keeper = keeper("server@p.iam");
    let id = keeper.id();
    let seal = |keeper: &TicketKeeper, byte| {
        let (secret, terms) = lives_long(byte);
        keeper.seal(Holder::Client, &secret, &terms, [byte; 12])
    };
    let early = NOW.after(HOUR - Duration::from_secs(1));
    keeper.rotate_if_due(&seed(9), early);
    let [first, second] = [1, 2].map(|byte| seal(&keeper, byte));
    assert_eq!(first[..4], seal(&keeper, 3)[..4]);

    let rotated = NOW.after(HOUR);
    keeper.rotate_if_due(&seed(9), rotated);
    let new = seal(&keeper, 4);
    assert_ne!(first[..4], new[..4]);
    assert_eq!(keeper.id(), id, "peers find it under the same name");
    assert!(keeper.redeem(Holder::Client, &new, rotated).is_some());
    assert!(keeper.redeem(Holder::Client, &first, rotated).is_some());
    let gone = rotated.after(HOUR);
    assert!(keeper.redeem(Holder::Client, &second, gone).is_none());
}

#[test]
fn no_byte_of_a_ticket_can_be_changed_or_left_out() {
    let mut keeper = keeper("server@p.iam");
    let ticket = sealed(&keeper, Holder::Client, 1);
    for at in 0..ticket.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut bytes = ticket.clone();
            bytes[at] ^= mask;
            let opened = keeper.redeem(Holder::Client, &bytes, NOW);
            assert!(opened.is_none(), "byte {at} ^ {mask:#x}");
        }
    }
    for len in 0..ticket.len() {
        assert!(keeper.redeem(Holder::Client, &ticket[..len], NOW).is_none());
    }
    let longer = [ticket.as_slice(), &[0; 4096]].concat();
    assert!(keeper.redeem(Holder::Client, &longer, NOW).is_none());
    // None of which used it up.
    assert!(keeper.redeem(Holder::Client, &ticket, NOW).is_some());
}

#[test]
fn with_too_many_to_remember_no_ticket_is_honoured_until_some_expire() {
    let mut used = UsedSecrets::default();
    let digest = |number: usize| {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.to_le_bytes());
        digest
    };
    let soon = NOW.after(Duration::from_secs(10));
    for number in 0..MAX_REMEMBERED {
        assert!(used.first_use(digest(number), soon, NOW));
    }
    assert!(!used.first_use(digest(MAX_REMEMBERED), soon, NOW));
    assert!(!used.first_use(digest(0), soon, NOW));
    assert!(used.first_use(digest(MAX_REMEMBERED), NOW.after(HOUR), soon));
    assert_eq!(used.until.len(), 1);
}

#[test]
fn a_ticket_shows_nothing_of_what_is_inside() {
    let ticket = sealed(&keeper("server@p.iam"), Holder::Client, 0x5a);
    let holds = |needle: &[u8]| ticket.windows(needle.len()).any(|window| window == needle);
    assert!(!holds(&[0x5a; 13]) && !holds(b"client@p.iam") && !holds(b"ALTSRP"));
    // And there is room for it to grow before peers refuse it.
    assert!(ticket.len() < 400, "{} bytes", ticket.len());
}

#[test]
fn a_secret_of_the_wrong_length_is_none() {
    for len in [0, 31, 33] {
        assert!(ResumptionSecret::take(&mut vec![1; len]).is_none());
    }
}

proptest! {
    #[test]
    fn junk_is_no_ticket(
        junk in prop::collection::vec(any::<u8>(), 0..400),
        named in any::<bool>(),
    ) {
        let mut keeper = keeper("server@p.iam");
        let mut junk = junk;
        if named {
            // Junk that names the right key.
            let name = sealed(&keeper, Holder::Client, 1)[..4].to_vec();
            junk.splice(..junk.len().min(4), name);
        }
        prop_assert!(keeper.redeem(Holder::Client, &junk, NOW).is_none());
    }
}
