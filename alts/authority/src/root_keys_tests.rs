//! One root key replaces another, in memory and on disk.

use super::{
    super::{root_keys_record::RootKeysRecord, statement::TrustAnchors},
    *,
};

fn first() -> RootKeys {
    RootKeys::new(Seed::new([1; 32]), Timestamp::from_unix_s(5))
}

fn reread(keys: &RootKeys) -> RootKeys {
    let json = serde_json::to_string(&RootKeysRecord::from(keys)).unwrap();
    let record: RootKeysRecord = serde_json::from_str(&json).unwrap();
    record.keys(Timestamp::from_unix_s(99)).unwrap()
}

#[test]
fn a_rotation_overlaps_and_a_file_keeps_it() {
    let (now, later) = (Timestamp::from_unix_s(10), Timestamp::from_unix_s(40));
    let (seed, lead) = (Seed::new([2; 32]), Duration::from_secs(30));
    let a = first();
    let machine = TrustAnchors::pinned(a.public());
    let ab = reread(&a.rotated(seed.clone(), lead, now).unwrap());
    assert_eq!(ab.public().len(), 2);
    let pending = RotationError::Pending(30);
    assert_eq!(ab.rotated(seed, lead, now).unwrap_err(), pending);
    assert_eq!(ab.retired(now).unwrap_err(), pending);
    assert_eq!(ab.signing(now).id(), a.signing(now).id());
    assert_ne!(ab.signing(later).id(), a.signing(later).id());
    let machine = machine.learn(ab.statement()).unwrap().unwrap();
    assert_eq!(machine.keys(), ab.public());

    let b = reread(&ab.retired(later).unwrap());
    assert_eq!((b.generation(), b.public().len()), (3, 1));
    assert_eq!(
        machine.learn(b.statement()).unwrap().unwrap().keys(),
        b.public()
    );
    let asleep = TrustAnchors::pinned(a.public());
    assert_eq!(
        asleep.learn(b.statement()).unwrap().unwrap().keys(),
        b.public()
    );
    assert_eq!(
        b.retired(later).unwrap_err(),
        RotationError::NothingToRetire
    );
}

#[test]
fn rotations_do_not_pile_up() {
    let mut keys = first();
    let now = Timestamp::from_unix_s(5);
    for seed in 2..=8 {
        keys = keys
            .rotated(Seed::new([seed; 32]), Duration::ZERO, now)
            .unwrap();
    }
    let one_more = keys.rotated(Seed::new([9; 32]), Duration::ZERO, now);
    assert_eq!(one_more.unwrap_err(), RotationError::TooMany);
}

#[test]
fn a_file_of_before_rotation_is_read_and_a_damaged_one_does_not_become_a_key() {
    let old = format!("{{\"signing_key_hex\": \"{}\"}}", "01".repeat(32));
    let record: RootKeysRecord = serde_json::from_str(&old).unwrap();
    let keys = record.keys(Timestamp::from_unix_s(5)).unwrap();
    assert_eq!(keys.statement(), first().statement());

    for damaged in ["", "00", &"g".repeat(64), &"é".repeat(32), &"0".repeat(63)] {
        let record = RootKeysRecord {
            signing_key_hex: damaged.to_owned(),
            retiring_keys_hex: vec![],
            signs_from_s: 0,
            statement_hex: String::new(),
        };
        let error = record.keys(Timestamp::from_unix_s(5)).unwrap_err();
        assert!(
            error.contains("signing_key_hex") && !error.contains("ggg"),
            "{error}"
        );
    }
    let mut other = RootKeysRecord::from(&first());
    other.signing_key_hex = "02".repeat(32);
    assert!(
        other
            .keys(Timestamp::from_unix_s(5))
            .unwrap_err()
            .contains("statement_hex")
    );
}
