//! What is kept, what is handed out, and what has to go.

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    Category, KeyId, MachineName, RevocationId, Validity, VerifiedPeer, keys::ResumptionSecret,
    ticket::ResumableSession,
};

const NOW: Timestamp = Timestamp::from_unix_s(1_700_000_000);

fn ticket(number: u64, lifetime_s: u64) -> StoredTicket {
    let validity = Validity::starting(NOW, Duration::from_secs(lifetime_s));
    let peer = VerifiedPeer {
        account: "server@p.iam".parse().unwrap(),
        machine: MachineName::parse("vm").unwrap(),
        root: KeyId::from_bytes([0; 8]),
        machine_revocation_id: RevocationId::new(Category::Machine, 1),
        revocation_id: RevocationId::new(Category::Workload, 1),
        machine_validity: validity,
        validity,
    };
    StoredTicket {
        ticket: number.to_le_bytes().to_vec(),
        session: ResumableSession {
            secret: ResumptionSecret::take(&mut vec![1; 32]).unwrap(),
            parameters: SessionParameters {
                peer: Arc::new(peer),
                record_protocol: "r".to_owned(),
                expires: validity.not_after,
            },
        },
    }
}

fn take(cache: &mut TicketCache, key: &str) -> Option<u64> {
    let held = cache.take(key, |_| true)?;
    Some(u64::from_le_bytes(held.ticket.try_into().unwrap()))
}

#[test]
fn the_newest_ticket_is_handed_out_once() {
    let mut cache = TicketCache::default();
    for number in 0..3 {
        cache.put("a", ticket(number, 60), NOW);
    }
    cache.put("b", ticket(9, 60), NOW);
    let taken = [(); 4].map(|()| take(&mut cache, "a"));
    assert_eq!(taken, [Some(2), Some(1), Some(0), None]);
    assert_eq!(take(&mut cache, "b"), Some(9));
    assert!(cache.tickets.is_empty());
}

#[test]
fn a_ticket_that_does_not_fit_stays() {
    let mut cache = TicketCache::default();
    cache.put("a", ticket(1, 60), NOW);
    assert!(cache.take("a", |_| false).is_none());
    assert_eq!(take(&mut cache, "a"), Some(1));
}

#[test]
fn of_one_key_the_oldest_goes_first() {
    let mut cache = TicketCache::default();
    for number in 0..20 {
        cache.put("a", ticket(number, 60), NOW);
    }
    let mut kept = Vec::new();
    while let Some(number) = take(&mut cache, "a") {
        kept.push(number);
    }
    assert_eq!(kept, (4..20).rev().collect::<Vec<_>>());
}

#[test]
fn a_full_cache_drops_what_has_expired_and_else_what_expires_first() {
    let mut cache = TicketCache::default();
    for number in 0..256u64 {
        // Key 7 expires long before the others, key 8 next.
        let lifetime_s = match number {
            7 => 10,
            8 => 20,
            _ => 1000 + number,
        };
        cache.put(&format!("{number:03}"), ticket(number, lifetime_s), NOW);
    }
    cache.put(
        "one more",
        ticket(0, 1000),
        NOW.after(Duration::from_secs(15)),
    );
    assert_eq!(cache.tickets.len(), 256);
    assert_eq!(take(&mut cache, "007"), None, "it had expired");
    cache.put("007", ticket(7, 1000), NOW);
    cache.put("two more", ticket(0, 1000), NOW);
    assert_eq!(take(&mut cache, "008"), None, "it was to expire first");
    assert_eq!(cache.tickets.len(), 256);
    assert!(take(&mut cache, "two more").is_some());
}
