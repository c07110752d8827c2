//! The contract's timestamps ⇄ instants.

use jiff::Timestamp;

/// As the contract has it.
pub fn stamp(instant: Timestamp) -> prost_types::Timestamp {
    let (mut seconds, mut nanos) = (instant.as_second(), instant.subsec_nanosecond());
    // jiff counts both from zero, protobuf counts nanoseconds forward only.
    if nanos < 0 {
        seconds -= 1;
        nanos += 1_000_000_000;
    }
    prost_types::Timestamp { seconds, nanos }
}

/// The instant; `None` for one that no calendar has.
pub fn timestamp(stamp: &prost_types::Timestamp) -> Option<Timestamp> {
    Timestamp::new(stamp.seconds, stamp.nanos).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn instants_come_back_and_nanoseconds_count_forward(
            seconds in -1_000_000_000_i64..10_000_000_000, nanos in 0..1_000_000_000_i32
        ) {
            let instant = Timestamp::new(seconds, nanos).unwrap();
            let kept = stamp(instant);
            prop_assert!((0..1_000_000_000).contains(&kept.nanos));
            prop_assert_eq!(timestamp(&kept), Some(instant));
        }
    }
}
