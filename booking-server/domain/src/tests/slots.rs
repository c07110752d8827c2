//! Slots against every start of the grid, tried one by one.

use proptest::prelude::*;

use super::{MONDAY, any_day, any_details};
use crate::{
    Booker, Case, CaseDetails, CaseId, Plan, Session, SessionOwner, SlotSearch, Subject, TheatreId,
    TimeRange, Timetable, Unavailability, broken_rules, find_slots, next_on_grid,
    testing::{at, hospital, range, session, staff_id, theatre_id, unavailable},
    time_range::later,
};

const THEATRES: [&str; 3] = ["OT-1", "OT-2", "OT-3"];

fn sessions() -> Vec<Session> {
    vec![
        Session {
            owner: SessionOwner::Surgeon(staff_id("DC-2")),
            ..session("s", "OT-1", "2026-06-01T07:00", "2026-06-01T10:30")
        },
        session("t", "OT-2", "2026-06-01T09:00", "2026-06-01T12:00"),
    ]
}

fn closures() -> Vec<Unavailability> {
    vec![
        unavailable(
            Subject::Theatre(theatre_id("OT-3")),
            "2026-06-01T08:03",
            "2026-06-01T09:17",
        ),
        unavailable(
            Subject::Staff(staff_id("DC-1")),
            "2026-06-01T10:00",
            "2026-06-01T11:08",
        ),
    ]
}

fn case_of(details: CaseDetails) -> Case {
    Case::request(CaseId::parse("new").unwrap(), details, at(MONDAY))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_good_start_is_in_a_run_that_is_offered_and_every_offer_is_good(
        cases in any_day(0..14), details in any_details(), from in 0i64..600,
    ) {
        let hospital = hospital();
        let table = Timetable::of_cases(&cases, sessions(), closures(), &hospital);
        let case = case_of(details);
        let starts = TimeRange::lasting(later(at(MONDAY), 6 * 60 + from), 8 * 60);
        let search = SlotSearch {
            theatres: THEATRES.map(theatre_id).to_vec(),
            starts,
            limit: usize::MAX,
            near_misses: false,
        };
        let (booker, now) = (Booker::default(), at(MONDAY));
        let offers = find_slots(&case, &search, &table, &hospital, &booker, now);
        let fits = |theatre: &TheatreId, start| {
            let plan = Plan { theatre: theatre.clone(), start, session: None };
            let around = table.around(&case, &plan, &hospital);
            broken_rules(&case, &plan, &hospital, &around, &booker, now).is_empty()
        };
        prop_assert!(offers.is_sorted_by_key(|offer| offer.plan.start));
        for offer in &offers {
            prop_assert!(fits(&offer.plan.theatre, offer.plan.start));
            prop_assert_eq!(next_on_grid(offer.plan.start), offer.plan.start);
            prop_assert!(starts.start() <= offer.plan.start && offer.plan.start < starts.end());
        }
        for theatre in &search.theatres {
            let offered = |start| {
                offers.iter().any(|offer| offer.plan.theatre == *theatre && offer.plan.start == start)
            };
            let mut in_offered_run = false;
            let mut start = next_on_grid(starts.start());
            while start < starts.end() {
                in_offered_run = fits(theatre, start) && (in_offered_run || offered(start));
                prop_assert_eq!(in_offered_run, fits(theatre, start), "{} {}", theatre, start);
                start = later(start, 5);
            }
        }
    }

    #[test]
    fn near_misses_come_after_what_fits_and_say_what_they_break(
        cases in any_day(0..14), details in any_details(),
    ) {
        let hospital = hospital();
        let table = Timetable::of_cases(&cases, sessions(), closures(), &hospital);
        let case = case_of(details);
        let search = |near_misses| SlotSearch {
            theatres: THEATRES.map(theatre_id).to_vec(),
            starts: TimeRange::lasting(at("2026-06-01T06:00"), 20 * 60),
            limit: 100,
            near_misses,
        };
        let find = |near_misses| {
            let booker = Booker::default();
            find_slots(&case, &search(near_misses), &table, &hospital, &booker, at(MONDAY))
        };
        let (fits, all) = (find(false), find(true));
        prop_assert_eq!(&all[..fits.len()], &fits[..]);
        for miss in &all[fits.len()..] {
            prop_assert!(!miss.broken.is_empty());
            let taken = ["THEATRE_DOUBLE_BOOKED", "PATIENT_DOUBLE_BOOKED"];
            prop_assert!(miss.broken.iter().all(|rule| !taken.contains(&rule.reason)));
        }
    }
}

#[test]
fn a_search_ends_at_its_limit_and_never_looks_back() {
    let hospital = hospital();
    let case = crate::testing::requested("new");
    let table = Timetable::default();
    let search = SlotSearch {
        theatres: vec![theatre_id("OT-1")],
        starts: range("2026-06-01T00:00", "2036-06-01T00:00"),
        limit: 1000,
        near_misses: false,
    };
    let now = at("2026-06-02T10:02");
    let offers = find_slots(&case, &search, &table, &hospital, &Booker::default(), now);
    let first: Vec<_> = offers
        .iter()
        .take(2)
        .map(|offer| offer.plan.start)
        .collect();
    assert_eq!(first, [at("2026-06-02T10:05"), at("2026-06-03T06:00")]);
    let last = offers.last().map(|offer| offer.plan.start);
    assert!(last < Some(at("2026-08-02T00:00")), "62 days are searched");
    let none = SlotSearch { limit: 0, ..search };
    let offers = find_slots(&case, &none, &table, &hospital, &Booker::default(), now);
    assert_eq!(offers, []);
}
