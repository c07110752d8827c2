//! The life of a ticket: sealed, opened once, and never by the wrong one.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::{Category, KeyId, MachineName, RevocationId, Validity, VerifiedPeer};

const NOW: Timestamp = Timestamp::from_unix_s(1_700_000_000);
const HOUR: Duration = Duration::from_secs(3600);

fn seed(byte: u8) -> Seed {
    Seed::new([byte; 32])
}

fn issuer(account: &str) -> TicketIssuer {
    TicketIssuer::new(account.parse().unwrap(), &seed(7), NOW)
}

fn secret(byte: u8) -> ResumptionSecret {
    ResumptionSecret::take(&mut vec![byte; 32]).unwrap()
}

fn parameters() -> SessionParameters {
    let peer = VerifiedPeer {
        account: "client@p.iam".parse().unwrap(),
        machine: MachineName::parse("vm").unwrap(),
        root: KeyId::from_bytes(*b"rootroot"),
        machine_revocation_id: RevocationId::new(Category::Machine, 1),
        revocation_id: RevocationId::new(Category::Workload, 2),
        machine_validity: Validity::starting(NOW, HOUR),
        validity: Validity::starting(NOW, HOUR / 2),
    };
    SessionParameters {
        peer: Arc::new(peer),
        record_protocol: "ALTSRP_GCM_AES128_REKEY".to_owned(),
        expires: NOW.after(HOUR / 2),
    }
}

fn sealed(issuer: &TicketIssuer, byte: u8) -> Vec<u8> {
    issuer.seal(&secret(byte), &parameters(), [byte; 12])
}

#[test]
fn a_ticket_gives_back_what_was_sealed_once_and_only_once() {
    let mut issuer = issuer("server@p.iam");
    let ticket = sealed(&issuer, 1);
    let opened = issuer.accept(&ticket, NOW).unwrap();
    assert_eq!(opened.parameters, parameters());
    assert_eq!(opened.secret.as_bytes(), &[1; 32]);
    assert!(issuer.accept(&ticket, NOW).is_none());
    // Not even re-sealed: what is used up is the secret.
    let again = issuer.seal(&secret(1), &parameters(), [9; 12]);
    assert!(issuer.accept(&again, NOW).is_none());
    let other = sealed(&issuer, 2);
    assert!(issuer.accept(&other, NOW).is_some());
}

#[test]
fn a_ticket_opens_only_for_whom_and_where_it_was_made() {
    let giver = issuer("server@p.iam");
    let ticket = sealed(&giver, 1);
    assert!(issuer("server@p.iam").accept(&ticket, NOW).is_some());
    // Another account with the same key, another key.
    assert!(issuer("other@p.iam").accept(&ticket, NOW).is_none());
    let account: ServiceAccount = "server@p.iam".parse().unwrap();
    let mut other_key = TicketIssuer::new(account, &seed(8), NOW);
    assert!(other_key.accept(&ticket, NOW).is_none());
}

#[test]
fn a_ticket_ends_at_its_second() {
    let end = parameters().expires;
    let before = Timestamp::from_unix_s(end.as_unix_s() - 1);
    for (now, opens) in [(before, true), (end, false), (end.after(HOUR), false)] {
        let mut issuer = issuer("server@p.iam");
        let ticket = sealed(&issuer, 1);
        assert_eq!(issuer.accept(&ticket, now).is_some(), opens);
    }
}

#[test]
fn a_key_is_replaced_after_its_period_and_opens_what_it_sealed_a_while_longer() {
    let lives_long = |byte| {
        let parameters = SessionParameters {
            expires: NOW.after(100 * HOUR),
            ..parameters()
        };
        (secret(byte), parameters)
    };
    let mut issuer = issuer("server@p.iam");
    let seal = |issuer: &TicketIssuer, byte| {
        let (secret, parameters) = lives_long(byte);
        issuer.seal(&secret, &parameters, [byte; 12])
    };
    let early = NOW.after(HOUR - Duration::from_secs(1));
    issuer.rotate_if_due(&seed(9), early);
    let [first, second] = [1, 2].map(|byte| seal(&issuer, byte));
    assert_eq!(first[..4], seal(&issuer, 3)[..4]);

    let rotated = NOW.after(HOUR);
    issuer.rotate_if_due(&seed(9), rotated);
    let new = seal(&issuer, 4);
    assert_ne!(first[..4], new[..4]);
    assert!(issuer.accept(&new, rotated).is_some());
    assert!(issuer.accept(&first, rotated).is_some());
    let gone = rotated.after(HOUR);
    assert!(issuer.accept(&second, gone).is_none());
}

#[test]
fn no_byte_of_a_ticket_can_be_changed_or_left_out() {
    let mut issuer = issuer("server@p.iam");
    let ticket = sealed(&issuer, 1);
    for at in 0..ticket.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut bytes = ticket.clone();
            bytes[at] ^= mask;
            let opened = issuer.accept(&bytes, NOW);
            assert!(opened.is_none(), "byte {at} ^ {mask:#x}");
        }
    }
    for len in 0..ticket.len() {
        assert!(issuer.accept(&ticket[..len], NOW).is_none());
    }
    let longer = [ticket.as_slice(), &[0; 4096]].concat();
    assert!(issuer.accept(&longer, NOW).is_none());
    // None of which used it up.
    assert!(issuer.accept(&ticket, NOW).is_some());
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
    let ticket = sealed(&issuer("server@p.iam"), 0x5a);
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
        let mut issuer = issuer("server@p.iam");
        let mut junk = junk;
        if named {
            // Junk that names the right key.
            let name = sealed(&issuer, 1)[..4].to_vec();
            junk.splice(..junk.len().min(4), name);
        }
        prop_assert!(issuer.accept(&junk, NOW).is_none());
    }
}
