//! Tests of `slots.rs`.

use super::*;
use booking_domain::TheatreId;

fn search(theatres: usize, days: u32) -> SlotSearch {
    let theatre = |n: usize| TheatreId::parse(&format!("OT-{n}")).unwrap();
    SlotSearch {
        theatres: (0..theatres).map(theatre).collect(),
        starts: TimeRange::lasting("2026-06-01T00:00:00Z".parse().unwrap(), days * 24 * 60),
        limit: 10,
        near_misses: true,
    }
}

#[test]
fn a_search_is_as_wide_or_as_long_as_it_can_be_answered_and_else_told_what_to_narrow() {
    for (theatres, days) in [(1, 62), (32, 62), (200, 10), (2_000, 1)] {
        assert!(
            check_extent(&search(theatres, days)).is_ok(),
            "{theatres} {days}"
        );
    }
    for (theatres, days) in [(33, 62), (200, 11), (200, 62), (2_001, 1)] {
        let refused = check_extent(&search(theatres, days)).unwrap_err();
        let Refusal::Fields(fields) = &refused else {
            panic!("{refused:?}");
        };
        let said = format!("{fields:?}");
        assert!(
            said.contains("fewer theatres") && said.contains("2000"),
            "{said}"
        );
    }
}
