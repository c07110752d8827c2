//! Tests of `recent.rs`.

use super::*;

fn key(number: usize) -> [u8; 32] {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_le_bytes());
    key
}

#[test]
fn the_latest_are_remembered_and_never_more_than_there_is_room_for() {
    let recent = Recent::default();
    for number in 0..5 * CAPACITY {
        recent.insert(key(number), number);
        assert_eq!(recent.get(&key(number)), Some(number));
    }
    let is_kept = |number: &usize| recent.get(&key(*number)).is_some();
    let kept = (0..5 * CAPACITY).filter(is_kept).count();
    assert!((CAPACITY / 2..=CAPACITY).contains(&kept), "{kept}");
    assert_eq!(
        recent.get(&key(5 * CAPACITY - CAPACITY / 2)),
        Some(5 * CAPACITY - CAPACITY / 2)
    );
}
