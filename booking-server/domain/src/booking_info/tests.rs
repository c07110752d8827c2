//! The choice of a case, by table and against a naive model; the date, around clock changes.

use proptest::prelude::*;

use super::*;
use crate::{
    Cancellation, Plan,
    testing::{hospital, reason_code, requested, theatre_id, with},
};

/// The tests' hour zero, so that a table can speak of hours before and after now.
fn hour(n: i64) -> Timestamp {
    Timestamp::from_second(1_717_200_000 + n * 3600).unwrap()
}

fn case(id: &str, state: CaseState, start_h: Option<i64>, decided_h: i64) -> Case {
    case_about(id, state, start_h, decided_h, ("Cholecystectomy", id))
}

fn case_about(
    id: &str,
    state: CaseState,
    start_h: Option<i64>,
    decided_h: i64,
    (procedure, condition): (&str, &str),
) -> Case {
    let plan = start_h.map(|n| Plan {
        theatre: theatre_id("OT-1"),
        start: hour(n),
        session: None,
    });
    let cancellation = (state == CaseState::Cancelled).then(|| Cancellation {
        reason: reason_code("NO_BED"),
        note: String::new(),
        at: hour(0),
        day_of_surgery: false,
        aborted: false,
    });
    let case = Case {
        state,
        plan,
        cancellation,
        ..with(requested(id), |details| {
            details.procedure = procedure.to_owned();
            details.condition = condition.to_owned();
            details.decided_at = hour(decided_h);
        })
    };
    case.check().unwrap()
}

fn chosen(cases: &[Case], now_h: i64) -> Option<&str> {
    choose(cases, None, hour(now_h)).map(|case| case.id.as_str())
}

#[test]
fn the_case_that_matters_now_is_chosen() {
    use CaseState::*;
    let day = [
        case("done", Completed, Some(-9), -99),
        case("missed", Scheduled, Some(-2), -99),
        case("inside", InTheatre, Some(-1), -99),
        case("next", Confirmed, Some(3), -99),
        case("later", Scheduled, Some(5), -99),
        case("waits", Requested, None, -50),
        case("waits less", Postponed, None, -40),
        case("off", Cancelled, Some(1), -99),
        case("never planned", Cancelled, None, -1),
    ];
    let pick = |wanted: &[&str]| -> Vec<Case> {
        day.iter()
            .filter(|case| wanted.contains(&case.id.as_str()))
            .cloned()
            .collect()
    };
    let all: Vec<&str> = day.iter().map(|case| case.id.as_str()).collect();
    let table: [(&[&str], i64, Option<&str>); 13] = [
        (&all, 0, Some("next")),
        (&all, 3, Some("next")), // the start itself is still to come
        (&all, 4, Some("later")),
        (&all, 6, Some("later")), // all is past: the latest
        (&all, -2, Some("missed")),
        (&["done", "inside", "waits"], 0, Some("inside")),
        (&["done", "missed", "waits"], 0, Some("missed")),
        (&["done", "off"], 0, Some("done")),
        (&["waits", "waits less"], 0, Some("waits less")),
        (&["waits", "off"], 0, Some("waits")),
        (&["off", "never planned"], 0, None),
        (&["done"], -20, Some("done")), // done ahead of its plan
        (&[], 0, None),
    ];
    for (cases, now_h, expected) in table {
        assert_eq!(
            chosen(&pick(cases), now_h),
            expected,
            "{cases:?} at hour {now_h}"
        );
    }
}

#[test]
fn a_case_done_ahead_of_its_plan_gives_way_to_one_to_come() {
    let cases = [
        case("done", CaseState::Completed, Some(2), 0),
        case("next", CaseState::Scheduled, Some(9), 0),
    ];
    assert_eq!(chosen(&cases, 1), Some("next"));
}

