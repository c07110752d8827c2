//! What is remembered of certificates, and for how long.

use super::*;
use alts_handshake::Category;

#[test]
fn no_serial_is_given_twice_even_after_a_crash_at_any_point() {
    let mut serials = Serials::default();
    let mut disk = None;
    let mut given = std::collections::BTreeSet::new();
    for round in 0..5 {
        for _ in 0..(SERIAL_BLOCK + round * 7) {
            let (serial, record) = serials.take();
            disk = record.or(disk);
            assert!(given.insert(serial), "{serial} was given before");
        }
        // Killed: only the disk remembers.
        serials = disk.unwrap().into();
    }
}

#[test]
fn revocations_are_read_as_they_were_written() {
    let mut revoked = Revoked::default();
    for at_s in [7, 8] {
        let certificate = Some(&issued(3, 50));
        let revocations = [3, 1, 2].map(|serial| {
            let id = RevocationId::new(Category::Machine, serial);
            Revocation::new(id, certificate, Timestamp::from_unix_s(at_s))
        });
        revoked.add(revocations).unwrap();
    }
    revoked.list(Timestamp::from_unix_s(9));
    let json = serde_json::to_string(&RevokedRecord::from(&revoked)).unwrap();
    let record: RevokedRecord = serde_json::from_str(&json).unwrap();
    assert_eq!(Revoked::try_from(record).as_ref(), Ok(&revoked));
    assert!(revoked.ids().is_sorted());
    let damaged = json.replace("0x0200000000000003", "0x7");
    let error = serde_json::from_str::<RevokedRecord>(&damaged).unwrap_err();
    assert!(error.to_string().contains("0x7"), "{error}");
    // As it was written before ends and keys were kept.
    let old = r#"{"revoked":[{"id":"0x0200000000000003","revoked_at_s":7}]}"#;
    let old: RevokedRecord = serde_json::from_str(old).unwrap();
    assert_eq!(Revoked::try_from(old).unwrap().ids().count(), 1);
}

#[test]
fn an_id_is_forgotten_when_nothing_that_it_revokes_can_live() {
    let mut revoked = Revoked::default();
    let id = |serial| RevocationId::new(Category::Machine, serial);
    let at = Timestamp::from_unix_s;
    let known = issued(1, 1000);
    let workload = RevocationId::new(Category::Workload, 4096 + 17);
    revoked
        .add([
            Revocation::new(id(1), Some(&known), at(1005)),
            Revocation::new(workload, Some(&known), at(1005)),
            Revocation::new(id(2), None, at(1005)),
        ])
        .unwrap();
    assert!(revoked.has_key(&known.public_key) && !revoked.has_key("77"));
    let skew_s = 2 * MAX_CLOCK_SKEW.as_secs();
    revoked.prune(at(1010 + skew_s - 1));
    assert_eq!(revoked.ids().count(), 3);
    revoked.prune(at(1010 + skew_s));
    assert_eq!(revoked.ids().collect::<Vec<_>>(), [id(2)]);
    assert!(!revoked.has_key(&known.public_key));
    // Nobody knows when that one ends: as late as any.
    let last = at(1005).after(MAX_CREDENTIAL_LIFETIME);
    revoked.prune(last);
    assert_eq!(revoked.ids().count(), 1);
    revoked.prune(last.after(MAX_CLOCK_SKEW * 2));
    assert_eq!(revoked.ids().count(), 0);
}

#[test]
fn who_asks_for_many_certificates_pushes_out_his_own() {
    let mut list = IssuedList::default();
    let now = 1000;
    for serial in 0..3 {
        list.add(issued(serial, now));
    }
    let greedy = MachineName::parse("greedy").unwrap();
    for serial in 0..MAX_ISSUED as u64 + 10 {
        let machine = greedy.clone();
        list.add(Issued {
            machine,
            ..issued(100 + serial, now)
        });
    }
    let current = list.current(None, Timestamp::from_unix_s(now));
    assert_eq!(current.len(), MAX_ISSUED);
    for serial in 0..3 {
        assert_eq!(
            current[usize::try_from(serial).unwrap()],
            issued(serial, now)
        );
    }
}

#[test]
fn every_list_is_later_than_the_one_before_whatever_the_clock_does() {
    let mut revoked = Revoked::default();
    let mut list = |now| revoked.list(Timestamp::from_unix_s(now)).as_unix_s();
    let listed = [100, 100, 98, 99, 200, 201].map(&mut list);
    assert_eq!(listed, [100, 101, 102, 103, 200, 201]);
}

fn issued(serial: u64, at: u64) -> Issued {
    Issued {
        revocation_id: RevocationId::new(Category::Machine, serial),
        account: "svc@p".parse().unwrap(),
        machine: MachineName::parse("vm").unwrap(),
        instance_id: "17".to_owned(),
        issued_at: Timestamp::from_unix_s(at),
        expires_at: Timestamp::from_unix_s(at + 10),
        public_key: "5e".repeat(32),
    }
}

#[test]
fn an_issued_certificate_is_read_as_it_was_written() {
    let line = issued(3, 50).to_line();
    assert_eq!(Issued::from_line(&line), Some(issued(3, 50)));
    for cut in 0..line.len() {
        assert_eq!(Issued::from_line(&line[..cut]), None, "{}", &line[..cut]);
    }
}

#[test]
fn ended_certificates_are_forgotten() {
    let mut list = IssuedList::default();
    for at in 0..100 {
        list.add(issued(at, at));
    }
    assert!(list.0.len() <= 11);
    let now = Timestamp::from_unix_s(99);
    assert_eq!(list.current(None, now).len(), 10);
    assert!(
        list.current(Some(&"else@p".parse().unwrap()), now)
            .is_empty()
    );
}
