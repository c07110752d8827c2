//! No two bookings meet, and what is said of them was measured.

use std::collections::HashSet;

use super::*;

#[test]
fn no_two_bookings_of_a_run_meet() {
    let bookings = Bookings {
        theatres: 3,
        first: Timestamp::UNIX_EPOCH,
        slot_min: 15,
        run: "r".to_owned(),
        overrides: Vec::new(),
        next: AtomicU32::new(0),
        count: 300,
    };
    let taken: Vec<_> = std::iter::from_fn(|| bookings.take()).collect();
    let plans = taken.iter().map(|request| request.plan.clone().unwrap());
    let places: HashSet<_> = plans
        .map(|plan| (plan.theatre, plan.start_time.unwrap().seconds))
        .collect();
    assert_eq!((taken.len(), places.len()), (300, 300));
    assert!(places.iter().all(|(_, start)| start % (15 * 60) == 0));
}

#[test]
fn percentiles_are_times_that_were_measured() {
    let result = LoadResult {
        took: (1..=100).rev().map(Duration::from_millis).collect(),
        refusals: BTreeMap::from([("THEATRE_DOUBLE_BOOKED".to_owned(), 3)]),
        elapsed: Duration::from_secs(2),
    };
    assert_eq!(
        result.text(),
        "100 bookings in 2.00 s: 50 a second\np50 50.0 ms, p95 95.0 ms, p99 99.0 ms, max 100.0 ms\n\
         refused 3 times: THEATRE_DOUBLE_BOOKED\n"
    );
    assert_eq!(result.json()["p95Ms"], 95.0);
    assert_eq!(LoadResult::default().json()["p99Ms"], 0.0);
}