#[test]
fn a_description_keeps_cases_by_procedure_or_condition_in_any_letter_case() {
    let about = ("Ösophagus resection", "Gall bladder stone");
    let cases = [case_about("c", CaseState::Requested, None, 0, about)];
    let table = [
        ("gall", true),
        ("BLADDER S", true),
        ("resection", true),
        ("öSOPHAGUS", true),
        ("hernia", false),
        ("stone ", false),
        ("resection gall", false), // not across the two
    ];
    for (text, expected) in table {
        let filter = DescriptionFilter::parse(text).unwrap();
        assert_eq!(
            choose(&cases, filter.as_ref(), hour(0)).is_some(),
            expected,
            "{text:?}"
        );
    }
}

#[test]
fn an_empty_description_filters_nothing_and_an_endless_one_is_refused() {
    assert_eq!(DescriptionFilter::parse(""), Ok(None));
    assert!(DescriptionFilter::parse(&"ß".repeat(MAX_DESCRIPTION_CHARS)).is_ok());
    let chars = MAX_DESCRIPTION_CHARS + 1;
    assert_eq!(
        DescriptionFilter::parse(&"ß".repeat(chars)),
        Err(FilterTooLong { chars })
    );
}

#[test]
fn the_answer_has_a_date_once_there_is_a_slot() {
    let query = BookingQuery {
        patient: PatientId::parse("p").unwrap(),
        doctor: StaffId::parse("d").unwrap(),
        description: None,
    };
    let answer = |case| BookingInfo::answer(&query, &[case], &hospital(), hour(0)).unwrap();
    let planned = answer(case("Hernia", CaseState::Scheduled, Some(1), 0));
    assert_eq!(planned.date.as_deref(), Some("01-Jun-2024 02:00"));
    assert_eq!(planned.condition, "Hernia");
    assert_eq!(
        answer(case("Hernia", CaseState::Postponed, None, 0)).date,
        None
    );
}

#[test]
fn dates_are_what_the_wall_clock_of_the_site_shows() {
    let table = [
        ("2024-06-01T10:30:00Z", "Europe/London", "01-Jun-2024 11:30"),
        ("2024-06-01T11:30:00Z", "UTC", "01-Jun-2024 11:30"),
        // Summer time begins: 00:59 GMT is followed by 02:00 BST.
        ("2026-03-29T00:59:00Z", "Europe/London", "29-Mar-2026 00:59"),
        ("2026-03-29T01:00:00Z", "Europe/London", "29-Mar-2026 02:00"),
        // It ends: the hour from 01:00 is shown twice.
        ("2026-10-25T00:30:00Z", "Europe/London", "25-Oct-2026 01:30"),
        ("2026-10-25T01:30:00Z", "Europe/London", "25-Oct-2026 01:30"),
        (
            "2026-03-08T06:59:00Z",
            "America/New_York",
            "08-Mar-2026 01:59",
        ),
        (
            "2026-03-08T07:00:00Z",
            "America/New_York",
            "08-Mar-2026 03:00",
        ),
        // Half an hour of offset, and a summer time of half an hour.
        ("2026-01-31T18:30:00Z", "Asia/Kolkata", "01-Feb-2026 00:00"),
        (
            "2026-04-04T14:59:00Z",
            "Australia/Lord_Howe",
            "05-Apr-2026 01:59",
        ),
        (
            "2026-04-04T15:00:00Z",
            "Australia/Lord_Howe",
            "05-Apr-2026 01:30",
        ),
        ("0999-12-31T23:59:00Z", "UTC", "31-Dec-0999 23:59"),
    ];
    for (instant, zone, expected) in table {
        let zone = TimeZone::get(zone).unwrap();
        assert_eq!(
            format_booking_date(instant.parse().unwrap(), &zone),
            expected,
            "{instant}"
        );
    }
}

#[test]
fn every_month_has_its_english_name() {
    let names: Vec<String> = (1..=12)
        .map(|month| {
            let instant: Timestamp = format!("2025-{month:02}-09T05:07:00Z").parse().unwrap();
            format_booking_date(instant, &TimeZone::UTC)
        })
        .collect();
    let expected = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
        .split(' ')
        .map(|name| format!("09-{name}-2025 05:07"));
    assert_eq!(names, expected.collect::<Vec<_>>());
}

