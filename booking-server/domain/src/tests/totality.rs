//! Nothing panics, whatever it is given: the ends of time, empty hospitals, absurd limits.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use proptest::prelude::*;

use super::{any_details, any_footprint};
use crate::{
    Booker, Case, CaseId, CaseState, Hospital, Milestone, OpeningRule, Plan, SessionTemplate,
    SlotSearch, TimeRange, Timetable, abort, broken_rules, cancel, conflicts,
    emergency::{Outlook, plan_emergency},
    expand, find_slots, next_on_grid, project, record_milestone,
    testing::{self, hospital, session_id, theatre_id},
    time_range::later,
};

/// Any instant, the ends of time most of all.
fn any_instant() -> impl Strategy<Value = Timestamp> {
    let span = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    prop_oneof![
        Just(Timestamp::MIN),
        Just(Timestamp::MAX),
        (0i64..200_000).prop_map(|minute| later(Timestamp::MIN, minute)),
        (0i64..200_000).prop_map(|minute| later(Timestamp::MAX, -minute)),
        span.prop_map(|second| Timestamp::from_second(second).unwrap()),
    ]
}

/// The hospital of the tests, or one with nothing in it, or one with absurd numbers.
fn any_hospital() -> impl Strategy<Value = Hospital> {
    (0u8..3).prop_map(|which| {
        let mut some = hospital();
        match which {
            0 => return Hospital::default(),
            1 => {}
            _ => {
                for theatre in some.theatres.values_mut() {
                    theatre.turnover_min = u16::MAX;
                    theatre.opening.push(OpeningRule {
                        weekday: jiff::civil::Weekday::Monday,
                        open_minute: u16::MAX,
                        close_minute: 1439,
                    });
                }
                for unit in some.units.values_mut() {
                    unit.reprocess_min = u16::MAX;
                }
            }
        }
        some
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_decision_is_total(
        hospital in any_hospital(), details in any_details(), start in any_instant(),
        end in any_instant(), now in any_instant(), minutes in any::<i64>(),
    ) {
        let plan = Plan { theatre: theatre_id("OT-1"), start, session: None };
        let planned = |id: &str, state| Case {
            state,
            plan: Some(plan.clone()),
            ..Case::request(CaseId::parse(id).unwrap(), details.clone(), now)
        };
        let cases: Vec<Case> = CaseState::ALL
            .into_iter()
            .map(|state| planned(state.as_str(), state))
            .collect();
        let table = Timetable::of_cases(&cases, [], [], &hospital);
        let booker = Booker::default();
        let case = Case::request(CaseId::parse("x").unwrap(), details.clone(), now);
        let around = table.around(&case, &plan, &hospital);
        broken_rules(&case, &plan, &hospital, &around, &booker, now);
        conflicts(&cases, &table, &hospital, now);
        let starts = TimeRange::new(start, end)
            .unwrap_or_else(|_| TimeRange::lasting(start, 60 * 24 * 365));
        let search = SlotSearch {
            theatres: vec![theatre_id("OT-1"), theatre_id("OT-3")],
            starts,
            limit: 5,
            near_misses: true,
        };
        find_slots(&case, &search, &table, &hospital, &booker, now);
        project(&cases, u16::MAX, &starts, now);
        let outlook = Outlook { cases: &cases, sessions: &[], unavailable: &[] };
        plan_emergency(&case, &search.theatres, outlook, &hospital, &booker, now);
        let reason = crate::ReasonGiven { code: testing::reason_code("NO_BED"), note: String::new() };
        for case in &cases {
            let _ = cancel(case, &reason, &hospital, now);
            let _ = abort(case, &reason, &hospital, now);
            let _ = record_milestone(case, Milestone::WheelsIn, start, None, true, now);
        }
        next_on_grid(start);
        later(start, minutes);
    }

    #[test]
    fn a_range_lasts_as_long_as_it_is_told_away_from_the_end_of_time(
        start in any_instant(), footprint in any_footprint(),
    ) {
        let range = footprint.range_from(start);
        prop_assert!(range.start() < range.end());
        prop_assert!(range.start() <= start);
        if start < later(Timestamp::MAX, -300) {
            prop_assert_eq!(range.start(), start);
            prop_assert_eq!(range.duration().as_mins(), i64::from(footprint.total_min()));
        }
    }

    #[test]
    fn a_template_is_expanded_for_any_dates(
        first in any_date(), last in any_date(), weeks in any::<u8>(),
        start_minute in any::<u16>(), end_minute in any::<u16>(),
    ) {
        let template = SessionTemplate {
            first_date: first,
            recurrence: crate::Recurrence::EveryWeeks(weeks),
            start_minute,
            end_minute,
            release_before: Some(jiff::SignedDuration::MAX),
            ..crate::template::tests::template()
        };
        expand(&template, &TimeZone::UTC, (first, last), &[], |_| session_id("s"));
    }
}

fn any_date() -> impl Strategy<Value = Date> {
    prop_oneof![
        Just(Date::MIN),
        Just(Date::MAX),
        (-9999i16..=9999, 1i8..=12, 1i8..=28)
            .prop_map(|(year, month, day)| jiff::civil::date(year, month, day)),
    ]
}
