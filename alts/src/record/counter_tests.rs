//! Tests of `counter.rs`.

use hex_literal::hex;

use super::*;

#[test]
fn carries_run_through_eight_bytes_and_leave_the_side_alone() {
    let rows = [
        (0x00, Side::Client, hex!("00000000000000000000 0000")),
        (0x01, Side::Server, hex!("01000000000000000000 0080")),
        (0xff, Side::Client, hex!("ff000000000000000000 0000")),
        (0x100, Side::Server, hex!("00010000000000000000 0080")),
        (0xffff, Side::Client, hex!("ffff0000000000000000 0000")),
        (0x1_0000, Side::Client, hex!("00000100000000000000 0000")),
        (
            u64::MAX - 1,
            Side::Server,
            hex!("feffffffffffffff0000 0080"),
        ),
        (u64::MAX, Side::Server, hex!("ffffffffffffffff0000 0080")),
    ];
    for (number, sender, expected) in rows {
        assert_eq!(
            FrameCounter::new(number, sender).0,
            expected,
            "frame {number}"
        );
    }
}

#[test]
fn the_last_number_is_used_once_and_nothing_follows_it() {
    let mut counter = Counter::starting_at(u64::MAX, Side::Client);
    assert!(counter.advance().is_some());
    assert_eq!(counter.advance(), None);
    assert_eq!(counter.advance(), None);
}

#[test]
fn the_epoch_changes_every_65_536_frames() {
    let epoch = |n| FrameCounter::new(n, Side::Server).epoch();
    assert_eq!(epoch(0), epoch(65_535));
    assert_ne!(epoch(65_535), epoch(65_536));
    assert_eq!(
        epoch(65_536),
        FrameCounter::new(65_536, Side::Client).epoch()
    );
}