/// The rules as three questions asked one after the other, each by looking at every case.
fn naive<'a>(
    cases: &'a [Case],
    filter: Option<&DescriptionFilter>,
    now: Timestamp,
) -> Option<&'a str> {
    use CaseState::*;
    let kept: Vec<_> = cases
        .iter()
        .filter(|case| filter.is_none_or(|f| f.matches(case)))
        .collect();
    let start = |case: &Case| case.plan.as_ref().map(|plan| plan.start);
    let to_come = |case: &Case| {
        matches!(case.state, Scheduled | Confirmed | InTheatre | InRecovery)
            && start(case) >= Some(now)
    };
    let past = |case: &Case| match case.state {
        Completed => true,
        Scheduled | Confirmed | InTheatre | InRecovery => start(case) < Some(now),
        _ => false,
    };
    let waiting = |case: &Case| matches!(case.state, Requested | Postponed);

    let mut best: Vec<_> = kept.iter().filter(|case| to_come(case)).collect();
    best.sort_by_key(|case| (start(case), case.id.clone()));
    if best.is_empty() {
        best = kept.iter().filter(|case| past(case)).collect();
        best.sort_by_key(|case| (Reverse(start(case)), case.id.clone()));
    }
    if best.is_empty() {
        best = kept.iter().filter(|case| waiting(case)).collect();
        best.sort_by_key(|case| (Reverse(case.details.decided_at), case.id.clone()));
    }
    best.first().map(|case| case.id.as_str())
}

/// Cases crowded into few hours and few ids' worth of words, so that ties and misses are common.
fn any_case(index: usize) -> impl Strategy<Value = Case> {
    let state = proptest::sample::select(CaseState::ALL.to_vec());
    let words = proptest::sample::select(vec!["Hernia", "HIP", "hernia of the hip", "Éclat"]);
    (state, words, -4i64..4, -4i64..4, any::<bool>()).prop_map(
        move |(state, condition, start_h, decided_h, was_planned)| {
            let planned = state.needs_slot() || (state == CaseState::Cancelled && was_planned);
            let start_h = planned.then_some(start_h);
            // Ids run against the order of the list, so that a tie is not won by position.
            let id = format!("{:03}", 500 - index);
            case_about(&id, state, start_h, decided_h, ("Repair", condition))
        },
    )
}

fn any_cases() -> impl Strategy<Value = Vec<Case>> {
    (0usize..7).prop_flat_map(|n| (0..n).map(any_case).collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn the_choice_is_that_of_the_naive_model(
        cases in any_cases(),
        now_h in -5i64..5,
        text in proptest::sample::select(vec!["", "hip", "HERNIA", "éclat", "repair", "spleen"]),
    ) {
        let filter = DescriptionFilter::parse(text).unwrap();
        let got = choose(&cases, filter.as_ref(), hour(now_h)).map(|case| case.id.as_str());
        prop_assert_eq!(got, naive(&cases, filter.as_ref(), hour(now_h)));
    }

    #[test]
    fn the_order_in_which_cases_are_read_does_not_matter(
        cases in any_cases().prop_shuffle(), now_h in -5i64..5,
    ) {
        let forward = chosen(&cases, now_h).map(str::to_owned);
        let mut backward = cases;
        backward.reverse();
        prop_assert_eq!(chosen(&backward, now_h), forward.as_deref());
    }

    #[test]
    fn any_instant_in_any_zone_can_be_written(
        second in Timestamp::MIN.as_second()..=Timestamp::MAX.as_second(),
        zone in proptest::sample::select(vec!["Europe/London", "Asia/Kolkata", "Australia/Lord_Howe"]),
    ) {
        let instant = Timestamp::from_second(second).unwrap();
        let date = format_booking_date(instant, &TimeZone::get(zone).unwrap());
        prop_assert!(date.len() >= "01-Jun-2024 11:30".len(), "{date}");
    }
}
